"""The rules engine: what is decided, and why. Pure code: no input, no output, no clock."""
