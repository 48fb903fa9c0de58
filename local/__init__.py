"""The stack on a laptop: the emulator, stand-ins for Zendesk and Amazon Connect, demo, replay, explain."""
