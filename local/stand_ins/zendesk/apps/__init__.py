"""Apps: uploaded, installed, and the tokens with which their pages are loaded."""
