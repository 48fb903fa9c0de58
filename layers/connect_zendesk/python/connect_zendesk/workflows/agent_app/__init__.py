"""What the agent app in Zendesk asks of the server: who its agent is, their contacts, and what to do."""
