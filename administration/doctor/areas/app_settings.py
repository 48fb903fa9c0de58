"""The app settings: there, in force, valid."""

from collections.abc import Iterator

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, fault, warning
from administration.doctor.system import System
from administration.live_settings import SettingsError
from connect_zendesk.rules.settings import app_settings

_LAST_GOOD = "functions use the last good ones while they run; one that starts anew uses what can be read"
_CORRECT = (
    'make settings ARGS="show" > my.toml',
    "in my.toml: correct what is named here, or take it out",
    'make settings ARGS="apply my.toml"',
)
_APPLY = ('make settings ARGS="show" > my.toml', 'make settings ARGS="apply my.toml"')


def app_settings_valid(system: System) -> Iterator[Said]:
    """Look at the app settings in AppConfig."""
    try:
        live = system.live
    except SettingsError as error:
        yield fault("app-settings-unreadable", str(error), _LAST_GOOD, *_APPLY)
        return
    if live.version is None:
        yield fault(
            "app-settings-not-deployed",
            "no app settings are in force",
            "no function that needs them works",
            'make settings ARGS="apply app_settings.toml"',
        )
        return
    app, problems = app_settings.read(live.document)
    for problem in problems:
        yield fault("app-settings-invalid", f"the live app settings: {problem}", _LAST_GOOD, *_CORRECT)
    if app.settle_from is not None and app.settle_from > system.clock():
        yield fault(
            "settle-from-in-the-future",
            f"settle_from is {app.settle_from.isoformat()}",
            "no contact that begins before then gets a ticket",
            *cures.set_in_app_settings("settle_from = …, a time that is over"),
        )
    if live.under_way:
        yield warning(
            "app-settings-under-way",
            "a deployment of app settings has begun and is not over",
            "what it brings is not in force yet",
            'make settings ARGS="show", in some minutes',
        )
    yield Seen(f"version {live.version}")
