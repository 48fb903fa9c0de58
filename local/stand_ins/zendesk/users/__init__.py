"""Users, their identities and the fields an account has for them."""
