"""Notifications of the buckets in which Amazon Connect keeps its files: shown, and switched on."""
