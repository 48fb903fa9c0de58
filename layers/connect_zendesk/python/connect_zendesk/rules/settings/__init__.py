"""What an administrator can set: contact attributes, app settings, and how each is read (S)."""
