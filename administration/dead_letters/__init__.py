"""Dead letters: what could not be done, why, and how it is sent again."""
