"""A Zendesk client that others wrote (python-zendesk-sdk, MIT), at work on the account that an address names.

A program of its own that a test runs: `python -m tests.functional.stand_ins.client_by_others ADDRESS TOKEN`.
It prints what it saw as JSON. Nothing else imports the client, and nothing that is deployed holds it. What it
reads is checked by the client's own models, so an answer of another shape than Zendesk's ends it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable
from typing import Any

from zendesk_sdk import ZendeskClient, ZendeskConfig
from zendesk_sdk.exceptions import ZendeskHTTPException


class Elsewhere(ZendeskConfig):
    """The account at `address`, and not the one that a subdomain names."""

    address: str

    @property
    def endpoint(self) -> str:
        """Return the address of the API."""
        return f"{self.address}/api/v2"


async def refused(asked: Awaitable[Any]) -> int:
    """Return the status with which something is refused; 0 where it is done."""
    try:
        await asked
    except ZendeskHTTPException as refusal:
        return refusal.status_code
    return 0


async def work(client: ZendeskClient) -> dict[str, Any]:
    """Use the account as an integration does, and return what came of it."""
    saw: dict[str, Any] = {"me": (await client.users.me()).role}
    grace = await client.users.create("Grace", email="grace@home.example", phone="+441632960001")
    twin = await client.users.create("Caller", phone="+441632960009", external_id="connect:9")
    assert grace.id
    assert twin.id
    saw["taken"] = await refused(client.users.create("Other", email="grace@home.example"))
    saw["nameless"] = await refused(client.users.create(" "))

    made = [
        await client.tickets.create(
            f"Call {count}", subject=f"Lamp {count}", requester_id=twin.id, public=False,
            external_id=f"contact-{count}", tags=["lamp"],
        )
        for count in range(3)
    ]  # fmt: skip
    first, second, third = (ticket.id or 0 for ticket in made)
    await client.tickets.update(first, priority="high", status="open")
    await client.tickets.comments.add(first, "Called back", public=True)
    await client.tickets.tags.add(first, ["vip"])
    saw["tags"] = await client.tickets.tags.get(first)
    saw["comments"] = [
        [comment.plain_body, comment.public]
        async for comment in client.tickets.comments.list(first, per_page=1)
    ]
    ticket = await client.tickets.get(first)
    saw["ticket"] = [
        ticket.subject,
        ticket.status,
        ticket.priority,
        ticket.external_id,
        ticket.requester_id == twin.id,
    ]
    saw["listed"] = [one.subject async for one in client.tickets.list(per_page=2)]
    saw["found"] = [one.subject async for one in client.search.tickets("tags:lamp", per_page=2)]
    saw["callers"] = [one.name async for one in client.search.users("phone:*1632960009")]

    job = await client.post(f"tickets/{second}/merge.json", json={"ids": [third]})
    while job["job_status"]["status"] != "completed":
        await asyncio.sleep(0.05)
        job = await client.get(f"job_statuses/{job['job_status']['id']}.json")
    saw["merged"] = (await client.tickets.get(third)).status
    saw["closed"] = await refused(client.tickets.comments.add(third, "Too late"))
    saw["user"] = (await client.users.merge(twin.id, grace.id)).name
    saw["requested"] = len(await client.tickets.for_user(grace.id).collect())
    saw["gone"] = await refused(client.users.get(twin.id))
    await client.users.suspend(grace.id)
    saw["suspended"] = await refused(client.tickets.create("Again", requester_id=grace.id))
    await client.tickets.delete(first)
    saw["deleted"] = await refused(client.tickets.get(first))
    return saw


async def _run(address: str, token: str) -> dict[str, Any]:
    config = Elsewhere(address=address, subdomain="acme", oauth_token=token, max_retries=0)
    async with ZendeskClient(config) as client:
        return await work(client)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_run(*sys.argv[1:]))))  # noqa: T201  what the test reads
