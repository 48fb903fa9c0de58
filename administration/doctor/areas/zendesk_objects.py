"""What `make zendesk` makes: webhook, user fields, macros, agent app; and whether deliveries succeed."""

from collections.abc import Iterator

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, fault, warning
from administration.doctor.system import System
from administration.zendesk_setup import agent_app as agent_app_
from administration.zendesk_setup import plan as plans
from administration.zendesk_setup.account import Shown
from administration.zendesk_setup.plan import Plan
from administration.zendesk_setup.wanted import EVENTS_WEBHOOK, Wanted, wanted

_DELIVERIES = 50
_WEBHOOK_WHY = "tickets make no tasks, macros attach nothing, and merges are noticed late"
#: What comes of it, by the kind of thing that is missing.
_WHY = {
    "webhook": _WEBHOOK_WHY,
    "field": "the id and status of voice authentication are not written to users (V1)",
    "macro": "agents cannot attach contacts by macro (A1)",
}


def webhook(system: System) -> Iterator[Said]:
    """Look at the webhook: there, switched on, subscribed, sending here, its signing secret known here."""
    place = system.place
    needed = _wanted(system, triggers=plans.has_triggers(place.account, place.address))
    plan = plans.to_apply(place.account, Wanted(needed.webhooks, (), ()), take_over=False)
    yield from _missing("webhook", plan)
    if plan.off and plan.webhooks:
        yield fault(
            "webhook-off", f'the webhook "{plan.off[0].name}" is switched off', _WEBHOOK_WHY, cures.APPLY
        )
    known = place.keys.read().webhooks
    for name, number in plan.webhooks.items():
        signing = known.get(number)
        if signing is None or signing.secret != place.account.signing_secret(number):
            yield fault(
                "webhook-secret-unknown",
                f'what the webhook "{name}" signs with is not in the stack\'s secret',
                f"every delivery is refused: {_WEBHOOK_WHY}",
                cures.APPLY,
            )
    if EVENTS_WEBHOOK in plan.webhooks:
        yield from _deliveries(system, plan.webhooks[EVENTS_WEBHOOK])


def _deliveries(system: System, number: str) -> Iterator[Said]:
    latest = system.place.account.deliveries(number, _DELIVERIES)
    over = [each for each in latest if each.get("status") in ("success", "failed")]
    failed = [each for each in over if each["status"] == "failed"]
    if not over:
        yield Seen("no delivery of the webhook within a week")
        return
    yield Seen(f"of the last {len(over)} deliveries of the webhook {len(failed)} failed")
    codes = sorted({str(each.get("status_code")) for each in failed})
    if over[0]["status"] == "failed" and len(failed) * 2 > len(over):
        yield fault(
            "webhook-deliveries-fail",
            f"deliveries of the webhook fail ({', '.join(codes)}), the latest one, too",
            f"{_WEBHOOK_WHY}; Zendesk pauses a webhook that goes on failing",
            cures.APPLY,
            "aws logs: those of the function zendesk_webhook say why it refuses",
        )
    elif failed:
        yield warning(
            "webhook-deliveries-failed",
            f"{len(failed)} of the last {len(over)} deliveries of the webhook failed ({', '.join(codes)})",
            "they are fetched again within a quarter of an hour, as far as Zendesk shows what was in them",
            'make dead-letters ARGS="list --source zendesk_recovery", where some are lost',
        )


def user_fields(system: System) -> Iterator[Said]:
    """Look at the two user fields of voice authentication."""
    needed = _wanted(system)
    plan = plans.to_apply(system.place.account, Wanted((), needed.fields, ()), take_over=False)
    yield from _missing("field", plan)
    if not plan.steps and not plan.problems:
        yield Seen(", ".join(field.key for field in needed.fields))


def macros(system: System) -> Iterator[Said]:
    """Look at the macros by which agents attach contacts."""
    needed = _wanted(system)
    plan = plans.to_apply(system.place.account, Wanted((), (), needed.macros), take_over=False)
    yield from _missing("macro", plan)


def agent_app(system: System) -> Iterator[Said]:
    """Look at the agent app, where the stack has it: made, installed, up to date, its keys known here."""
    there = system.place.agent_app
    if there is None:
        yield Seen("not deployed", "the stack has no output AgentAppUrl")
        return
    plan = Plan()
    agent_app_.to_apply(system.place.account, there, plan, take_over=False)
    for step in plan.steps:
        yield fault(
            "agent-app-not-installed" if step.sign == "+" else "agent-app-old",
            f"{step.text}: to be done",
            "agents have no softphone in Zendesk, or an older one (A3)",
            cures.APPLY,
        )
    for problem in plan.problems:
        yield fault(
            "agent-app-in-the-way",
            problem,
            "agents see an app that does not answer to this stack, or none (A3)",
            'make zendesk ARGS="apply --take-over", if no other stack uses it',
        )
    keys = there.secret.read()
    installed: Shown = {}
    if not plan.steps and keys.installation is not None:
        installed = system.place.account.installation(keys.installation)
    if installed and installed.get("enabled") is False:
        yield fault(
            "agent-app-off",
            "the agent app is installed and switched off",
            "agents do not see it",
            "in Admin Center, Apps and integrations, Zendesk Support apps: activate Amazon Connect",
        )


def _wanted(system: System, *, triggers: bool = False) -> Wanted:
    return wanted(system.app, system.place.address, triggers=triggers)


def _missing(kind: str, plan: Plan) -> Iterator[Said]:
    names = {"+": "missing", "~": "changed", "-": "double"}
    for step in plan.steps:
        what = {"+": "is not there", "~": "is not as it has to be", "-": "is too much"}[step.sign]
        yield fault(f"{kind}-{names[step.sign]}", f"{what}: {step.text}", _WHY[kind], cures.APPLY)
    for problem in plan.problems:
        yield fault(f"{kind}-in-the-way", problem, _WHY[kind], "as it says, then:", cures.APPLY)
