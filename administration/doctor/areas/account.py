"""What the Zendesk account's plan has, which no API says, and how the account is set up."""

from collections.abc import Iterator

from administration import ticket_field_check
from administration.doctor import cures
from administration.doctor.findings import Said, Seen, fault, note, warning
from administration.doctor.system import System
from administration.zendesk_setup.account import Shown
from connect_zendesk.zendesk.errors import NoEndpoint, NotAllowed, NotFound, ZendeskError

#: There is never a ticket of this number, so that showing it shows nothing.
_NO_TICKET = 0


def features(system: System) -> Iterator[Said]:
    """Say what the plan has, and from what that is inferred (facts/zendesk.md 1.4, 4)."""
    account = system.place.account
    me = int(account.me()["id"])
    yield from _talk_partner_edition(system, me)
    for name, what in (("brands", "brands"), ("ticket_forms", "ticket forms")):
        try:
            account.listed(name)
        except (NotAllowed, NotFound, NoEndpoint):
            yield Seen(f"no {what}", f"Zendesk does not show {name} to the connector's user")
        else:
            yield Seen(what, f"Zendesk lists {name}")
    limit = requests_a_minute(system)
    if limit is None:
        yield Seen("requests a minute: not known", "no answer had the header X-Rate-Limit")
    else:
        yield Seen(f"{limit} requests a minute", "the header X-Rate-Limit")


def _talk_partner_edition(system: System, me: int) -> Iterator[Said]:
    path = f"/api/v2/channels/voice/agents/{me}/tickets/{_NO_TICKET}/display"
    try:
        system.place.account.zendesk.post(path, "")
    except (NotAllowed, NoEndpoint) as error:
        yield warning(
            "no-talk-partner-edition",
            f"the account has no Talk Partner Edition, or the role may not use it ({error})",
            "no ticket pops on an agent's screen but by the agent app (P8); all else works",
            "in Zendesk: Suite Growth or higher has it; older plans need a licence for each agent",
            "or without it: set agent_app to true, make deploy, " + cures.APPLY,
        )
        return
    except NotFound:
        pass  # there is no such ticket, which is what was to be heard
    yield Seen("Talk Partner Edition", "a pop of no ticket is answered 404, and not refused")


def settings(system: System) -> Iterator[Said]:
    """Look at the settings of the account that matter here."""
    try:
        found = system.place.account.settings()
    except ZendeskError as error:
        yield Seen("not shown to the connector's user", str(error))
        return
    tickets, agents = found.get("tickets") or {}, found.get("agents") or {}
    if tickets.get("is_first_comment_private_enabled") is False:
        yield fault(
            "first-comment-public",
            "the account makes the first comment of every ticket public",
            "the first comment has a contact's private details: customers would be e-mailed them",
            "in Admin Center, Objects and rules, Tickets, Settings: allow the first comment to be private",
        )
    if tickets.get("tagging") is False:
        yield fault(
            "tags-off",
            "the account has tags of tickets switched off",
            "macros cannot attach contacts (A1), and rules of ticket_fields set no tags (T17)",
            "in Admin Center, Objects and rules, Tickets, Settings: switch tags on",
        )
    if agents.get("agent_workspace") is False:
        yield warning(
            "agent-workspace-off",
            "the account works without the Agent Workspace",
            "tickets do not pop on agents' screens",
            "in Admin Center, Workspaces, Agent tools, Agent interface: activate the Agent Workspace",
        )
    yield from _apps_off(system, found)


def _apps_off(system: System, found: Shown) -> Iterator[Said]:
    apps = found.get("apps") or {}
    if apps.get("create_private") is False and system.place.agent_app is not None:
        yield note(
            "private-apps-off",
            "the account's plan takes no private apps",
            "the agent app cannot be installed there",
            "in Zendesk: Suite Growth or Support Professional, or higher",
        )


def ticket_fields(system: System) -> Iterator[Said]:
    """Look whether Zendesk has what the rules of ticket_fields name (T17)."""
    rules = system.app.ticket_fields
    for problem in ticket_field_check.problems_of(system.place.account, rules):
        yield fault(
            "ticket-field-rule",
            problem,
            "Zendesk refuses that part of every ticket the rule is for: it is left out (T16)",
            *cures.set_in_app_settings("correct that rule"),
        )
    yield Seen(f"{len(rules)} rules")


def requests_a_minute(system: System) -> int | None:
    """Return the account's limit as Zendesk's last answer said it, or None."""
    text = system.heard.headers.get("x-rate-limit", "")
    return int(text) if text.isdigit() else None
