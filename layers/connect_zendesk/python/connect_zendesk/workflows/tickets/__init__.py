"""From a decision to the ticket and what is written on it, each once."""
