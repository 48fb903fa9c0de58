"""What Zendesk serves: each path with what answers it and the limits that count it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from local.stand_ins.http.messages import Response
from local.stand_ins.http.routing import RoutingTable
from local.stand_ins.zendesk import endpoint_limits as limit
from local.stand_ins.zendesk import jobs, macros
from local.stand_ins.zendesk.apps import apps
from local.stand_ins.zendesk.endpoint_limits import Limit
from local.stand_ins.zendesk.search import results
from local.stand_ins.zendesk.setup import account_settings
from local.stand_ins.zendesk.setup import lists as setup
from local.stand_ins.zendesk.talk import calls, display, voice_tickets
from local.stand_ins.zendesk.tickets import audits, uploads
from local.stand_ins.zendesk.tickets import bulk as ticket_bulk
from local.stand_ins.zendesk.tickets import creation as ticket_creation
from local.stand_ins.zendesk.tickets import endings as ticket_endings
from local.stand_ins.zendesk.tickets import lists as ticket_lists
from local.stand_ins.zendesk.tickets import tags as ticket_tags
from local.stand_ins.zendesk.tickets import updates as ticket_updates
from local.stand_ins.zendesk.users import endings as user_endings
from local.stand_ins.zendesk.users import fields as user_fields
from local.stand_ins.zendesk.users import identities
from local.stand_ins.zendesk.users import reads as users
from local.stand_ins.zendesk.users import writes as user_writes
from local.stand_ins.zendesk.webhooks import triggers, webhooks


@dataclass(frozen=True)
class Route:
    """One endpoint: its template names it in counts and faults ("GET /api/v2/users/{id}").

    `answer` None stands for what the account itself answers.
    """

    method: str
    template: str
    answer: Callable[..., Response] | None
    limit: Limit | None = None

    @property
    def name(self) -> str:
        """Return the endpoint's name."""
        return f"{self.method} {self.template}"


ME = "GET /api/v2/users/me"
TOKENS = "POST /oauth/tokens"
NEW_TICKET = "POST /api/v2/tickets"
NEW_VOICE_TICKET = "POST /api/v2/channels/voice/tickets"
_VOICE = "/api/v2/channels/voice"

_SET_UP = (
    Route("GET", "/api/v2/ticket_fields", setup.listing("ticket_fields")),
    Route("GET", "/api/v2/ticket_fields/{id}", setup.showing("ticket_fields")),
    Route("GET", "/api/v2/ticket_forms", setup.listing("ticket_forms")),
    Route("GET", "/api/v2/ticket_forms/{id}", setup.showing("ticket_forms")),
    Route("GET", "/api/v2/groups", setup.listing("groups")),
    Route("GET", "/api/v2/groups/{id}", setup.showing("groups")),
    Route("GET", "/api/v2/groups/{id}/memberships", setup.listing("group_memberships", "group_id")),
    Route("GET", "/api/v2/group_memberships", setup.listing("group_memberships")),
    Route("GET", "/api/v2/users/{id}/group_memberships", setup.listing("group_memberships", "user_id")),
    Route("GET", "/api/v2/brands", setup.listing("brands")),
    Route("GET", "/api/v2/brands/{id}", setup.showing("brands")),
    Route("GET", "/api/v2/apps/installations", setup.listing("installations")),
    Route("GET", "/api/v2/apps/installations/{id}", setup.showing("installations")),
    Route("POST", "/api/v2/apps/uploads", apps.upload),
    Route("POST", "/api/v2/apps", apps.create),
    Route("PUT", "/api/v2/apps/{id}", apps.update),
    Route("DELETE", "/api/v2/apps/{id}", apps.remove),
    Route("GET", "/api/v2/apps/{id}/public_key", apps.public_key),
    Route("GET", "/api/v2/apps/job_statuses/{id}", apps.job),
    Route("POST", "/api/support/apps/installations", apps.install),
    Route("GET", "/api/v2/account/settings", account_settings.show),
    Route("GET", "/api/v2/locales", setup.locales),
    Route("GET", "/api/v2/locales/current", setup.current_locale),
)

ROUTES = (
    Route("GET", "/api/v2/users/me", users.me),
    Route("GET", "/api/v2/users/search", users.search),
    Route("GET", "/api/v2/users/show_many", users.show_many),
    Route("POST", "/api/v2/users/create_or_update", user_writes.create_or_update, limit.user_second),
    Route("GET", "/api/v2/users", users.list_users),
    Route("POST", "/api/v2/users", user_writes.create),
    Route("GET", "/api/v2/users/{id}", users.show),
    Route("PUT", "/api/v2/users/{id}", user_writes.update, limit.user_update),
    Route("DELETE", "/api/v2/users/{id}", user_endings.delete),
    Route("PUT", "/api/v2/users/{id}/merge", user_endings.merge),
    Route("DELETE", "/api/v2/deleted_users/{id}", user_endings.delete_for_good),
    Route("GET", "/api/v2/users/{id}/identities", identities.list_all),
    Route("POST", "/api/v2/users/{id}/identities", identities.create),
    Route("DELETE", "/api/v2/users/{id}/identities/{id}", identities.delete),
    Route("GET", "/api/v2/users/{id}/tickets/requested", ticket_lists.requested),
    Route("GET", "/api/v2/user_fields", user_fields.list_all),
    Route("POST", "/api/v2/user_fields", user_fields.create),
    Route("DELETE", "/api/v2/user_fields/{id}", user_fields.delete),
    Route("GET", "/api/v2/tickets", ticket_lists.list_tickets, limit.ticket_list),
    Route("POST", "/api/v2/tickets", ticket_creation.create, limit.ticket_creation),
    Route("GET", "/api/v2/tickets/show_many", ticket_bulk.show_many),
    Route("PUT", "/api/v2/tickets/update_many", ticket_bulk.update_many),
    Route("DELETE", "/api/v2/tickets/destroy_many", ticket_bulk.destroy_many, limit.ticket_deletion),
    Route("GET", "/api/v2/tickets/{id}", ticket_lists.show),
    Route("PUT", "/api/v2/tickets/{id}", ticket_updates.update, limit.ticket_update),
    Route("DELETE", "/api/v2/tickets/{id}", ticket_endings.delete, limit.ticket_deletion),
    Route("POST", "/api/v2/tickets/{id}/merge", ticket_endings.merge),
    Route("GET", "/api/v2/tickets/{id}/tags", ticket_tags.show),
    Route("PUT", "/api/v2/tickets/{id}/tags", ticket_tags.add, limit.ticket_update),
    Route("POST", "/api/v2/tickets/{id}/tags", ticket_tags.replace, limit.ticket_update),
    Route("DELETE", "/api/v2/tickets/{id}/tags", ticket_tags.remove, limit.ticket_update),
    Route("GET", "/api/v2/tickets/{id}/audits", audits.list_audits),
    Route("GET", "/api/v2/tickets/{id}/comments", audits.list_comments),
    Route("GET", "/api/v2/deleted_tickets", ticket_endings.list_deleted),
    Route("PUT", "/api/v2/deleted_tickets/{id}/restore", ticket_endings.restore),
    Route("DELETE", "/api/v2/deleted_tickets/{id}", ticket_endings.delete_for_good),
    Route("GET", "/api/v2/job_statuses/{id}", jobs.show),
    Route("GET", "/api/v2/search", results.search, limit.search),
    Route("POST", "/api/v2/uploads", uploads.create),
    Route("DELETE", "/api/v2/uploads/{id}", uploads.delete),
    Route("GET", "/api/v2/attachments/{id}", uploads.show),
    Route("POST", f"{_VOICE}/tickets", voice_tickets.create, limit.voice),
    Route("POST", f"{_VOICE}/agents/{{id}}/tickets/{{id}}/display", display.ticket, limit.voice),
    Route("POST", f"{_VOICE}/agents/{{id}}/users/{{id}}/display", display.user, limit.voice),
    Route("POST", "/api/v2/calls", calls.create, limit.voice),
    Route("GET", "/api/v2/calls/{id}", calls.show, limit.voice),
    Route("PATCH", "/api/v2/calls/{id}", calls.update, limit.voice),
    Route("POST", "/api/v2/calls/{id}/comments", calls.comment, limit.voice),
    *_SET_UP,
    Route("GET", "/api/v2/macros", macros.list_all),
    Route("POST", "/api/v2/macros", macros.create),
    Route("GET", "/api/v2/macros/{id}", macros.show),
    Route("PUT", "/api/v2/macros/{id}", macros.update),
    Route("DELETE", "/api/v2/macros/{id}", macros.delete),
    Route("GET", "/api/v2/triggers", triggers.list_all),
    Route("POST", "/api/v2/triggers", triggers.create),
    Route("DELETE", "/api/v2/triggers/{id}", triggers.delete),
    Route("GET", "/api/v2/webhooks", webhooks.list_all),
    Route("POST", "/api/v2/webhooks", webhooks.create),
    Route("GET", "/api/v2/webhooks/{id}", webhooks.show),
    Route("PUT", "/api/v2/webhooks/{id}", webhooks.update),
    Route("PATCH", "/api/v2/webhooks/{id}", webhooks.update),
    Route("DELETE", "/api/v2/webhooks/{id}", webhooks.delete),
    Route("GET", "/api/v2/webhooks/{id}/signing_secret", webhooks.signing_secret),
    Route("POST", "/api/v2/webhooks/{id}/signing_secret", webhooks.reset_signing_secret),
    Route("GET", "/api/v2/webhooks/{id}/invocations", None),
    Route("GET", "/api/v2/webhooks/{id}/invocations/{id}/attempts", None),
)
_TABLE = RoutingTable((route.method, route.template, route) for route in ROUTES)


def found(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """Return the endpoint that serves a path (`.json` at its end is optional) and the ids in it."""
    found = _TABLE.find(method, path.removesuffix(".json"))
    return (found[0], tuple(value for _, value in found[1])) if found else None
