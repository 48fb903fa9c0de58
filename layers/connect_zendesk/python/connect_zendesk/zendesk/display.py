"""Opens a ticket or a user in an agent's Zendesk tab (Talk Partner Edition).

Zendesk answers once it has passed the request on to the agent's browser, if there is one: whether an
agent sees it is not reported. An account without Talk Partner Edition is expected to answer 403, or 404 as
for an agent, ticket or user that does not exist.
"""

from connect_zendesk.zendesk.client import Zendesk


def ticket(zendesk: Zendesk, agent: int, ticket_id: int) -> None:
    """Show an agent a ticket. Raises `ZendeskError`."""
    zendesk.post(f"/api/v2/channels/voice/agents/{agent}/tickets/{ticket_id}/display", "")


def user(zendesk: Zendesk, agent: int, user_id: int) -> None:
    """Show an agent a user. Raises `ZendeskError`."""
    zendesk.post(f"/api/v2/channels/voice/agents/{agent}/users/{user_id}/display", "")
