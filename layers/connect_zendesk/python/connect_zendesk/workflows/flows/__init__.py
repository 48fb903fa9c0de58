"""What contact flows ask, and are answered while they wait."""
