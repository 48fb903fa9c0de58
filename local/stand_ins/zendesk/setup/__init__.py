"""What administrators set up: ticket fields and forms, groups, brands, locales and installed apps."""
