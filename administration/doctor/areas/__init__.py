"""What is looked at, an area in each module."""
