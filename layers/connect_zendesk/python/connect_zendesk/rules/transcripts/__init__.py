"""What was said, and how it is told on a ticket (X)."""
