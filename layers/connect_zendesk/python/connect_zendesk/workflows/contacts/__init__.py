"""What is known of contacts: their legs, their records, what their flows left."""
