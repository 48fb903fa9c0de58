"""Dead letters: what was given up, why, and how it is sent again."""
