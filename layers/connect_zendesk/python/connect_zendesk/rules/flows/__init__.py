"""What contact flows ask, and are answered (F)."""
