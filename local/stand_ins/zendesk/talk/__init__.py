"""What Talk Partner Edition adds: voice tickets, calls and screen pops."""
