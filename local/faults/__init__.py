"""What can be made to go wrong on a running laptop, by command and from the page."""
