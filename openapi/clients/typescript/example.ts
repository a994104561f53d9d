// A submitter's day against a demo server, with types generated from the document:
//   npx openapi-typescript openapi/openapi.json --output nq57.ts
//   npx tsc && node out/example.js http://127.0.0.1:5757
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./nq57.js";

const baseUrl = process.argv[2] ?? "http://127.0.0.1:5757";
const anonymous = createClient<paths>({ baseUrl });

// Signing in. The token is for the `Authorization` header and lives ten minutes.
const signedIn = await anonymous.POST("/api/v1/auth/login", {
  body: { email: "company@nq57.example", password: "nq57-demo" },
});
assert(signedIn.data, `not signed in: ${signedIn.error?.code}`);
const client = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Bearer ${signedIn.data.access_token}` },
});

// A list with filters; a filter that takes several values is repeated.
const found = await anonymous.GET("/api/v1/products", {
  params: { query: { sector: ["agriculture", "health"], kind: ["product"], count: true, limit: 5 } },
});
assert(found.data && found.data.total !== undefined && found.data.items.length <= 5);

// All pages, by the cursor of the page before.
const ids = new Set<string>();
let cursor: string | undefined;
let total: number | null | undefined;
do {
  const { data } = await anonymous.GET("/api/v1/products", {
    params: { query: { limit: 10, count: true, ...(cursor && { cursor }) } },
  });
  assert(data);
  for (const { id } of data.items) ids.add(id);
  total = data.total;
  cursor = data.next_cursor ?? undefined;
} while (cursor);
assert.equal(ids.size, total, "every product comes once");

// Reading again only when it has changed.
const id = [...ids][0]!;
const product = await anonymous.GET("/api/v1/products/{id}", { params: { path: { id } } });
const etag = product.response.headers.get("ETag");
assert(product.data && etag);
const again = await anonymous.GET("/api/v1/products/{id}", {
  params: { path: { id }, header: { "If-None-Match": etag } },
});
assert.equal(again.response.status, 304);

// Creating, safely repeated with the same key after a connection that broke.
const key = randomUUID();
const draft: components["schemas"]["ProductDraft"] = {
  title: "Trạm quan trắc nước mặn",
  kind: "product",
  domain: "innovation",
  province_code: "92",
  owner: { type: "organisation", name: "Công ty Ví dụ" },
};
const create = () =>
  client.POST("/api/v1/products", { body: draft, params: { header: { "Idempotency-Key": key } } });
const created = await create();
const repeated = await create();
assert.equal(created.response.status, 201);
assert(created.data && repeated.data);
assert.equal(repeated.data.id, created.data.id, "the repetition made nothing new");
const own = created.data.id;
const first = created.response.headers.get("ETag");
assert(first);

// Changing what was seen; what somebody else has changed meanwhile is refused.
const change = (summary: string, seen: string) =>
  client.PATCH("/api/v1/products/{id}", {
    params: { path: { id: own }, header: { "If-Match": seen } },
    body: { summary },
    headers: { "Content-Type": "application/merge-patch+json" },
  });
const changed = await change("Đo độ mặn tại ruộng.", first);
assert.equal(changed.data?.summary, "Đo độ mặn tại ruộng.");
const stale = await change("Của người khác.", first);
assert.equal(stale.response.status, 412);
assert.equal(stale.error?.code, "stale_revision");

// A file up and down again.
const content = "một tệp ".repeat(100);
const uploaded = await client.POST("/api/v1/products/{id}/files", {
  params: { path: { id: own } },
  body: { file: "" },
  bodySerializer: () => {
    const form = new FormData();
    form.append("file", new Blob([content], { type: "text/plain" }), "so-lieu.txt");
    return form;
  },
});
assert(uploaded.data, `not uploaded: ${uploaded.error?.code}`);
const downloaded = await client.GET("/api/v1/products/{id}/files/{file_id}", {
  params: { path: { id: own, file_id: uploaded.data.id } },
  parseAs: "text",
});
assert.equal(downloaded.data, content);

// An event; a refused one says why.
const seen = uploaded.response.headers.get("ETag");
assert(seen);
const event = await client.POST("/api/v1/products/{id}/events", {
  params: { path: { id: own }, header: { "If-Match": seen } },
  body: { event: "submit" },
});
assert.equal(event.response.status, 409);
assert.equal(event.error?.code, "draft_incomplete");
assert(event.error.errors?.some(({ pointer }) => pointer === "/novelty"));
const withdrawn = await client.POST("/api/v1/products/{id}/events", {
  params: { path: { id: own }, header: { "If-Match": seen } },
  body: { event: "withdraw", reason: "Làm lại hồ sơ." },
});
assert.equal(withdrawn.data?.state, "withdrawn");

// A program instead of a person: a client of a confirmed organisation, with a secret for tokens.
const administrator = await anonymous.POST("/api/v1/auth/login", {
  body: { email: "admin@nq57.example", password: "nq57-demo" },
});
const admin = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Bearer ${administrator.data?.access_token}` },
});
const agency = await admin.POST("/api/v1/organisations", { body: { name: "Viện Ví dụ", kind: "institute" } });
assert(agency.data);
await admin.POST("/api/v1/organisations/{id}/verify", {
  params: { path: { id: agency.data.id }, header: { "If-Match": `"${agency.data.revision}"` } },
});
const program = await admin.POST("/api/v1/organisations/{id}/api-clients", {
  params: { path: { id: agency.data.id } },
  body: { name: "Kho dữ liệu", purpose: "Cập nhật hằng đêm.", scopes: ["products:read"] },
});
assert(program.data, `no client: ${program.error?.code}`);
const made = await admin.POST("/api/v1/api-clients/{id}/secrets", {
  params: { path: { id: program.data.id }, header: { "If-Match": `"${program.data.revision}"` } },
  body: { kind: "client_secret" },
});
assert(made.data);
const token = (client_id: string, client_secret: string) =>
  anonymous.POST("/api/v1/oauth/token", {
    body: { grant_type: "client_credentials", client_id, client_secret },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    bodySerializer: (form) => new URLSearchParams(form as Record<string, string>).toString(),
  });
const machine = await token(program.data.id, made.data.secret);
assert.equal(machine.data?.expires_in, 600);
const nightly = createClient<paths>({
  baseUrl,
  headers: { Authorization: `Bearer ${machine.data?.access_token}` },
});
assert((await nightly.GET("/api/v1/products")).data);
assert.equal((await nightly.GET("/api/v1/cases")).error?.code, "scope_missing");
const unknown = await token(program.data.id, "nobody's");
assert.equal(unknown.error?.code, "unauthenticated");

// What is not there.
const nothing = await anonymous.GET("/api/v1/products/{id}", {
  params: { path: { id: "01930000-0000-7000-8000-00000000dead" } },
});
assert.equal(nothing.response.status, 404);
assert.equal(nothing.error?.code, "not_found");

// A value of tomorrow is a value; the ones of today are known by name; requests take only these.
const state: components["schemas"]["ProductState"] = "a_state_of_tomorrow";
const known: components["schemas"]["KnownProductState"] = "published";
// @ts-expect-error a misspelt value does not compile
const misspelt: components["schemas"]["KnownProductEvent"] = "sumbit";
assert(state !== known && misspelt);
console.log("typescript: the day's work is done");
