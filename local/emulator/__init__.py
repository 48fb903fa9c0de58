"""The deployed stack on this machine: an AWS emulator, the stand-ins beside it, and what is asked of both."""
