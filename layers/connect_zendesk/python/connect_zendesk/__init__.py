"""What all functions share: the rules engine, the ledger, the clients and the workflows."""

#: The release: pyproject.toml and CHANGELOG.md have the same, the stack says it in its output `Version`.
__version__ = "0.2.0"
