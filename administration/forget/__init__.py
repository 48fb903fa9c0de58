"""`forget`: removes what the stack keeps of a customer, and says what it does not reach (O5)."""
