// One's own account: opened, verified by the letter, its password lost and found, its other devices sent away.
import { randomUUID } from "node:crypto";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { linkFor } from "../support/mail";
import { expect, settled, signIn, test } from "../support/page";

test("somebody registers, verifies by mail, forgets the password and sends another device away", async ({ page, openPage }) => {
  const address = `huong-${randomUUID().slice(0, 8)}@dong-bung.example`;

  await test.step("registering names what is missing, and keeps what was typed", async () => {
    await page.goto("/dang-ky");
    await settled(page);
    await page.getByLabel("Họ và tên").fill("Lê Thị Hường");
    await page.getByRole("button", { name: "Đăng ký", exact: true }).click();
    await expect(page.locator(".errors")).toBeFocused();
    await expectAccessibleInBothLanguages(page);
    await expect(page.getByLabel("Họ và tên")).toHaveValue("Lê Thị Hường");
    await page.getByLabel("Thư điện tử").fill(address);
    await page.getByLabel("Mật khẩu").fill("con-cá-lóc-bơi-ngược");
    await page.getByRole("button", { name: "Đăng ký", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Hãy mở hộp thư của bạn" })).toBeVisible();
    await expectAccessibleInBothLanguages(page);
  });

  await test.step("the link of the letter verifies, once", async () => {
    const link = await linkFor(address);
    await page.goto(link);
    await expect(page.getByRole("heading", { name: "Địa chỉ đã được xác minh" })).toBeVisible();
    await expectAccessibleInBothLanguages(page);
    await page.goto(link);
    await expect(page.getByRole("heading", { name: "Chưa xác minh được" })).toBeVisible();
    await expect(page.locator("main").getByRole("link", { name: "Đăng nhập" })).toBeVisible();
    await expectAccessibleInBothLanguages(page);
    await page.reload();
    await expect(page.getByRole("heading", { name: "Chưa xác minh được" })).toBeVisible();
    await expect(page.getByText("đã được mở trước đây")).toBeVisible();
    await expect(page.getByText("Có mục chưa đúng")).toHaveCount(0);
  });

  await test.step("the password works, and the link then says that it has done its work", async () => {
    await signIn(page, address, "con-cá-lóc-bơi-ngược");
    await page.goto(await linkFor(address));
    await expect(page.getByRole("heading", { name: "Địa chỉ này đã được xác minh" })).toBeVisible();
    await expectAccessibleInBothLanguages(page);
    await page.goto("/tai-khoan");
    await expect(page.getByLabel("Họ và tên")).toHaveValue("Lê Thị Hường");
  });

  await test.step("a forgotten password is set anew by mail, and every device is signed out", async () => {
    const other = await openPage();
    await other.goto("/quen-mat-khau");
    await settled(other);
    await other.getByLabel("Thư điện tử").fill(address);
    await other.getByRole("button", { name: "Gửi liên kết" }).click();
    await expect(other.getByRole("heading", { level: 1, name: "Hãy mở hộp thư của bạn" })).toBeVisible();
    await other.goto(await linkFor(address, 2));
    await settled(other);
    await expectAccessibleInBothLanguages(other);
    await other.getByLabel("Mật khẩu mới").fill("trâu chậm uống nước đục");
    await other.getByRole("button", { name: "Đổi mật khẩu" }).click();
    await expect(other).toHaveURL(/\/dang-nhap/);
    await page.reload();
    await settled(page);
    await expect(page.locator("main").getByRole("link", { name: "Đăng nhập" })).toBeVisible();
    await signIn(other, address, "trâu chậm uống nước đục");
    await signIn(page, address, "trâu chậm uống nước đục");
  });

  await test.step("another device is sent away", async () => {
    const other = await openPage();
    await signIn(other, address, "trâu chậm uống nước đục");
    await page.goto("/tai-khoan");
    await settled(page);
    await expectAccessibleInBothLanguages(page);
    const away = page.getByRole("button", { name: /^Đăng xuất / });
    await expect(away).toHaveCount(2);
    await away.first().click();
    await expect(away).toHaveCount(1);
    await away.first().click();
    await expect(away).toHaveCount(0);
    await other.goto("/tai-khoan");
    await settled(other);
    await expect(other.locator("main").getByRole("link", { name: "Đăng nhập" })).toBeVisible();
  });
});
