"""The JSON schema of the app settings, which AWS AppConfig checks them by before they apply (S8)."""

import json
from typing import Any

from connect_zendesk.rules.settings.app_settings import FURTHER, SHAPES
from connect_zendesk.rules.settings.registry import DEFAULTS
from connect_zendesk.rules.settings.shapes import NOT_SET_SCHEMA

#: AppConfig takes no longer validator than this, in characters.
LONGEST = 32_768


def purpose(name: str) -> str:
    """Return what an app setting is for, in a sentence or two."""
    for setting in FURTHER:
        if setting.name == name:
            return setting.purpose
    changed = DEFAULTS[name]
    sentences = " ".join(setting.purpose for setting in changed)
    attributes = " and ".join(setting.name for setting in changed)
    return sentences if attributes == name else f"{sentences} Sets the default of {attributes}."


def app_settings_schema() -> dict[str, Any]:
    """Return the schema, JSON Schema draft-04: all that AppConfig knows.

    It refuses what `app_settings.read` refuses, but for what no schema can say: whether a phone number is
    possible, a date, country or time zone exists, or two rules have one name.
    """
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "App settings of the Zendesk connector for Amazon Connect",
        "type": "object",
        "additionalProperties": False,
        "definitions": {"not_set": NOT_SET_SCHEMA},
        "properties": {
            name: {
                "description": f"{purpose(name)} Expected: {shape.expected}.",
                "anyOf": [shape.schema, {"$ref": "#/definitions/not_set"}],
            }
            for name, shape in SHAPES.items()
        },
    }


def app_settings_validator() -> str:
    """Return the schema as text, no longer than AppConfig takes."""
    return json.dumps(app_settings_schema(), separators=(",", ":"))
