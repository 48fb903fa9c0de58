"""What Amazon Connect sends, and the API calls made to it."""
