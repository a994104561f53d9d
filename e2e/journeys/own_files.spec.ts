// One's own files: signing in leads to them, what waits comes first, and a lost secret is replaced.
import { Caller, uniqueTitle } from "../support/api";
import { enter, tabTo } from "../support/keyboard";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { expectNothingOverprinted } from "../support/layout";
import { arriveAs, expect, expectAccessible, screenshot, settled, signIn, test } from "../support/page";

/** No other journey uses it: its list and its inbox are what the journeys here make of them. */
const SOMEBODY = "leader@nq57.example";

test("officials, administrators and everybody else begin where their work is", async ({ openPage }) => {
  for (const [who, path] of [
    ["intake", "/viec-cua-toi"],
    ["admin", "/quan-tri"],
    ["company", "/ho-so"],
    ["citizen", "/ho-so"],
  ] as const) {
    const page = await openPage();
    await signIn(page, `${who}@nq57.example`);
    await expect(page).toHaveURL(new RegExp(`${path}$`));
    await page.context().close();
  }
});

test("what waits for me comes first, and the page says so in a sentence", async ({ page, baseURL }) => {
  const somebody = await Caller.signedIn(baseURL ?? "", SOMEBODY);
  const intake = await Caller.signedIn(baseURL ?? "", "intake@nq57.example");
  const asked = await somebody.submittedProduct(uniqueTitle("Nồi nấu đường Khói Ít"));
  await intake.askForInformation(asked.id, "Ai đứng tên hồ sơ?");
  const later = await somebody.draftProduct(uniqueTitle("Máy vò chè Lá Xanh"));
  const sent = await somebody.submittedProduct(uniqueTitle("Máy đóng gói Hạt Tròn"));

  await signIn(page, SOMEBODY);
  const notice = page.locator(".notice").filter({ hasText: "chờ bạn bổ sung" });
  await expect(notice).toBeVisible();
  await expect(notice.getByRole("link")).toHaveAttribute("href", /\/ho-so\/[0-9a-f-]{36}$/);
  const yours = page.getByRole("row", { name: "Cần bạn làm" });
  const others = page.getByRole("row", { name: "Các hồ sơ khác" });
  await expect(yours).toBeVisible();
  const y = async (text: string): Promise<number> => (await page.getByRole("row", { name: text }).boundingBox())?.y ?? NaN;
  const [top, middle] = [(await yours.boundingBox())?.y ?? NaN, (await others.boundingBox())?.y ?? NaN];
  expect(await y(asked.title)).toBeGreaterThan(top);
  expect(await y(later.title)).toBeGreaterThan(await y(asked.title));
  expect(middle).toBeGreaterThan(await y(later.title));
  expect(await y(sent.title)).toBeGreaterThan(middle);
  await expect(page.getByRole("row", { name: later.title })).toContainText("Chưa gửi nên chưa tính hạn");
  const resume = page.getByRole("row", { name: later.title }).getByRole("link", { name: /Làm tiếp/ });
  expect((await resume.boundingBox())?.height).toBeLessThan(40);
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "own-files");
  await page.emulateMedia({ colorScheme: "dark" });
  await screenshot(page, "own-files-dark");
  await page.setViewportSize({ width: 360, height: 740 });
  await screenshot(page, "own-files-360-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await screenshot(page, "own-files-360");
  await expectNothingOverprinted(page);

  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto("/");
  await expect(page.locator(".notice").filter({ hasText: "chờ bạn bổ sung" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "home-signed-in");
});

test("the bell says how much is unread, to the eye and to the ear", async ({ page, baseURL }) => {
  const somebody = await Caller.signedIn(baseURL ?? "", SOMEBODY);
  await somebody.submittedProduct(uniqueTitle("Cân xe Lúa Đầy"));
  const { unread } = await somebody.send<{ unread: number }>("GET", "/notifications?limit=1&count=true");
  expect(unread).toBeGreaterThan(0);
  await signIn(page, SOMEBODY);
  const bell = page.getByRole("link", { name: /^Thông báo, \d+ tin chưa đọc$/ }).first();
  await expect(bell).toBeVisible();
  await expect(bell.locator(".badge")).toHaveText(/^\d+\+?$/);
  // Also on a page that is opened anew, where it is known only later who is there.
  await page.goto("/");
  await expect(bell).toBeVisible();
  await bell.click();
  await page.getByRole("button", { name: "Đánh dấu đã đọc tất cả" }).click();
  await expect(page.getByRole("link", { name: "Thông báo", exact: true }).first()).toBeVisible();
  await expect(page.locator(".badge")).toHaveCount(0);
});

test("whoever has lost the secret gets a new one, by keyboard, and the old one ends", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", "company@nq57.example");
  const title = uniqueTitle("Máy ấp trứng Vịt Chạy");
  const product = await company.submittedProduct(title);
  await arriveAs(page, "company@nq57.example");
  await page.goto(`/ho-so/${product.id}`);
  await settled(page);
  const open = page.getByRole("button", { name: "Cấp mã bí mật mới" });
  await enter(page, open);
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Mã cũ hết hiệu lực ngay");
  await expectAccessible(page);
  await tabTo(page, dialog.getByRole("button", { name: "Hủy" }));
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(open).toBeFocused();
  await page.keyboard.press("Enter");
  await enter(page, dialog.getByRole("button", { name: "Cấp mã bí mật mới" }));

  await expect(page.getByRole("heading", { name: "Mã bí mật mới của bạn" })).toBeFocused();
  const shown = page.locator(".seal");
  await expect(shown).toContainText(product.code ?? "?");
  const secret = (await shown.locator(".mono").textContent()) ?? "";
  expect(secret).toMatch(/^[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}$/);
  expect(secret).not.toBe(product.secret);
  const size = (selector: string): Promise<string> => shown.locator(selector).evaluate((element) => getComputedStyle(element).fontSize);
  expect(await size(".mono")).toBe(await size("strong"));
  await expect(shown.getByRole("button", { name: "In trang này" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "new-secret");
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: "dark" });
  await screenshot(page, "new-secret-360-dark");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);

  await page.reload();
  await settled(page);
  await expect(page.locator("main")).not.toContainText(secret);
  await page.goto(`/theo-doi?code=${product.code}`);
  await page.getByLabel("Mã bí mật").fill(product.secret ?? "");
  await page.getByRole("button", { name: "Tra cứu" }).click();
  await expect(page.locator(".errors")).toContainText("Không có hồ sơ nào khớp với hai mã này");
  await page.getByLabel("Mã bí mật").fill(secret);
  await page.getByRole("button", { name: "Tra cứu" }).click();
  await expect(page.getByRole("heading", { level: 2, name: title })).toBeFocused();
});
