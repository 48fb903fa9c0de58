"""Lists in pages: by cursor (`page[size]`) or by offset (`page`, `per_page`)."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from local.stand_ins.http.messages import Request, Response, json_response
from local.stand_ins.zendesk import errors
from local.stand_ins.zendesk.records import Shown

SortKeys = Mapping[str, Callable[[Shown], Any]]
DEPTH = 10_000


def is_cursor_paged(request: Request) -> bool:
    """Return whether a request asks for pages by cursor."""
    return any(name.startswith("page[") for name in request.query)


def paged(
    request: Request,
    name: str,
    items: Sequence[Shown],
    *,
    cursor_sort: SortKeys,
    offset_sort: SortKeys,
    url: str,
) -> Response:
    """Answer with one page of `items` (in their default order) under `name`.

    By cursor, `sort` is one of `cursor_sort`, with `-` before it downwards, and `sort_by` is dropped without
    a word. By offset, `sort_by` is one of `offset_sort` and `sort_order` asc or desc; beyond the 10,000th
    item is a 400.
    """
    if not is_cursor_paged(request):
        key = offset_sort.get(request.query.get("sort_by", ""))
        down = request.query.get("sort_order", "asc").lower() == "desc"
        ordered = sorted(items, key=key) if key else list(items)
        return offset_page(request, name, ordered[::-1] if down else ordered, url=url)
    sort = request.query.get("sort", "")
    if sort and sort.removeprefix("-") not in cursor_sort:
        raise errors.listed(400, "InvalidSortParameter", f"sort must be one of {', '.join(cursor_sort)}")
    ordered = list(items)
    if sort:
        ordered.sort(key=cursor_sort[sort.removeprefix("-")], reverse=sort.startswith("-"))
    size = _number(request.query.get("page[size]", "100"), "page[size]")
    after, before = request.query.get("page[after]"), request.query.get("page[before]")
    start = _position(ordered, after) + 1 if after else 0
    if before:
        start = max(0, _position(ordered, before) - size)
    page = ordered[start : start + size]
    more = start + size < len(ordered)
    first, last = (_cursor(page[0]), _cursor(page[-1])) if page else (None, None)
    links = {
        "prev": _address(request, url, {"page[size]": size, "page[before]": first})
        if start and first
        else None,
        "next": _address(request, url, {"page[size]": size, "page[after]": last}) if more else None,
    }
    meta = {"has_more": more, "after_cursor": last, "before_cursor": first}
    return json_response(200, {name: page, "meta": meta, "links": links})


def offset_page(
    request: Request,
    name: str,
    items: Sequence[Shown],
    *,
    url: str,
    most: int = DEPTH,
    extra: Shown | None = None,
) -> Response:
    """Answer with the page of `items` that `page` (from 1) and `per_page` (100 at most) name."""
    size = min(_number(request.query.get("per_page", "100"), "per_page", most=DEPTH), 100)
    number = _number(request.query.get("page", "1"), "page", most=DEPTH)
    if (number - 1) * size >= most:
        text = f"Number of results must not be greater than {most}"
        raise errors.listed(400, "InvalidPaginationDepth", text)
    start = (number - 1) * size

    def page(other: int) -> str:
        return _address(request, url, {"per_page": size, "page": other})

    content = {
        name: list(items[start : start + size]), **(extra or {}), "count": len(items),
        "next_page": page(number + 1) if start + size < len(items) else None,
        "previous_page": page(number - 1) if number > 1 else None,
    }  # fmt: skip
    return json_response(200, content)


def _address(request: Request, url: str, place: Mapping[str, object]) -> str:
    """Return the address of another page: what was asked stays in it, only the place changes."""
    kept = {name: value for name, value in request.query.items() if not _is_place(name)}
    return f"{url}{request.path}?{urlencode({**kept, **place}, safe='[]')}"


def _is_place(name: str) -> bool:
    return name in ("page", "per_page") or name.startswith("page[")


def _number(text: str, name: str, most: int = 100) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= most:
        raise errors.listed(400, "InvalidPaginationParameter", f"{name} must be a number from 1 to {most}")
    return int(text)


def _cursor(item: Shown) -> str:
    return base64.urlsafe_b64encode(str(item["id"]).encode()).decode().rstrip("=")


def _position(ordered: Sequence[Shown], cursor: str) -> int:
    try:
        number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        number = ""
    if not re.fullmatch(r"[0-9A-Za-z-]+", number):
        raise errors.listed(400, "InvalidPaginationParameter", "page[after] or page[before] is not a cursor")
    return next((place for place, item in enumerate(ordered) if str(item["id"]) == number), -1)
