"""Which ticket a contact gets (T), and what is said on it and to agents (M, P, A2)."""
