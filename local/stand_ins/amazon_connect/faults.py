"""The faults of Amazon Connect: those that every AWS service has."""

from __future__ import annotations

from local.stand_ins.aws.faults import AwsFaults


class AmazonConnectFaults(AwsFaults):
    """What goes wrong now; `matching` is an operation ("DescribeUser")."""
