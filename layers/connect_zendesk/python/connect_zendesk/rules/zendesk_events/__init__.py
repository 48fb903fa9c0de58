"""What happened in Zendesk, and what it asks for (K, A1)."""
