"""How Lambda calls in: a queue, a stream, a contact-flow block, HTTP; and what each container works with."""
