"""Plays events through the functions, on this machine, and tells what came of them."""
