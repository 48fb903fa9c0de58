"""What all functions share: the rules engine, the ledger, the clients and the workflows."""
