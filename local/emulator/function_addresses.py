"""Where the emulator has the addresses of functions, which on AWS are in a domain of their own."""

import re

_ADDRESS = re.compile(r"https://([a-z0-9]+)\.lambda-url\.[a-z0-9-]+\.on\.aws/")


def local_address(url: str, endpoint: str) -> str:
    """Return where the emulator at ``endpoint`` has a function's address; any other one is left as it is."""
    return _ADDRESS.sub(rf"{endpoint}/_aws/lambda-url/\1/", url)
