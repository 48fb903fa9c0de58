"""Plays contact flows on a laptop, block by block, against the functions that are deployed there.

What is assumed where it is not known what Amazon Connect does: docs/contact-flow-guide.md, *How sure it is*.
"""
