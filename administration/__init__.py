"""What an administrator runs: the app settings that are live, and the pages about what can be set."""
