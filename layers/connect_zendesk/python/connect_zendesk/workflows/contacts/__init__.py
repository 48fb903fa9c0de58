"""What is known of a contact: from the ledger, and where it is not there from Amazon Connect."""
