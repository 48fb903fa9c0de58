"""Dead letters: what was dead-lettered, why, and how it is sent again."""
