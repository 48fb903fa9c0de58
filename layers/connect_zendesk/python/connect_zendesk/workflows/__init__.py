"""One module per job. A workflow asks the rules what to do, and the ledger whether it has been done."""
