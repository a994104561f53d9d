"""Cursors for schemathesis: an invented one is always refused, so a real page gives its own.

NQ57_SCHEMATHESIS_ORIGIN is the server, NQ57_SCHEMATHESIS_TOKEN the access token, if there is one.
"""

import json
import os

import requests
import schemathesis

ORIGIN = os.environ["NQ57_SCHEMATHESIS_ORIGIN"]
TOKEN = os.environ.get("NQ57_SCHEMATHESIS_TOKEN")
HEADERS = {"Authorization": f"Bearer {TOKEN}"} if TOKEN else {}


def of_list(page):
    return page.json().get("next_cursor")


def of_feed(page):
    return json.loads(page.text.splitlines()[-1]).get("trailer", {}).get("next")


CURSORS = {"cursor": of_list, "after": of_feed}


@schemathesis.hook
def before_call(context, case, kwargs):
    name = next((name for name in CURSORS if name in (case.query or {})), None)
    if name is None or case.meta is None:
        return
    # What is wrong on purpose stays wrong.
    if case.meta.generation.mode.is_negative:
        return
    # The page before has the same filter and sort: its cursor belongs to them.
    kept = {key: value for key, value in case.query.items() if key != name}
    asked = {key: str(value).lower() if isinstance(value, bool) else value for key, value in kept.items()}
    asked.pop("wait", None)
    page = requests.get(
        ORIGIN + case.formatted_path, params={**asked, "limit": 1}, headers=HEADERS, timeout=15
    )
    cursor = CURSORS[name](page) if page.ok else None
    case.query = kept | ({name: cursor} if cursor else {})
