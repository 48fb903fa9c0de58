"""Plays contact flows on a laptop, block by block, against the functions that are deployed there.

What Amazon Connect does is not written down for every block. What is assumed here, all of it open on an instance
(facts/flow-language.md 10): a reference that is not set is read as nothing, in a text as in an attribute; SSML that is
no XML takes the error branch; a function that fails or is over its time takes NoMatchingError, for the ErrorType of the
console's own branch *Timeout* is not known; only Play prompt begins the 20 seconds of a chain of functions anew; a
transfer that succeeds ends the flow. Blocks that are in no table of behaviours succeed and do nothing.
"""
