// What stands on the screen before the program does: the first words, in the reader's language and theme, and the way
// on when the program does not come.
import { expect, test } from "../support/page";

test.use({ tolerated: [/ERR_FAILED|Failed to fetch/] });

test("the home page opens with its words, in the language and theme chosen last time", async ({ page, openPage }) => {
  await page.goto("/");
  await page.getByRole("link", { name: "English" }).or(page.getByRole("button", { name: "English" })).click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const words = await page.locator("h1").innerText();

  // The program never arrives.
  await page.route("**/*.wasm", () => {});
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(page.locator("h1")).toHaveText(words, { useInnerText: true });
  await expect(page.getByRole("progressbar", { name: "Opening the page" })).toBeVisible();

  const stranger = await openPage({ locale: "vi-VN" });
  await stranger.route("**/*.wasm", () => {});
  await stranger.goto("/");
  await expect(stranger.getByRole("heading", { name: "Từ nghị quyết đến kết quả" })).toBeVisible();
  await stranger.goto("/san-pham");
  await expect(stranger.getByRole("progressbar", { name: "Đang mở trang" })).toBeVisible();
  await expect(stranger.locator("h1")).toHaveCount(0);
});

test("a program that does not come is told, with the way to try again", async ({ page }) => {
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto("/thong-ke");
  await expect(page.getByRole("alert")).toContainText("Trang chưa mở được.");
  await page.unroute("**/*.wasm");
  await page.getByRole("alert").getByRole("link", { name: "Tải lại trang" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("alert")).toBeHidden();
});
