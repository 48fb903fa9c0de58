"""What is deployed: `stack.py` joins one construct per capability."""
