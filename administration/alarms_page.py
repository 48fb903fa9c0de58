"""The page docs/alarms.md: for every alarm what it means, what to look at, what to do."""

from administration.markdown import NOTICE, code, table
from connect_zendesk.topology import alarms
from infra.runbooks import RUNBOOKS, section_of

_HEAD = """\
# Alarms, and what to do about each

The name of an alarm in CloudWatch begins with the stack's and holds the one given here; its description has a
link to its section. What each watches, and when it goes off, is in [metrics and alarms](metrics.md). Logs are
in CloudWatch, a log group for each function: find a message with Logs Insights,
`filter message = "retried later"`. The stack's dashboard shows all of them at once.

{contents}
"""
_ABOUT = {
    "Errors": "A function fails: its invocation ended with an error.",
    "Throttles": "A function finds no free concurrency in this account.",
}


def page() -> str:
    """Return the page's text. KeyError where an alarm has no runbook."""
    ids: dict[str, list[str]] = {}
    means: dict[str, str] = {}
    for alarm in alarms():
        section = section_of(alarm)
        ids.setdefault(section, []).append(alarm.id)
        means.setdefault(section, _ABOUT.get(section, f"{alarm.means[0].upper()}{alarm.means[1:]}."))
    order = [name for name in RUNBOOKS if name in ids]
    contents = table(
        ("Alarm", "What it means"), ((f"[{name}](#{name.lower()})", means[name]) for name in order)
    )
    return NOTICE + _HEAD.format(contents=contents) + "".join(_section(n, means[n], ids[n]) for n in order)


def _section(name: str, means: str, ids: list[str]) -> str:
    book = RUNBOOKS[name]
    of = f"\nAlarms: {', '.join(code(each) for each in ids)}.\n" if ids != [name] else ""
    return (
        f"\n## {name}\n\n{means}\n{of}\n- **Meanwhile.** {book.meanwhile}\n- **Look at.** {book.look}\n"
        f"- **Do.** {book.do}\n"
    )
