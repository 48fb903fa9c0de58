"""`make doctor ARGS=--probe`: tries on the customer's own account what documentation leaves open (O3)."""
