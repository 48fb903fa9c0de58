"""HTTP as both stand-ins have it: a request and its answer, and a server on the loopback interface."""
