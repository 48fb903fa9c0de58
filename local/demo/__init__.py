"""`make demo` and `make up`: a morning of contacts through the deployed stack."""

from local.demo.command import demo, up

__all__ = ["demo", "up"]
