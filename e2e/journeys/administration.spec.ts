// The administrator's pages: reached, read, used; what signing in leads to.
import { randomUUID } from "node:crypto";
import { Caller, completeDraft, uniqueTitle, type Product } from "../support/api";
import { enter, type } from "../support/keyboard";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { arriveAs, expect, expectAccessible, screenshot, settled, signIn, test } from "../support/page";

interface Organisation {
  id: string;
  revision: number;
}

test("an administrator finds people, gives a role and takes it back", async ({ page, baseURL }) => {
  const address = `nguoi-moi-${randomUUID().slice(0, 8)}@dong-bung.example`;
  const anonymous = await Caller.anonymous(baseURL ?? "");
  await anonymous.register(address, "mot-cau-that-dai", "Trần Thị Mới");

  await arriveAs(page, "admin@nq57.example");
  await page.goto(`/quan-tri/tai-khoan?q=${encodeURIComponent(address)}`);
  await expectAccessibleInBothLanguages(page);
  await page.getByRole("link", { name: "Trần Thị Mới" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Trần Thị Mới" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);

  await page.getByRole("button", { name: "Trao vai trò" }).click();
  await expect(page.locator(".errors")).toBeVisible();
  await page.getByLabel("Vai trò", { exact: true }).selectOption("evaluator");
  await page.getByRole("button", { name: "Trao vai trò" }).click();
  await page.getByRole("button", { name: "Thu hồi vai trò Thành viên đánh giá" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Thu hồi", exact: true }).click();
  await expect(page.getByText("Chưa được trao vai trò nào.")).toBeVisible();
});

test("officials begin at their work, and what is not there says so with a way on", async ({ page, openPage }) => {
  await signIn(page, "intake@nq57.example");
  await expect(page).toHaveURL(/\/viec-cua-toi$/);
  await page.goto("/tham-dinh/00000000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { level: 1, name: "Không tìm thấy, hoặc không dành cho bạn" })).toBeVisible();
  await expect(page.locator("main").getByRole("link", { name: "Việc của tôi" }).last()).toHaveAttribute("href", "/viec-cua-toi");
  await expectAccessibleInBothLanguages(page);
  const auditor = await openPage();
  await signIn(auditor, "auditor@nq57.example");
  await expect(auditor).toHaveURL(/\/tat-ca-ho-so$/);
  const other = await openPage();
  await arriveAs(other, "admin@nq57.example");
  await other.goto("/quan-tri/tai-khoan/00000000-0000-7000-8000-000000000000");
  await expect(other.getByRole("heading", { level: 1, name: "Không tìm thấy, hoặc không dành cho bạn" })).toBeVisible();
});

test("the menu of a small phone closes with Escape", async ({ openPage }) => {
  const page = await openPage({ viewport: { width: 360, height: 740 } });
  await page.goto("/");
  await settled(page);
  const menu = page.getByRole("button", { name: "Mục lục" });
  await menu.click();
  await expect(page.getByRole("navigation", { name: "Chính" })).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("navigation", { name: "Chính" })).toBeHidden();
  await expect(menu).toBeFocused();
});

test("the audit is filtered by the kind of thing, and nobody is offered to suspend the own account", async ({ page, baseURL }) => {
  await arriveAs(page, "admin@nq57.example");
  await page.goto("/quan-tri/nhat-ky");
  await settled(page);
  await page.getByLabel("Loại đối tượng").selectOption("account");
  await page.getByRole("button", { name: "Lọc", exact: true }).click();
  await expect(page).toHaveURL(/subject_type=account/);
  await expect(page.getByRole("row").filter({ hasText: "Đăng nhập" }).first()).toBeVisible();
  await expect(page.getByRole("row").filter({ hasText: "product." })).toHaveCount(0);

  const admin = await Caller.signedIn(baseURL ?? "", "admin@nq57.example");
  const { id } = await admin.send<{ id: string }>("GET", "/me");
  await page.goto(`/quan-tri/tai-khoan/${id}`);
  await settled(page);
  await expect(page.getByRole("heading", { name: "Vai trò được trao" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Tạm khóa tài khoản" })).toHaveCount(0);
});

test("an organisation is confirmed after a question", async ({ page, baseURL }) => {
  const founder = await Caller.signedIn(baseURL ?? "", "citizen@nq57.example");
  const name = uniqueTitle("Hợp tác xã Đồng Bưng");
  await founder.send("POST", "/organisations", { name, kind: "cooperative", province_code: "92" });
  await arriveAs(page, "admin@nq57.example");
  await page.goto(`/quan-tri/to-chuc?q=${encodeURIComponent(name)}`);
  await settled(page);
  await page.getByRole("button", { name: `Xác nhận ${name}` }).click();
  await page.getByRole("dialog", { name: `Xác nhận ${name}?` }).getByRole("button", { name: "Xác nhận", exact: true }).click();
  await expect(page.getByRole("table").getByText("Đã xác nhận")).toBeVisible();
});

test("cases of an organisation that has ended go over to its successor", async ({ page, openPage, baseURL }) => {
  const founder = await Caller.signedIn(baseURL ?? "", "citizen@nq57.example");
  const admin = await Caller.signedIn(baseURL ?? "", "admin@nq57.example");
  const [before, after] = [uniqueTitle("Hợp tác xã Vườn Trầu"), uniqueTitle("Liên hiệp Vườn Trầu")];
  const found = (name: string): Promise<Organisation> =>
    founder.send("POST", "/organisations", { name, kind: "cooperative", province_code: "92" });
  const ended = await found(before);
  const successor = await found(after);
  const content = completeDraft(uniqueTitle("Máy sấy cau"));
  const draft = await founder.send<Product>("POST", `/products?organisation_id=${ended.id}`, content);
  await founder.event(draft.id, "submit");
  const closed = await admin.send<Organisation>("PATCH", `/organisations/${ended.id}`, { valid_to: "2026-01-31" }, ended.revision);
  const successors = [{ organisation_id: successor.id, on: "2026-02-01" }];
  await admin.send("PUT", `/organisations/${ended.id}/successors`, { successors }, closed.revision);

  await arriveAs(page, "admin@nq57.example");
  await page.goto(`/to-chuc/${ended.id}`);
  await expect(page.getByRole("heading", { name: "Bàn giao hồ sơ" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "hand-over");
  await enter(page, page.getByRole("button", { name: "Bàn giao hồ sơ" }));
  const dialog = page.getByRole("dialog", { name: "Bàn giao hồ sơ?" });
  await enter(page, dialog.getByRole("button", { name: "Bàn giao hồ sơ" }));
  await expect(dialog.locator(".error")).toBeVisible();
  await type(page, dialog.getByLabel("Lý do"), "Sáp nhập theo quyết định của đại hội.");
  await enter(page, dialog.getByRole("button", { name: "Bàn giao hồ sơ" }));
  await expect(page.getByText("Đã bàn giao 1 hồ sơ. Còn 0 hồ sơ.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Bàn giao hồ sơ" })).toBeFocused();
  const product = await founder.send<{ organisation_id: string }>("GET", `/products/${draft.id}`);
  expect(product.organisation_id).toBe(successor.id);

  // Officials find it among what happened to the case.
  const intake = await openPage();
  await arriveAs(intake, "intake@nq57.example");
  await intake.goto(`/tham-dinh/${draft.id}`);
  const way = intake.getByRole("list", { name: "Hồ sơ đã đi qua" });
  await expect(way).toContainText(`Bàn giao từ ${before} sang ${after}`);
  await expect(way).toContainText("Sáp nhập theo quyết định của đại hội.");
});

test("an organisation is ended after a question that says what follows, and that can be taken back", async ({ page, baseURL }) => {
  const founder = await Caller.signedIn(baseURL ?? "", "citizen@nq57.example");
  const admin = await Caller.signedIn(baseURL ?? "", "admin@nq57.example");
  const name = uniqueTitle("Hợp tác xã Bến Tre");
  const { id } = await founder.send<Organisation>("POST", "/organisations", { name, kind: "cooperative" });
  await arriveAs(page, "admin@nq57.example");
  await page.goto(`/to-chuc/${id}`);
  await settled(page);
  await expect(page.locator("nav.crumbs a").last(), "also when the page is what is opened first").toHaveAttribute("href", "/quan-tri/to-chuc");

  const place = page.getByRole("region", { name: "Mã, thời hạn, cấp trên" });
  await place.getByRole("textbox", { name: /^Ngày đầu tiên/ }).fill("1/3/2027");
  await place.getByRole("textbox", { name: /^Ngày cuối cùng/ }).fill("31/1/2027");
  await place.getByRole("button", { name: "Lưu" }).click();
  await expect(place.locator(".errors")).toContainText("Ngày cuối cùng: Ngày cuối cùng không được trước ngày đầu tiên");
  await place.getByRole("textbox", { name: /^Ngày đầu tiên/ }).fill("");
  await place.getByRole("button", { name: "Lưu" }).click();
  const dialog = page.getByRole("dialog", { name: `Ghi ngày cuối cùng của ${name}?` });
  await expect(dialog).toContainText("Ngày cuối cùng là 31/01/2027");
  await expect(dialog).toContainText("nơi tiếp nối có thể nhận bàn giao");
  await expectAccessible(page);
  await screenshot(page, "organisation-ends");
  await dialog.getByRole("button", { name: "Ghi ngày cuối cùng" }).click();
  const told = page.locator(".toast").filter({ hasText: "hoạt động đến hết 31/01/2027" });
  await expect(told).toBeVisible();
  const lastDay = async (): Promise<string | null> => (await admin.send<{ valid_to: string | null }>("GET", `/organisations/${id}`)).valid_to;
  expect(await lastDay()).toBe("2027-01-31");
  await told.getByRole("button", { name: "Hoàn tác" }).click();
  await expect(page.getByText("Đã trả lại ngày cuối cùng như trước")).toBeVisible();
  expect(await lastDay()).toBeNull();
});

test("forms of organisations say what is wrong at the field that it is about", async ({ page, baseURL }) => {
  const founder = await Caller.signedIn(baseURL ?? "", "citizen@nq57.example");
  const { id } = await founder.send<Organisation>("POST", "/organisations", { name: uniqueTitle("Tổ hợp Vườn Dừa"), kind: "cooperative" });
  await arriveAs(page, "admin@nq57.example");
  await page.goto(`/to-chuc/${id}`);
  await settled(page);
  const successors = page.getByRole("region", { name: "Tổ chức tiếp nối" });
  await successors.getByRole("button", { name: "Thêm tổ chức tiếp nối" }).click();
  await expect(successors.getByLabel("Tổ chức thứ 1: tìm theo tên hoặc mã")).toBeVisible();
  await successors.getByRole("button", { name: "Lưu" }).click();
  for (const field of ["Tổ chức thứ 1", "Ngày tiếp nối của tổ chức thứ 1"]) {
    await expect(successors.locator(".errors").getByRole("link", { name: `${field}: Hãy điền mục này`, exact: true })).toBeVisible();
  }

  // A province has ended, as far as this page knows.
  await page.route("**/api/v1/reference/provinces", async (route) => {
    const response = await route.fetch();
    const json = (await response.json()) as { entries: { valid_to: string | null }[] };
    json.entries.slice(0, 1).forEach((entry) => (entry.valid_to = "2026-01-31"));
    await route.fulfill({ response, json });
  });
  await page.goto("/quan-tri/to-chuc");
  const handOver = page.getByRole("region", { name: "Bàn giao hồ sơ" });
  await handOver.getByLabel("Nơi tiếp nối").selectOption({ index: 1 });
  await handOver.getByRole("button", { name: "Bàn giao hồ sơ" }).click();
  const errors = handOver.locator(".errors").getByRole("link");
  await expect(errors).toHaveText(["Tỉnh, thành phố đã ngừng hoạt động: Hãy điền mục này"]);
  await expectAccessible(page);
});

test("strangers are asked to sign in and others are told that a role is needed", async ({ page }) => {
  await page.goto("/quan-tri/tai-khoan");
  await settled(page);
  await expect(page.locator("main").getByRole("link", { name: "Đăng nhập" })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await arriveAs(page, "citizen@nq57.example");
  await page.goto("/quan-tri/tai-khoan");
  await settled(page);
  await expect(page.getByRole("table")).toHaveCount(0);
});

test("a wrong password says what is wrong and keeps the address", async ({ page }) => {
  await page.goto("/dang-nhap");
  await page.getByLabel("Thư điện tử").fill(`ai-do-${randomUUID().slice(0, 8)}@khong-co.example`);
  await page.getByLabel("Mật khẩu").fill("khong-dung-dau");
  await page.locator("main").getByRole("button", { name: "Đăng nhập" }).click();
  await expect(page.locator(".errors")).toContainText("Thư điện tử hoặc mật khẩu không đúng");
  await expect(page.getByRole("textbox", { name: "Thư điện tử" })).toHaveValue(/ai-do-/);
});
