"""Cursors for schemathesis: an invented one is always refused, so a real page gives its own."""

import requests
import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    query = case.query
    if not query or "cursor" not in query or case.meta is None:
        return
    if case.meta.generation.mode.is_negative:
        return
    # The page before, under the same filter and sort: its `next_cursor` belongs to them.
    first = {name: value for name, value in query.items() if name != "cursor"}
    page = requests.get(
        case.operation.base_url.rstrip("/") + case.formatted_path,
        params={**first, "limit": 1},
        headers={name: value for name, value in (case.headers or {}).items() if name == "Authorization"}
        | {name: value for name, value in (kwargs.get("headers") or {}).items()},
        timeout=15,
    )
    cursor = page.json().get("next_cursor") if page.ok else None
    case.query = first | ({"cursor": cursor} if cursor else {})
