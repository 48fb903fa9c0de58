"""The stack itself: how its last deployment ended, and its release."""

from collections.abc import Iterator

from administration.doctor import cures
from administration.doctor.findings import Said, Seen, warning
from administration.doctor.system import System
from connect_zendesk import __version__

_UNDER_WAY = "_IN_PROGRESS"


def deployment(system: System) -> Iterator[Said]:
    """Look how the last deployment ended, and whether it is of the release that these commands are of."""
    (found,) = system.client("cloudformation").describe_stacks(StackName=system.stack)["Stacks"]
    status = str(found["StackStatus"])
    if status.endswith("_FAILED") or "ROLLBACK" in status:
        yield warning(
            "deployment-failed",
            f"the last deployment ended as {status}",
            "what it was to change is not in force",
            f"aws cloudformation describe-stack-events --stack-name {system.stack}, which says why",
            cures.DEPLOY,
        )
    elif status.endswith(_UNDER_WAY):
        yield warning(
            "deployment-under-way",
            f"a deployment is under way ({status})",
            "what is found now may be different in some minutes",
            "run doctor again when it is over",
        )
    release = system.outputs.get("Version")
    if release and release != __version__:
        yield warning(
            "other-release",
            f"the stack is of release {release}, and these commands are of {__version__}",
            "commands may look for what that release has not",
            f"check out release {release}, or upgrade (CHANGELOG.md says how):",
            cures.DEPLOY,
        )
    yield Seen(f"{status}, release {release or 'unknown'}")
