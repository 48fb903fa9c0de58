"""The stand-ins for the two services: what both share, and each of them beside the other."""
