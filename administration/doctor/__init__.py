"""`make doctor`: what is wrong with the living system, and what mends each thing (O2)."""
