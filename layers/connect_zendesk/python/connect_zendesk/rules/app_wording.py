"""What the agent app's server says to agents. The page's own words are in its `scripts/words.js`."""

from connect_zendesk.rules import wording

NOT_ACCEPTED = "Zendesk did not accept this. Nothing was attached; please choose another ticket or user."
ON_NO_CONTACT = "You are on no contact, and were on none in the last ten minutes."
NO_USER = "User {user} is deleted or suspended, or there is none of this number."
#: What the private notes say of a ticket's problem, and what the app says of it.
PROBLEMS = {
    wording.NO_TICKET_TO_ATTACH_TO: "Ticket #{ticket} was deleted, or never existed.",
    wording.MERGED_TICKET: "Ticket #{ticket} was merged into another one.",
}
#: Of notices whose own text is no longer kept, or holds what a setting said: what they are about.
NOTICES = {
    **{rule: text for rule, text in wording.NOTICES.items() if "{" not in text},
    "S4": "Settings of this contact could not be read, and were ignored: see the ticket's details.",
    "T1": "Please attach this contact to a ticket: there is none of the number that was given, or a new one"
    " was asked for.",
}
