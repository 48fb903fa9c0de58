"""What is remembered of contacts, agents and customers, and what has been written: the one DynamoDB table."""
