// When something fails on the server: what happened and what to do in plain words, whom to ask, no dead end.
import { Caller, uniqueTitle } from "../support/api";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { expect, screenshot, settled, signIn, test, type Page } from "../support/page";

// One pattern: a list of two would be read as a value and its options.
test.use({ tolerated: [/^50[0-9]: |the server responded with a status of 50/] });

/** Answers what the server answers when it can read and cannot write. */
async function refuse(page: Page, pattern: RegExp, method: string, status: number, code: string): Promise<void> {
  await page.route(pattern, async (route) => {
    if (route.request().method() !== method) return route.fallback();
    const problem = { type: `/docs/problems#${code}`, title: "?", status, code, request_id: "01ab", errors: [] };
    await route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify(problem) });
  });
}

test("everybody finds who runs the platform, at the foot of each page and where it matters", async ({ page }) => {
  await page.goto("/tro-nang");
  await settled(page);
  const foot = page.locator(".foot");
  await expect(foot).toContainText("Trung tâm Vận hành minh họa (không có thật)");
  await expect(foot.getByRole("link", { name: "ho-tro@nq57.example" })).toHaveAttribute("href", "mailto:ho-tro@nq57.example");
  await expect(foot.getByRole("link", { name: "0900 000 057" })).toHaveAttribute("href", "tel:0900000057");
  await expect(page.locator("main").getByRole("link", { name: "ho-tro@nq57.example" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "accessibility-contact");
  await page.setViewportSize({ width: 360, height: 740 });
  await screenshot(page, "accessibility-contact-360");
  await page.goto("/khong-co-trang-nay");
  await expect(page.locator("main").getByRole("link", { name: "0900 000 057" })).toBeVisible();
});

test("a page whose server fails says what to do and whom to ask", async ({ page }) => {
  await refuse(page, /\/api\/v1\/products\/statistics/, "GET", 503, "unavailable");
  await page.goto("/thong-ke");
  const notice = page.getByRole("alert");
  await expect(notice).toContainText("thử lại");
  await expect(notice.getByRole("link", { name: "0900 000 057" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "server-fails");
  await page.unroute(/\/api\/v1\/products\/statistics/);
  await notice.getByRole("button", { name: "Thử lại" }).click();
  await expect(page.locator("main").getByRole("heading", { level: 2 }).first()).toBeVisible();
});

test("what cannot be saved is kept while writing goes on, and is saved when the storage is back", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", "company@nq57.example");
  const draft = await company.draftProduct(uniqueTitle("Lò sấy cau Khói Thơm"));
  await signIn(page, "company@nq57.example");
  await page.goto(`/ho-so/${draft.id}/buoc/2`);
  await settled(page);
  await refuse(page, /\/api\/v1\/products\/[0-9a-f-]+$/, "PATCH", 507, "storage_unavailable");
  const problem = page.getByRole("textbox").first();
  await problem.fill("Cau tươi hỏng sau ba ngày, người trồng phải bán rẻ.");
  await page.getByRole("button", { name: "Lưu và đi tiếp" }).click();
  await expect(page.locator("main")).toContainText("Chưa lên được máy chủ");
  await expect(page).toHaveURL(/\/buoc\/3/);
  await screenshot(page, "storage-unavailable");
  await page.goBack();
  await expect(page).toHaveURL(/\/buoc\/2/);
  await expect(page.getByRole("textbox").first()).toHaveValue("Cau tươi hỏng sau ba ngày, người trồng phải bán rẻ.");
  await page.unroute(/\/api\/v1\/products\/[0-9a-f-]+$/);
  await page.getByRole("button", { name: "Lưu và đi tiếp" }).click();
  await expect(page).toHaveURL(/\/buoc\/3/);
  const kept = await company.send<{ problem: string }>("GET", `/products/${draft.id}`);
  expect(kept.problem).toBe("Cau tươi hỏng sau ba ngày, người trồng phải bán rẻ.");
});
