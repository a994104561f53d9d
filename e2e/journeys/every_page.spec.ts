// Every address of the application, opened by somebody whom it is for: accessible in both languages, no wider than a
// small phone. Refuses a route that is missing here.
import { readFileSync } from "node:fs";
import { Caller, uniqueTitle } from "../support/api";
import { expectNothingOverprinted } from "../support/layout";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { arriveAs, expect, settled, test } from "../support/page";

interface Listed<T> {
  items: T[];
}

interface Work {
  step: string;
  case: { id: string };
  /** What is opened to do it: the case, or its evaluation. */
  opens: string;
}

interface Opened {
  /** Who opens it; nobody in particular when absent. */
  as?: string;
  /** The address, made with what the API of that account knows; the route itself when absent. */
  address?: (caller: Caller) => Promise<string>;
}

const [ADMIN, CHAIR, CITIZEN, COMPANY, INTAKE, PUBLISHER] = ["admin", "chair", "citizen", "company", "intake", "publisher"].map(
  (name) => `${name}@nq57.example`,
) as [string, string, string, string, string, string];

async function work(caller: Caller, step: string): Promise<Work> {
  const { items } = await caller.send<Listed<Work>>("GET", "/my-work?limit=100");
  const found = items.find((item) => item.step === step);
  if (found === undefined) throw new Error(`nothing waits to ${step}`);
  return found;
}

async function published(caller: Caller): Promise<string> {
  const { items } = await caller.send<Listed<{ id: string }>>("GET", "/products?limit=1");
  return items[0]?.id ?? "";
}

/** A product with more than one public version. */
async function renewed(caller: Caller): Promise<string> {
  const { items } = await caller.send<Listed<{ id: string; version: number }>>("GET", "/products?limit=100");
  for (const { id } of items.filter((product) => product.version > 1)) {
    const versions = await caller.send<Listed<unknown>>("GET", `/products/${id}/versions`);
    if (versions.items.length > 1) return id;
  }
  throw new Error("no product of the demo has two public versions");
}

const draft = async (caller: Caller) => (await caller.draftProduct(uniqueTitle("Trạm đo gió Mây Về"))).id;
const submission = async (caller: Caller) => (await caller.submittedProduct(uniqueTitle("Trạm đo gió Mây Về"))).id;

/** An organisation of the caller, who confirms it. */
async function confirmed(admin: Caller): Promise<string> {
  const body = { name: uniqueTitle("Trung tâm Dữ liệu Mây Về"), kind: "institute", province_code: "92" };
  const made = await admin.send<{ id: string; revision: number }>("POST", "/organisations", body);
  await admin.send("POST", `/organisations/${made.id}/verify`, undefined, made.revision);
  return made.id;
}

/** A client that waits for a confirmation, with a key. */
async function client(admin: Caller): Promise<string> {
  const organisation = await confirmed(admin);
  const body = { name: "Kho dữ liệu", purpose: "Cập nhật hằng đêm.", scopes: ["products:read", "cases:read"], provinces: ["92"] };
  const made = await admin.send<{ id: string; revision: number }>("POST", `/organisations/${organisation}/api-clients`, body);
  await admin.send("POST", `/api-clients/${made.id}/secrets`, { kind: "key" }, made.revision);
  return made.id;
}

const PAGES: Record<string, Opened> = {
  "/": {},
  "/san-pham": {},
  "/san-pham/:id": { address: async (caller) => `/san-pham/${await published(caller)}` },
  "/san-pham/:id/so-sanh": { address: async (caller) => `/san-pham/${await renewed(caller)}/so-sanh` },
  "/theo-doi": {},
  "/thong-ke": {},
  "/ho-so": { as: COMPANY },
  "/ho-so/moi": { as: COMPANY },
  "/ho-so/:id": { as: COMPANY, address: async (caller) => `/ho-so/${await submission(caller)}` },
  "/ho-so/:id/buoc/:step": { as: COMPANY, address: async (caller) => `/ho-so/${await draft(caller)}/buoc/3` },
  "/ho-so/:id/kiem-tra": { as: COMPANY, address: async (caller) => `/ho-so/${await draft(caller)}/kiem-tra` },
  "/ho-so/:id/da-gui": { as: COMPANY, address: async (caller) => `/ho-so/${await submission(caller)}/da-gui` },
  "/viec-cua-toi": { as: INTAKE },
  "/tat-ca-ho-so": { as: INTAKE },
  "/tham-dinh/:id": { as: INTAKE, address: async (caller) => `/tham-dinh/${(await work(caller, "check_eligibility")).case.id}` },
  "/hoi-dong/:id": { as: CHAIR, address: async (caller) => `/hoi-dong/${(await work(caller, "open_evaluation")).case.id}` },
  "/danh-gia/:id": { as: CHAIR, address: async (caller) => `/danh-gia/${(await work(caller, "recommend")).opens}` },
  "/quyet-dinh/:id": { as: PUBLISHER, address: async (caller) => `/quyet-dinh/${(await work(caller, "publish")).case.id}` },
  "/dang-nhap": {},
  "/dang-ky": {},
  "/xac-minh": {},
  "/thu-ve-ho-so": {},
  "/quen-mat-khau": {},
  "/dat-lai-mat-khau": {},
  "/tai-khoan": { as: CITIZEN },
  "/thong-bao": { as: COMPANY },
  "/to-chuc": { as: CITIZEN },
  "/to-chuc/:id": {
    as: CITIZEN,
    address: async (caller) => {
      const body = { name: uniqueTitle("Hợp tác xã Đồng Bưng"), kind: "cooperative", province_code: "92" };
      return `/to-chuc/${(await caller.send<{ id: string }>("POST", "/organisations", body)).id}`;
    },
  },
  "/to-chuc/:id/ung-dung": { as: ADMIN, address: async (caller) => `/to-chuc/${await confirmed(caller)}/ung-dung` },
  "/to-chuc/:id/ung-dung/moi": { as: ADMIN, address: async (caller) => `/to-chuc/${await confirmed(caller)}/ung-dung/moi` },
  "/ung-dung/:id": { as: ADMIN, address: async (caller) => `/ung-dung/${await client(caller)}` },
  "/quan-tri": { as: ADMIN },
  "/quan-tri/tai-khoan": { as: ADMIN },
  "/quan-tri/tai-khoan/:id": {
    as: ADMIN,
    address: async (caller) => `/quan-tri/tai-khoan/${(await caller.send<{ id: string }>("GET", "/me")).id}`,
  },
  "/quan-tri/to-chuc": { as: ADMIN },
  "/quan-tri/ung-dung": {
    as: ADMIN,
    address: async (caller) => {
      await client(caller);
      return "/quan-tri/ung-dung";
    },
  },
  "/quan-tri/tin-khong-gui-duoc": { as: ADMIN },
  "/quan-tri/nhat-ky": { as: ADMIN },
  "/gioi-thieu": {},
  "/quyen-rieng-tu": {},
  "/tro-nang": {},
  "/ui": {},
};

/** Pages that show a table which becomes cards on a phone. */
const STACKED = [
  "/san-pham/:id/so-sanh",
  "/thong-ke",
  "/ho-so",
  "/viec-cua-toi",
  "/tat-ca-ho-so",
  "/tai-khoan",
  "/to-chuc/:id",
  "/quan-tri",
  "/quan-tri/tai-khoan",
  "/quan-tri/tai-khoan/:id",
  "/quan-tri/to-chuc",
  "/quan-tri/ung-dung",
  "/ung-dung/:id",
  "/quan-tri/nhat-ky",
];

test("the table names every route", () => {
  const source = readFileSync(new URL("../../frontend/src/routes.rs", import.meta.url), "utf8");
  const routes = [...source.matchAll(/path!\("([^"]+)"\)/g)].map(([, route]) => route);
  expect(Object.keys(PAGES).sort()).toEqual(routes.sort());
});

for (const [route, { as, address }] of Object.entries(PAGES)) {
  test(`${route}: accessible in both languages, and fits a small phone`, async ({ page, baseURL }) => {
    const caller = as === undefined ? await Caller.anonymous(baseURL ?? "") : await Caller.signedIn(baseURL ?? "", as);
    const where = address === undefined ? route : await address(caller);
    if (as !== undefined) await arriveAs(page, as);
    await page.goto(where);
    await settled(page);
    await expect(page.getByText("không dành cho bạn")).toHaveCount(0);
    await expectAccessibleInBothLanguages(page);
    for (const width of [360, 320]) {
      await page.setViewportSize({ width, height: 740 });
      await settled(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      const cells = await expectNothingOverprinted(page);
      if (STACKED.includes(route)) expect(cells, "cells of a stacked table").toBeGreaterThan(0);
    }
  });
}

test("an address that leads nowhere says so, in both languages", async ({ page }) => {
  await page.goto("/khong-co-trang-nay");
  await settled(page);
  await expectAccessibleInBothLanguages(page);
  await expect(page.locator("main").getByRole("link").first()).toBeVisible();
});
