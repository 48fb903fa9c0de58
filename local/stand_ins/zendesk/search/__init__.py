"""Search: its language, and an index that lags."""
