"""The page docs/deployment.md: what a deployment can choose, from the table that checks it."""

from administration.markdown import NOTICE, code, table
from infra.context import DEFAULTS, EXPECTED
from infra.meanings import MEANINGS

_HEAD = """\
# What a deployment chooses

The values stand in `deployment.toml`, in the folder of the repository: `make configure` writes it, you
review it and commit it. `make deploy`, `cdk synth`, `cdk diff` and `cdk deploy` read it; `-c name=value`
goes over it for once. Several deployments have a file each: `make deploy ARGS="-c deployment=test.toml"`.

A value that cannot be is named before anything is made, with what is expected.

{values}

How contacts are handled is no value of these, and is changed without a deployment: [settings](settings.md).
"""


def page() -> str:
    """Return the page's text."""
    rows = (
        (code(name), code(DEFAULTS[name]) if DEFAULTS[name] else "", f"{meaning}.", f"{EXPECTED[name]}")
        for name, meaning in MEANINGS.items()
    )
    return NOTICE + _HEAD.format(values=table(("Value", "Default", "What it is for", "Expected"), rows))
