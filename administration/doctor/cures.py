"""What mends things, where several findings are mended alike."""

import re

APPLY = 'make zendesk ARGS="apply"'
DEPLOY = "make deploy"
#: What was deleted or changed by hand: a deployment that changes nothing does not look for it.
REVERT = 'make deploy ARGS="--revert-drift"'
OAUTH = "Admin Center, Apps and integrations, APIs, OAuth clients"


def deployed_with(name: str, value: str) -> tuple[str, str]:
    """Return how a value of the deployment is changed."""
    return f'in the file of the deployment (deployment.toml): {name} = "{value}"', DEPLOY


def set_in_app_settings(line: str) -> tuple[str, str, str]:
    """Return how an app setting is changed; ``line`` is what to write."""
    return (
        'make settings ARGS="show" > my.toml',
        f"in my.toml: {line}",
        'make settings ARGS="apply my.toml"',
    )


#: What has `--local`.
_TAKES_LOCAL = re.compile(
    r'(make (?:bucket-notifications|dead-letters|doctor|forget|settings|zendesk) ARGS="[^"]*)"'
)


def on_this_machine(cure: tuple[str, ...]) -> tuple[str, ...]:
    """Return what mends the same in what `make up` runs here."""
    return tuple(
        "end `make up`, and start it again" if line == REVERT else _TAKES_LOCAL.sub(r'\1 --local"', line)
        for line in cure
    )
