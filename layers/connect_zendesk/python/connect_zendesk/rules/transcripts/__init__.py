"""What was said, and how it is shown on a ticket (X)."""
