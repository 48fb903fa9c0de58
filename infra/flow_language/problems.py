"""What Amazon Connect says of a flow that it does not create: the problems of InvalidContactFlowException.

The words up to *ours* are those that others report from the service (facts/flow-language.md 6). Of what its
wording is for the rest there is no report: those words are ours, and so is each ``detail``. Here is the one
place for that.
"""

from dataclasses import dataclass

INVALID_TYPE = "Invalid Action type"
INVALID_NAME = "Invalid Action property name"
INVALID_VALUE = "Invalid Action property value"
MISSING_PROPERTY = "Action is missing required property"
MISSING_ERROR = "Action is missing required error"
INVALID_ERROR = "Invalid Action error"
NO_TRANSITIONS = "Action does not support transitions"
NO_CONDITIONS = "Action does not support conditions"
ONLY_ONE = "Only one of these properties may be defined"
AT_LEAST_ONE = "At least one of [{keys}] must be set"
EMPTY_ATTRIBUTE = "Empty value in Parameters.Attributes"
INVALID_BRANCH = "Invalid branch"
WRONG_FLOW_TYPE = "{type} is not supported in contact flow type {flow_type}"
#: Ours: the wording is not known.
INVALID_DOCUMENT = "Invalid flow"
INVALID_IDENTIFIER = "Invalid Action identifier"
MISSING_TRANSITION = "Action is missing required transition"
MISSING_CONDITION = "Action is missing required condition"
OURS = frozenset({INVALID_DOCUMENT, INVALID_IDENTIFIER, MISSING_TRANSITION, MISSING_CONDITION})


@dataclass(frozen=True)
class Problem:
    """One reason against a flow: what Amazon Connect says, where, in which block, and what to do about it."""

    message: str
    path: str
    identifier: str = ""
    detail: str = ""

    @property
    def wording_is_known(self) -> bool:
        """Whether the message is in the service's own words."""
        return self.message not in OURS

    def __str__(self) -> str:
        block = f" ({self.identifier})" if self.identifier else ""
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.message}. Path: {self.path}{block}{detail}"
