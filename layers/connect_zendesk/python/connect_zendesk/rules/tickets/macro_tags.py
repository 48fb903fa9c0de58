"""The tags by which an agent says in Zendesk what is to become of a contact (A1).

A macro sets one of them on a ticket; the connector does what it says and takes it off again.
"""

#: Attach the contact to this ticket.
ATTACH = "connect_attach"
#: Make a ticket for this ticket's requester, and attach the contact to it.
NEW_TICKET = "connect_new_ticket"
#: Make a ticket for a new user, and attach the contact to it.
NEW_USER_TICKET = "connect_new_user_ticket"

#: In the order in which they count, where a ticket gets several at once.
MACRO_TAGS = (ATTACH, NEW_TICKET, NEW_USER_TICKET)
