"""References to what is known of a contact: ``$.Attributes.language`` (facts/flow-language.md 2)."""

import re

#: One reference, in a text or as the whole of it.
REFERENCE = re.compile(r"\$\.[A-Za-z]\w*(?:\.?\[(?:'[^']+'|\"[^\"]+\")\]|\.[A-Za-z0-9_-]+)*")
_STEP = re.compile(r"\.?\['([^']+)'\]|\.?\[\"([^\"]+)\"\]|\.([A-Za-z0-9_-]+)")
#: Roots that are values themselves: nothing has to follow them.
_LEAVES = frozenset(
    {
        "AwsRegion",
        "Channel",
        "ContactId",
        "CustomerId",
        "Description",
        "InitialContactId",
        "InitiationMethod",
        "InstanceARN",
        "LanguageCode",
        "Name",
        "PreviousContactId",
        "StoredCustomerInput",
        "TextToSpeechVoiceId",
    }
)


def steps_of(reference: str) -> list[str]:
    """Return the names that a reference goes through: ``$.Attributes['my key']`` → Attributes, my key."""
    return [next(filter(None, step.groups())) for step in _STEP.finditer(reference)]


def is_reference(value: str) -> bool:
    """Return whether a value is one reference and nothing else."""
    return REFERENCE.fullmatch(value) is not None


def has_leaf(reference: str) -> bool:
    """Return whether a reference names one value: ``$.External`` alone does not."""
    steps = steps_of(reference)
    return len(steps) > 1 or steps[0] in _LEAVES
