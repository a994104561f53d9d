"""Cursors for schemathesis: an invented one is always refused, so a real page gives its own.

NQ57_SCHEMATHESIS_ORIGIN is the server, NQ57_SCHEMATHESIS_TOKEN the access token, if there is one.
"""

import os

import requests
import schemathesis

ORIGIN = os.environ["NQ57_SCHEMATHESIS_ORIGIN"]
TOKEN = os.environ.get("NQ57_SCHEMATHESIS_TOKEN")
HEADERS = {"Authorization": f"Bearer {TOKEN}"} if TOKEN else {}


@schemathesis.hook
def before_call(context, case, kwargs):
    if not case.query or "cursor" not in case.query or case.meta is None:
        return
    # What is wrong on purpose stays wrong.
    if case.meta.generation.mode.is_negative:
        return
    # The page before has the same filter and sort: its `next_cursor` belongs to them.
    kept = {name: value for name, value in case.query.items() if name != "cursor"}
    asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in kept.items()}
    page = requests.get(
        ORIGIN + case.formatted_path, params={**asked, "limit": 1}, headers=HEADERS, timeout=15
    )
    cursor = page.json().get("next_cursor") if page.ok else None
    case.query = kept | ({"cursor": cursor} if cursor else {})
