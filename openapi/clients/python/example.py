"""A submitter's day against a demo server, with a client generated from the document:

    openapi-python-client generate --meta none --path openapi/openapi.json --output-path nq57_api_client
    python example.py http://127.0.0.1:5757
"""

import sys
import uuid
from io import BytesIO

from nq57_api_client import AuthenticatedClient, Client
from nq57_api_client.api.auth import log_in
from nq57_api_client.api.clients import create_api_client, create_api_secret, issue_client_token
from nq57_api_client.api.organisations import create_organisation, verify_organisation
from nq57_api_client.api.products import (
    attach_product_file,
    create_product,
    download_product_file,
    edit_product,
    list_products,
    post_product_event,
    read_product,
)
from nq57_api_client.api.work import list_cases
from nq57_api_client.models.access_token import AccessToken
from nq57_api_client.models.api_client import ApiClient
from nq57_api_client.models.api_client_draft import ApiClientDraft
from nq57_api_client.models.api_secret_draft import ApiSecretDraft
from nq57_api_client.models.attach_product_file_body import AttachProductFileBody
from nq57_api_client.models.client_token import ClientToken
from nq57_api_client.models.known_api_secret_kind import KnownApiSecretKind
from nq57_api_client.models.known_client_scope import KnownClientScope
from nq57_api_client.models.known_organisation_kind import KnownOrganisationKind
from nq57_api_client.models.known_product_domain import KnownProductDomain
from nq57_api_client.models.known_product_event import KnownProductEvent
from nq57_api_client.models.known_product_kind import KnownProductKind
from nq57_api_client.models.known_product_state import KnownProductState
from nq57_api_client.models.log_in import LogIn
from nq57_api_client.models.new_api_secret import NewApiSecret
from nq57_api_client.models.o_auth_error import OAuthError
from nq57_api_client.models.organisation import Organisation
from nq57_api_client.models.organisation_draft import OrganisationDraft
from nq57_api_client.models.problem import Problem
from nq57_api_client.models.product import Product
from nq57_api_client.models.product_draft import ProductDraft
from nq57_api_client.models.product_file import ProductFile
from nq57_api_client.models.product_page import ProductPage
from nq57_api_client.models.product_patch import ProductPatch
from nq57_api_client.models.send_product_event import SendProductEvent
from nq57_api_client.models.token_request import TokenRequest
from nq57_api_client.types import UNSET, File, Unset

origin = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5757"
anonymous = Client(base_url=origin)

# Signing in. The token is for the `Authorization` header and lives ten minutes.
token = log_in.sync(
    client=anonymous, body=LogIn(email="company@nq57.example", password="nq57-demo")
)
assert isinstance(token, AccessToken), token
client = AuthenticatedClient(base_url=origin, token=token.access_token)

# A list with filters; a filter that takes several values is repeated.
found = list_products.sync(
    client=anonymous,
    sector=["agriculture", "health"],
    kind=[KnownProductKind.PRODUCT],
    count=True,
    limit=5,
)
assert isinstance(found, ProductPage) and isinstance(found.total, int), found
assert len(found.items) <= 5

# All pages, by the cursor of the page before.
ids: list[uuid.UUID] = []
cursor: str | Unset = UNSET
while True:
    page = list_products.sync(client=anonymous, limit=10, count=True, cursor=cursor)
    assert isinstance(page, ProductPage), page
    ids += [product.id for product in page.items]
    if not isinstance(page.next_cursor, str):
        break
    cursor = page.next_cursor
assert len(set(ids)) == len(ids) == page.total, "every product comes once"

# Reading again only when it has changed.
product = read_product.sync_detailed(ids[0], client=anonymous)
assert isinstance(product.parsed, Product), product
again = read_product.sync_detailed(
    ids[0], client=anonymous, if_none_match=product.headers["ETag"]
)
assert again.status_code == 304 and not again.content

# Creating, safely repeated with the same key after a connection that broke.
key = str(uuid.uuid4())
draft = ProductDraft(
    title="Trạm quan trắc nước mặn",
    kind=KnownProductKind.PRODUCT,
    domain=KnownProductDomain.INNOVATION,
    province_code="92",
)
created = create_product.sync_detailed(client=client, body=draft, idempotency_key=key)
repeated = create_product.sync_detailed(client=client, body=draft, idempotency_key=key)
assert created.status_code == 201 and isinstance(created.parsed, Product), created
assert isinstance(repeated.parsed, Product) and repeated.parsed.id == created.parsed.id
own = created.parsed.id
first = created.headers["ETag"]

# Changing what was seen; what somebody else has changed meanwhile is refused.
changed = edit_product.sync_detailed(
    own, client=client, if_match=first, body=ProductPatch(summary="Đo độ mặn tại ruộng.")
)
assert isinstance(changed.parsed, Product), changed
assert changed.parsed.summary == "Đo độ mặn tại ruộng."
stale = edit_product.sync_detailed(
    own, client=client, if_match=first, body=ProductPatch(summary="Của người khác.")
)
assert stale.status_code == 412
assert isinstance(stale.parsed, Problem) and stale.parsed.code == "stale_revision"

# A file up and down again.
content = "một tệp ".encode() * 100
uploaded = attach_product_file.sync_detailed(
    own,
    client=client,
    body=AttachProductFileBody(
        file=File(payload=BytesIO(content), file_name="so-lieu.txt", mime_type="text/plain")
    ),
)
assert isinstance(uploaded.parsed, ProductFile), uploaded
downloaded = download_product_file.sync(own, uploaded.parsed.id, client=client)
assert isinstance(downloaded, File) and downloaded.payload.read() == content

# An event; a refused one says why.
seen = uploaded.headers["ETag"]
refused = post_product_event.sync_detailed(
    own, client=client, if_match=seen, body=SendProductEvent(event=KnownProductEvent.SUBMIT)
)
assert refused.status_code == 409
assert isinstance(refused.parsed, Problem) and refused.parsed.code == "draft_incomplete"
assert not isinstance(refused.parsed.errors, Unset)
assert any(error.pointer == "/novelty" for error in refused.parsed.errors)
withdrawn = post_product_event.sync(
    own,
    client=client,
    if_match=seen,
    body=SendProductEvent(event=KnownProductEvent.WITHDRAW, reason="Làm lại hồ sơ."),
)
assert isinstance(withdrawn, Product), withdrawn
assert withdrawn.state is KnownProductState.WITHDRAWN

# A program instead of a person: a client of a confirmed organisation, with a secret for tokens.
signed_in = log_in.sync(
    client=anonymous, body=LogIn(email="admin@nq57.example", password="nq57-demo")
)
assert isinstance(signed_in, AccessToken), signed_in
admin = AuthenticatedClient(base_url=origin, token=signed_in.access_token)
agency = create_organisation.sync(
    client=admin,
    body=OrganisationDraft(name="Viện Ví dụ", kind=KnownOrganisationKind.INSTITUTE),
)
assert isinstance(agency, Organisation), agency
verify_organisation.sync(agency.id, client=admin, if_match=f'"{agency.revision}"')
program = create_api_client.sync(
    agency.id,
    client=admin,
    body=ApiClientDraft(
        name="Kho dữ liệu",
        purpose="Cập nhật hằng đêm.",
        scopes=[KnownClientScope.PRODUCTSREAD],
    ),
)
assert isinstance(program, ApiClient), program
made = create_api_secret.sync(
    program.id,
    client=admin,
    if_match=f'"{program.revision}"',
    body=ApiSecretDraft(kind=KnownApiSecretKind.CLIENT_SECRET),
)
assert isinstance(made, NewApiSecret), made
credentials = TokenRequest(
    grant_type="client_credentials", client_id=str(program.id), client_secret=made.secret
)
machine = issue_client_token.sync(client=anonymous, body=credentials)
assert isinstance(machine, ClientToken) and machine.expires_in == 600, machine
nightly = AuthenticatedClient(base_url=origin, token=machine.access_token)
assert isinstance(list_products.sync(client=nightly), ProductPage)
closed = list_cases.sync(client=nightly)
assert isinstance(closed, Problem) and closed.code == "scope_missing", closed
credentials.client_secret = "nobody's"
unknown = issue_client_token.sync(client=anonymous, body=credentials)
assert isinstance(unknown, OAuthError) and unknown.error == "invalid_client", unknown

# What is not there.
nothing = read_product.sync(uuid.UUID("01930000-0000-7000-8000-00000000dead"), client=anonymous)
assert isinstance(nothing, Problem) and nothing.code == "not_found"

# A value of tomorrow is kept as it came.
tomorrow = Product.from_dict({**withdrawn.to_dict(), "state": "a_state_of_tomorrow"})
assert tomorrow.state == "a_state_of_tomorrow"
assert tomorrow.to_dict()["state"] == "a_state_of_tomorrow"
print("python: the day's work is done")
