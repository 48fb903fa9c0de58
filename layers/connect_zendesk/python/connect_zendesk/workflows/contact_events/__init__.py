"""What happens as an agent is called, accepts, joins or leaves: tickets, pops, notices."""
