// Where is my submission? By code and secret, without an account; the secret never stands in the address.
import { Caller, uniqueTitle } from "../support/api";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { expect, screenshot, test } from "../support/page";

const COMPANY = "company@nq57.example";

test("a submission is followed by code and secret", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const title = uniqueTitle("Máy đếm cá giống Vảy Bạc");
  const product = await company.submittedProduct(title);

  await page.goto(`/theo-doi?code=${product.code}`);
  await expect(page.getByLabel("Mã hồ sơ")).toHaveValue(product.code ?? "");
  await expectAccessibleInBothLanguages(page);

  await page.getByLabel("Mã bí mật").fill("sai-hoan-toan");
  await page.getByRole("button", { name: "Tra cứu" }).click();
  await expect(page.locator(".errors")).toContainText("Không có hồ sơ nào khớp với hai mã này");
  await expect(page.getByLabel("Mã bí mật")).toHaveValue("sai-hoan-toan");

  await page.getByLabel("Mã bí mật").fill(product.secret ?? "");
  await page.getByRole("button", { name: "Tra cứu" }).click();
  await expect(page.getByRole("heading", { level: 2, name: title })).toBeFocused();
  await expect(page.getByText("Bộ phận tiếp nhận").first()).toBeVisible();
  await expect(page.locator(".timeline [aria-current=step]")).toContainText("Kiểm tra tính hợp lệ");
  expect(page.url()).not.toContain(product.secret ?? "?");
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "tracking");
});

test("a code that was typed loosely is found", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const title = uniqueTitle("Máy sấy chuối Nắng Giòn");
  const product = await company.submittedProduct(title);
  const [, year, number] = (product.code ?? "").split("-");

  for (const typed of [`sp ${year} ${Number(number)}`, `SP${year}${number}`]) {
    await page.goto("/theo-doi");
    await page.getByLabel("Mã hồ sơ").fill(typed);
    await page.getByLabel("Mã bí mật").fill((product.secret ?? "").replaceAll("-", " ").toUpperCase());
    await page.getByRole("button", { name: "Tra cứu" }).click();
    await expect(page.getByRole("heading", { level: 2, name: title })).toBeFocused();
    await expect(page.getByLabel("Mã hồ sơ")).toHaveValue(product.code ?? "");
  }
});

test("the lookup of the home page leads there with both", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const title = uniqueTitle("Đèn bắt bướm Ruộng Sáng");
  const product = await company.submittedProduct(title);

  await page.goto("/");
  await expectAccessibleInBothLanguages(page);
  await page.getByLabel("Mã hồ sơ").fill(product.code ?? "");
  await page.getByLabel("Mã bí mật").fill(product.secret ?? "");
  await page.getByRole("button", { name: "Tra cứu" }).click();
  await expect(page).toHaveURL(/\/theo-doi$/);
  await expect(page.getByRole("heading", { level: 2, name: title })).toBeVisible();
});
