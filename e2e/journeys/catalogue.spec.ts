// The public side: search without diacritics, filters in the address, the page of a product, versions, figures.
import { Caller } from "../support/api";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { expect, screenshot, settled, test, type Page } from "../support/page";

interface Listed {
  id: string;
  title: string;
  sectors: string[];
  trl: number;
}

interface List<T> {
  items: T[];
  total?: number;
}

function withoutDiacritics(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D");
}

/** The next answer to the page's question for a list of products. */
async function listed(page: Page, asks: (query: URLSearchParams) => boolean): Promise<List<Listed>> {
  const answer = await page.waitForResponse((response) => {
    const { pathname, searchParams } = new URL(response.url());
    return pathname === "/api/v1/products" && asks(searchParams);
  });
  return (await answer.json()) as List<Listed>;
}

/** The page says how many the API found and shows them; all of them are ready enough. */
async function expectTold(page: Page, { items, total }: List<Listed>): Promise<void> {
  await expect(page.getByRole("status").filter({ hasText: `${total} sản phẩm phù hợp` })).toBeVisible();
  for (const { title, trl } of items) {
    expect(trl).toBeGreaterThanOrEqual(8);
    await expect(page.getByRole("link", { name: title, exact: true })).toBeVisible();
  }
}

test("a product is found without diacritics and by filters that stand in the address", async ({ page, baseURL }) => {
  const anybody = await Caller.anonymous(baseURL ?? "");
  const [wanted] = (await anybody.send<List<Listed>>("GET", "/products?limit=1")).items;
  if (wanted === undefined) throw new Error("the demo has published products");

  await page.goto("/san-pham");
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "catalogue");
  await page.getByLabel("Tìm theo tên, đơn vị, công nghệ").fill(withoutDiacritics(wanted.title).toLowerCase());
  await page.getByRole("search").getByRole("button", { name: "Tìm" }).click();
  await expect(page).toHaveURL(/[?&]q=/);
  await expect(page.getByRole("link", { name: wanted.title })).toBeVisible();
  await page.getByRole("link", { name: /^Tìm: .*bỏ lọc$/ }).click();
  await expect(page).not.toHaveURL(/[?&]q=/);

  const facet = page.getByRole("group", { name: "Lĩnh vực ứng dụng" }).getByRole("checkbox", { name: /^Nông nghiệp/ });
  await facet.check();
  await expect(page).toHaveURL(/[?&]sector=/);
  const narrowed = listed(page, (query) => query.has("sector") && query.get("trl_min") === "8");
  await page.getByRole("group", { name: "Sẵn sàng công nghệ" }).getByRole("radio", { name: /TRL 8/ }).check();
  await expect(page).toHaveURL(/trl_min=8/);
  await expectTold(page, await narrowed);
  // Journeys beside this one publish: what the address brings again is asked of the answer to it.
  const again = listed(page, (query) => query.has("sector") && query.get("trl_min") === "8");
  await page.reload();
  await settled(page);
  await expectTold(page, await again);
  await expect(facet).toBeChecked();
  await page.getByRole("link", { name: "Bỏ tất cả" }).click();
  await expect(page).toHaveURL(/\/san-pham$/);
});

test("more products follow, and an empty result says what to do", async ({ page }) => {
  await page.goto("/san-pham?sort=title");
  await settled(page);
  await expect(page.locator(".items > li")).toHaveCount(20);
  await page.getByRole("button", { name: "Xem thêm" }).click();
  await expect(page.locator(".items > li")).toHaveCount(40);
  await expect(page.locator(".items > li").nth(20).getByRole("link")).toBeFocused();

  await page.goto("/san-pham?sector=nope&trl_min=99&kind=x&sort=relevance");
  await expect(page).toHaveURL(/\/san-pham$/);
  await expect(page.locator(".items > li")).toHaveCount(20);

  await page.goto("/san-pham?q=zzzzqqqq");
  await expect(page.getByRole("heading", { name: "Chưa có kết quả" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await page.getByRole("link", { name: "Bỏ tất cả bộ lọc" }).click();
  await expect(page.locator(".items > li").first()).toBeVisible();
});

test("the page of a product tells everything that is public", async ({ page }) => {
  await page.goto("/san-pham");
  await page.locator(".items h3 a").first().click();
  await expect(page).toHaveURL(/\/san-pham\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(page.getByRole("heading", { name: "Vấn đề được giải quyết" })).toBeVisible();
  await expect(page.locator(".timeline > li").first()).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "product");
});

test("versions can be compared where there are several", async ({ page, baseURL }) => {
  const anybody = await Caller.anonymous(baseURL ?? "");
  const { items } = await anybody.send<List<Listed>>("GET", "/products?limit=100");
  for (const { id } of items) {
    const versions = await anybody.send<List<{ version: number }>>("GET", `/products/${id}/versions`);
    if (versions.items.length < 2) continue;
    await page.goto(`/san-pham/${id}`);
    await page.getByRole("link", { name: "So sánh hai phiên bản" }).click();
    await expect(page.getByRole("table")).toBeVisible();
    await expectAccessibleInBothLanguages(page);
    return;
  }
  throw new Error("no product of the demo has two public versions");
});

test("a product that is not there, and the figures of the portal", async ({ page }) => {
  await page.goto("/san-pham/00000000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { level: 1, name: "Không có sản phẩm này" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await page.goto("/thong-ke");
  await expect(page.getByRole("heading", { name: "Mỗi bước mất bao lâu" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "statistics");
});

test("nothing scrolls sideways on a small phone", async ({ openPage }) => {
  const page = await openPage({ viewport: { width: 320, height: 640 } });
  for (const path of ["/", "/san-pham", "/thong-ke", "/theo-doi"]) {
    await page.goto(path);
    await settled(page);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(beyond, path).toBeLessThanOrEqual(0);
  }
});
