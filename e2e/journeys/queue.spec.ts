// Officials put queue and register in order, narrow them to provinces, and come past the filters to the list.
import { readFileSync } from "node:fs";
import { Caller, completeDraft, uniqueTitle } from "../support/api";
import { enter, tabTo, tick } from "../support/keyboard";
import { arriveAs, expect, expectAccessible, screenshot, settled, test, type Page } from "../support/page";

const INTAKE = "intake@nq57.example";
const COMPANY = "company@nq57.example";

interface Counted {
  total: number;
  provinces: { province_code: string; count: number }[];
  items: { title?: string; case?: { title: string } }[];
}

/** A submission of each of these provinces. */
async function submitted(baseURL: string, provinces: string[]): Promise<void> {
  const company = await Caller.signedIn(baseURL, COMPANY);
  for (const province of provinces) {
    const draft = { ...completeDraft(uniqueTitle("Máy ép Mía")), province_code: province };
    const { id } = await company.send<{ id: string }>("POST", "/products", draft);
    await company.event(id, "submit");
  }
}

/** Sorts by this column by keyboard; the focus stays on its header although the rows are drawn anew. */
async function sort(page: Page, column: string, order: "ascending" | "descending", address: RegExp): Promise<void> {
  const header = page.getByRole("columnheader", { name: column });
  await enter(page, header.getByRole("button"));
  await expect(page).toHaveURL(address);
  await expect(header).toHaveAttribute("aria-sort", order);
  await settled(page);
  await expect(header.getByRole("button")).toBeFocused();
}

test("queue and register are sorted both ways by keyboard, and the order stands in the address", async ({ page, baseURL }) => {
  const intake = await Caller.signedIn(baseURL ?? "", INTAKE);
  const first = async (path: string): Promise<string> => {
    const { items } = await intake.send<Counted>("GET", path);
    return items[0]?.case?.title ?? items[0]?.title ?? "";
  };
  const top = page.getByRole("row").nth(1);
  await arriveAs(page, INTAKE);
  await page.goto("/viec-cua-toi");
  await settled(page);
  await expect(page.getByRole("columnheader", { name: "Hạn" })).toHaveAttribute("aria-sort", "ascending");
  await sort(page, "Chờ từ", "ascending", /\?sort=since$/);
  await expect(top).toContainText(await first("/my-work?limit=1&sort=since"));
  await sort(page, "Chờ từ", "descending", /\?sort=-since$/);
  await expect(top).toContainText(await first("/my-work?limit=1&sort=-since"));
  await page.reload();
  await expect(page.getByRole("columnheader", { name: "Chờ từ" })).toHaveAttribute("aria-sort", "descending");
  await expectAccessible(page);

  // A view keeps the order; all of it is a view too.
  const views = page.getByRole("navigation", { name: "Khung nhìn" });
  await enter(page, views.getByRole("link", { name: /^Xét tính hợp lệ/ }));
  await expect(page).toHaveURL(/step=check_eligibility.*sort=-since/);
  await enter(page, views.getByRole("link", { name: /^Tất cả việc/ }));
  await expect(page).toHaveURL(/viec-cua-toi\?sort=-since$/);
  await sort(page, "Hạn", "ascending", /viec-cua-toi\??$/);
  await sort(page, "Hạn", "descending", /\?sort=-due$/);
  await expect(top).toContainText(await first("/my-work?limit=1&sort=-due"));
  await enter(page, views.getByRole("link", { name: /^Xét tính hợp lệ/ }));
  await page.goto("/viec-cua-toi?step=check_eligibility");
  await settled(page);
  await enter(page, views.getByRole("link", { name: /^Tất cả việc/ }));
  await expect(page).not.toHaveURL(/step=/);

  await page.goto("/tat-ca-ho-so");
  await settled(page);
  await sort(page, "Thay đổi", "descending", /\?sort=-changed_at$/);
  await sort(page, "Thay đổi", "ascending", /\?sort=changed_at$/);
  await expect(top).toContainText(await first("/cases?limit=1&sort=changed_at"));
  await sort(page, "Trạng thái", "ascending", /\?sort=state$/);
  await sort(page, "Trạng thái", "descending", /\?sort=-state$/);
  await expect(top).toContainText(await first("/cases?limit=1&sort=-state"));

  // Where rows are cards, what sorts stays in sight.
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole("columnheader", { name: "Hạn" }).getByRole("button").click();
  await expect(page).toHaveURL(/tat-ca-ho-so\??$/);
  await expectAccessible(page);
  await screenshot(page, "register-360-sorted");
});

test("queue and register are narrowed to provinces, with numbers, and the queue comes as a file", async ({ page, baseURL }) => {
  await submitted(baseURL ?? "", ["92", "01"]);
  const intake = await Caller.signedIn(baseURL ?? "", INTAKE);
  await arriveAs(page, INTAKE);
  for (const [path, api] of [["/viec-cua-toi", "/my-work"], ["/tat-ca-ho-so", "/cases"]] as const) {
    const all = await intake.send<Counted>("GET", `${api}?limit=1&count=true`);
    const here = all.provinces.find((province) => province.province_code === "01")?.count ?? 0;
    expect(here).toBeGreaterThan(0);
    await page.goto(path);
    await settled(page);
    const facet = page.locator("details", { hasText: "Nơi gửi" });
    await facet.locator("summary").click();
    const choices = facet.locator("label");
    // Those that would leave nothing are not there; the others stand by name.
    await expect(choices).toHaveCount(all.provinces.length);
    const names = await choices.locator("span:first-of-type").allTextContents();
    const folded = names.map((name) => name.normalize("NFD").replace(/\p{M}/gu, "").replace(/Đ/g, "D"));
    expect(folded).toEqual([...folded].sort());
    await expect(choices.filter({ hasText: "Hà Nội" })).toContainText(String(here));
    await facet.getByRole("checkbox", { name: /^Hà Nội/ }).check();
    await expect(page).toHaveURL(/province=01/);
    await tick(page, facet.getByRole("checkbox", { name: /^Cần Thơ/ }));
    await expect(facet.getByRole("checkbox", { name: /^Cần Thơ/ }), "whoever has chosen stays at the choice").toBeFocused();
    await expect(page).toHaveURL(/province=01&province=92/);
    const both = await intake.send<Counted>("GET", `${api}?limit=1&count=true&province=01&province=92`);
    const asked = page.waitForEvent("download");
    await page.getByRole("button", { name: `Tải CSV (${both.total})` }).click();
    const rows = readFileSync(await (await asked).path(), "utf8").trim().split("\n");
    expect(rows.length).toBe(both.total + 1);
    await expectAccessible(page);
    await screenshot(page, `${path.slice(1)}-provinces`);
    await page.getByRole("link", { name: /^Cần Thơ.*bỏ lọc$/ }).click();
    await expect(page).toHaveURL(/\?province=01$/);
  }

  // The views count what is left; who has one province has no facet of it.
  await page.goto("/viec-cua-toi?province=01");
  const { total } = await intake.send<Counted>("GET", "/my-work?limit=1&count=true&province=01");
  const everything = page.getByRole("navigation", { name: "Khung nhìn" }).getByRole("link", { name: /^Tất cả việc/ });
  await expect(everything).toContainText(String(total));
  await page.route(/\/my-work\?.*count=true/, async (route) => {
    const answer = await route.fetch();
    const counted = (await answer.json()) as Counted;
    await route.fulfill({ response: answer, json: { ...counted, provinces: counted.provinces.slice(0, 1) } });
  });
  await page.goto("/viec-cua-toi");
  await settled(page);
  await expect(everything).toContainText(/\d/);
  await expect(page.locator("details", { hasText: "Nơi gửi" })).toHaveCount(0);
});

test("a link leads past the filters to the list, and on a phone the filters begin folded", async ({ page }) => {
  await arriveAs(page, INTAKE);
  for (const path of ["/viec-cua-toi?province=92", "/tat-ca-ho-so?province=92"]) {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto(path);
    await settled(page);
    const skip = page.getByRole("link", { name: "Bỏ qua bộ lọc, tới danh sách" });
    await tabTo(page, skip);
    expect((await skip.boundingBox())?.width ?? 0, "seen while it has the focus").toBeGreaterThan(50);
    await page.keyboard.press("Enter");
    await expect(page.locator("#danh-sach")).toBeFocused();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.closest("#danh-sach") !== null)).toBe(true);

    await page.setViewportSize({ width: 360, height: 740 });
    const filters = page.getByRole("button", { name: "Bộ lọc (1 đang bật)" });
    await expect(filters).toHaveAttribute("aria-expanded", "false");
    await expect(page.locator("#facets")).toBeHidden();
    await filters.click();
    await expect(page.locator("#facets")).toBeVisible();
    const height = (await page.locator("#facets").boundingBox())?.height ?? 0;
    expect(height, "the list stays near").toBeLessThanOrEqual(0.6 * 740 + 1);
    await expectAccessible(page);
    await screenshot(page, `${path.slice(1).split("?")[0]}-360-filters`);
  }
});
