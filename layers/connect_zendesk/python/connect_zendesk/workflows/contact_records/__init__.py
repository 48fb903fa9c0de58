"""A contact record settles its contact and reports its leg."""
