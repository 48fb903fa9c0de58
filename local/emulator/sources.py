"""Which functions read from where: what has to be empty before everything is handled."""

from collections import defaultdict
from dataclasses import dataclass

from local.emulator.clients import Clients


@dataclass(frozen=True)
class EventSources:
    """The event source mappings of the deployed functions."""

    readers: dict[str, tuple[str, ...]]  # stream name to the names of the functions that read it
    queues: tuple[str, ...]  # URLs of the queues that functions work on


def event_sources(clients: Clients) -> EventSources:
    """Ask the emulator which functions read from which streams and queues."""
    readers: defaultdict[str, list[str]] = defaultdict(list)
    queues: list[str] = []
    for page in clients.functions.get_paginator("list_event_source_mappings").paginate():
        for mapping in page["EventSourceMappings"]:
            _, _, service, _, _, resource = mapping["EventSourceArn"].split(":", 5)
            if service == "sqs":
                queues.append(clients.sqs.get_queue_url(QueueName=resource)["QueueUrl"])
            elif service == "kinesis":
                function = mapping["FunctionArn"].split(":")[6]
                readers[resource.removeprefix("stream/")].append(function)
    return EventSources(
        readers={stream: tuple(functions) for stream, functions in readers.items()}, queues=tuple(queues)
    )
