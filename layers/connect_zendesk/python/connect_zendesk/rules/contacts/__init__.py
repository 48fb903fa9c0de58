"""A contact, its customer (C), and the facts that are decided by."""
