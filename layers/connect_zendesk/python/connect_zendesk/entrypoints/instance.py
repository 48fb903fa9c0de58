"""Which Amazon Connect instance this stack is for: what another one sent is not handled."""

import os

from connect_zendesk.amazon_connect.contact_record import NotAContactRecord


def require_own(arn: object) -> None:
    """Raise `NotAContactRecord` where what should be an ARN is neither our instance's nor of something in it.

    Where no instance is set, every one is ours.
    """
    own = os.environ.get("CONNECT_INSTANCE_ARN")
    if own and not (isinstance(arn, str) and f"{arn}/".startswith(f"{own}/")):
        raise NotAContactRecord("from another Amazon Connect instance")
