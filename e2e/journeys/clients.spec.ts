// A program of an organisation: made with its key by a manager, confirmed by an administrator, used, rotated, stopped.
import { execFileSync } from "node:child_process";
import { Caller, uniqueTitle } from "../support/api";
import { enter, tick, type } from "../support/keyboard";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { arriveAs, expect, screenshot, settled, test, type Page } from "../support/page";

interface Thing {
  id: string;
  revision: number;
}

/** An organisation of the citizen that an administrator has confirmed. */
async function confirmed(baseURL: string): Promise<{ id: string; name: string }> {
  const founder = await Caller.signedIn(baseURL, "citizen@nq57.example");
  const admin = await Caller.signedIn(baseURL, "admin@nq57.example");
  const name = uniqueTitle("Trung tâm Dữ liệu Đồng Bưng");
  const made = await founder.send<Thing>("POST", "/organisations", { name, kind: "institute", province_code: "92" });
  await admin.send("POST", `/organisations/${made.id}/verify`, undefined, made.revision);
  return { id: made.id, name };
}

/** Runs a command that the page offers, as somebody who has copied it. */
function run(command: string): { items?: unknown[]; access_token?: string; code?: string } {
  return JSON.parse(execFileSync("bash", ["-c", `${command} --silent`], { encoding: "utf8" }));
}

/** Pictures: wide and light, small and dark. */
async function pictures(page: Page, name: string): Promise<void> {
  await screenshot(page, name);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 740 });
  await screenshot(page, `${name}-360-dark`);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

const offered = async (page: Page): Promise<string> =>
  (await page.locator(".copy .mono").filter({ hasText: "curl" }).innerText()).trim();

test("a manager makes a client by keyboard, and the command of the page works as it is copied", async ({ page, openPage, baseURL }) => {
  const { id, name } = await confirmed(baseURL ?? "");
  await arriveAs(page, "citizen@nq57.example");
  await page.goto(`/to-chuc/${id}`);
  await settled(page);
  await enter(page, page.locator("main").getByRole("link", { name: "Ứng dụng kết nối" }));
  await expect(page.getByRole("heading", { level: 1, name: `Ứng dụng kết nối của ${name}` })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await enter(page, page.getByRole("link", { name: "Tạo ứng dụng" }));
  await enter(page, page.getByRole("button", { name: "Tạo ứng dụng và khóa" }));
  await expect(page.locator(".errors")).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await type(page, page.getByLabel("Tên ứng dụng"), "Kho dữ liệu");
  await type(page, page.getByLabel("Dùng để làm gì"), "Cập nhật kho dữ liệu hằng đêm.");
  await tick(page, page.getByRole("checkbox", { name: /Xem danh sách hồ sơ/ }));
  await tick(page, page.getByRole("checkbox", { name: "Cần Thơ" }));
  await pictures(page, "client-new");
  await enter(page, page.getByRole("button", { name: "Tạo ứng dụng và khóa" }));
  await expect(page.getByRole("heading", { level: 1, name: "Đã tạo ứng dụng" })).toBeFocused();
  await expectAccessibleInBothLanguages(page);
  await pictures(page, "client-key");
  const command = await offered(page);
  expect(run(command).items?.length).toBeGreaterThan(0);

  // Not in force before an administrator has looked at it.
  const register = command.replace(/products\?limit=5/, "cases?limit=5");
  expect(run(register).code).toBe("scope_missing");
  const admin = await openPage();
  await arriveAs(admin, "admin@nq57.example");
  await admin.goto("/quan-tri/ung-dung?cho-xac-nhan=1");
  await settled(admin);
  await expectAccessibleInBothLanguages(admin);
  await pictures(admin, "clients-all");
  await admin.getByRole("row").filter({ hasText: name }).getByRole("link", { name: "Kho dữ liệu" }).click();
  await expect(admin.getByText("chờ xác nhận").first()).toBeVisible();
  await expectAccessibleInBothLanguages(admin);
  await pictures(admin, "client-waiting");
  await enter(admin, admin.getByRole("button", { name: "Xác nhận quyền" }));
  await enter(admin, admin.getByRole("dialog").getByRole("button", { name: "Xác nhận quyền" }));
  await expect(admin.getByRole("button", { name: "Xác nhận quyền" })).toHaveCount(0);
  expect(run(register).items).toBeDefined();

  await enter(page, page.getByRole("link", { name: "Xem ứng dụng" }));
  await expect(page.getByRole("heading", { level: 1, name: "Kho dữ liệu" })).toBeVisible();
  await expect(page.getByText("Chờ xác nhận")).toHaveCount(0);
});

test("a key takes the place of another, and a client that is suspended gets nothing", async ({ page, baseURL }) => {
  const { id } = await confirmed(baseURL ?? "");
  const manager = await Caller.signedIn(baseURL ?? "", "citizen@nq57.example");
  const body = { name: "Kho dữ liệu", purpose: "Cập nhật hằng đêm.", scopes: ["products:read"] };
  const client = await manager.send<Thing>("POST", `/organisations/${id}/api-clients`, body);
  await arriveAs(page, "citizen@nq57.example");
  await page.goto(`/ung-dung/${client.id}`);
  await settled(page);
  await expectAccessibleInBothLanguages(page);
  await enter(page, page.getByRole("button", { name: "Tạo khóa", exact: true }));
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Chép khóa ngay bây giờ")).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  const command = await offered(page);
  expect(run(command).items).toBeDefined();
  await enter(page, dialog.getByRole("button", { name: "Đóng" }));
  await expect(page.getByRole("row").filter({ hasText: "nq57_" })).toHaveCount(1);
  await enter(page, page.getByRole("button", { name: "Tạo khóa bí mật OAuth" }));
  expect(run(await offered(page)).access_token).toBeDefined();
  await enter(page, dialog.getByRole("button", { name: "Đóng" }));
  await expect(page.getByRole("row").filter({ hasText: "nq57_" })).toHaveCount(2);
  await pictures(page, "client");

  await enter(page, page.getByRole("button", { name: /^Thu hồi nq57_/ }).last());
  await enter(page, page.getByRole("dialog").getByRole("button", { name: "Thu hồi", exact: true }));
  await expect(page.getByRole("button", { name: /^Thu hồi nq57_/ })).toHaveCount(1);
  expect(run(command).code).toBe("secret_revoked");
  await enter(page, page.getByRole("button", { name: "Tạm dừng" }));
  await type(page, page.getByRole("dialog").getByLabel("Lý do"), "Chuyển máy chủ.");
  await enter(page, page.getByRole("dialog").getByRole("button", { name: "Tạm dừng" }));
  await expect(page.getByText("Đang tạm dừng: Chuyển máy chủ.")).toBeVisible();
  await enter(page, page.getByRole("button", { name: "Mở lại" }));
  await expect(page.getByText("Đang tạm dừng: Chuyển máy chủ.")).toHaveCount(0);
});
