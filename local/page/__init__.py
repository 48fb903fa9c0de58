"""The page of `make up`: contacts become tickets while one watches."""
