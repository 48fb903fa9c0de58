"""What Zendesk sends, and the API calls made to it."""
