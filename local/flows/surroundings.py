"""What a walked flow finds around it: this project's functions, and the samples as flows to transfer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from infra.flow_language.flow import Flow
from infra.sample_flows import NO_FUNCTION, SAMPLES
from local.flows.blocks import Functions
from local.flows.state import Function
from local.flows.walk import Surroundings

#: Asks one of this project's functions, by its folder, with an event.
Ask = Callable[[str, dict[str, Any]], Any]

PARTNER = "VoiceAuthenticationFunctionArn"
#: In the names that CloudFormation makes of the functions, without what is no letter.
_IN_NAMES = {
    "customerlookup": "customer_lookup",
    "ticketcreation": "ticket_creation",
    "ticketfromflow": "ticket_creation",
}


def surroundings(ask: Ask, others: Mapping[str, Function] | None = None) -> Surroundings:
    """Return a flow's surroundings: this project's functions, and ``others`` by their ARNs.

    One of them by the name of a place of the samples fills that place; a partner's is not there otherwise.
    """
    known = dict(others or {})
    places = {PARTNER: PARTNER if PARTNER in known else NO_FUNCTION}
    return Surroundings(_functions(ask, known), _sample, places)


def folder_of(arn: str, parameters: Mapping[str, Any]) -> str | None:
    """Return the folder of the function that a block means: by its ARN, else as one that looks up."""
    name = re.sub("[^a-z]", "", arn.lower())
    for part, folder in _IN_NAMES.items():
        if part in name:
            return folder
    return "customer_lookup" if parameters.keys() & {"search_by", "action"} else None


def _functions(ask: Ask, others: Mapping[str, Function]) -> Functions:
    def resolve(arn: str, parameters: Mapping[str, Any]) -> Function | None:
        if arn in others:
            return others[arn]
        folder = folder_of(arn, parameters)
        return partial(ask, folder) if folder else None

    return resolve


def _sample(arn: str) -> Flow | None:
    """Return the sample of which this is the place."""
    return next((sample.flow for sample in SAMPLES if arn == f"${{{sample.output}}}"), None)
