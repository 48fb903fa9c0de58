"""Plays events through the functions, on this machine, and shows what came of them."""
