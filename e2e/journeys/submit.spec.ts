// The company's part, by keyboard alone: write, check, send, answer what is asked; and what happens when two people write at once.
import { Caller, completeDraft, uniqueTitle } from "../support/api";
import { choose, enter, select, tabTo, tick, type } from "../support/keyboard";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { expect, PASSWORD, screenshot, settled, signIn, test, type Page } from "../support/page";

const COMPANY = "company@nq57.example";

async function signInByKeyboard(page: Page, next: string): Promise<void> {
  await page.goto(`/dang-nhap?next=${encodeURIComponent(next)}`);
  await type(page, page.getByLabel(/^(địa chỉ )?thư điện tử/i), COMPANY);
  await type(page, page.getByLabel(/^mật khẩu/i), PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/\/dang-nhap/);
  await settled(page);
}

async function fillFirstStep(page: Page, title: string): Promise<void> {
  await type(page, page.getByLabel("Tên", { exact: true }), title);
  await choose(page, page.getByRole("group", { name: "Hình thức" }), 0);
  await choose(page, page.getByRole("group", { name: "Thuộc trụ cột" }), 1);
  await tick(page, page.getByRole("checkbox", { name: "Nông nghiệp" }));
  await select(page, page.getByLabel("Tỉnh, thành phố"), "92");
  await type(page, page.getByLabel("Tóm tắt"), "Báo độ mặn của từng thửa ruộng qua tin nhắn cho người trồng lúa tôm.");
}

function question(page: Page, text: string) {
  return expect(page.getByRole("heading", { level: 1, name: text })).toBeFocused();
}

test("a company writes a product step by step, checks it and sends it", async ({ page }) => {
  const title = uniqueTitle("Cảm biến mặn Lúa Trũng");
  await signInByKeyboard(page, "/ho-so");
  await expectAccessibleInBothLanguages(page);
  await enter(page, page.getByRole("link", { name: "Đăng ký sản phẩm mới" }));

  await test.step("1: what it is; an empty form says what to do", async () => {
    await question(page, "Sản phẩm của bạn là gì?");
    await enter(page, page.getByRole("button", { name: "Lưu và đi tiếp" }));
    await expect(page.locator(".errors")).toBeFocused();
    await expect(page).toHaveTitle(/^Lỗi:/);
    await expectAccessibleInBothLanguages(page);
    await page.locator(".errors a").first().press("Enter");
    await expect(page.getByLabel("Tên", { exact: true })).toBeFocused();
    await fillFirstStep(page, title);
    await enter(page, page.getByRole("button", { name: "Lưu và đi tiếp" }));
  });

  await test.step("2: which problem it solves", async () => {
    await question(page, "Sản phẩm giải quyết vấn đề gì, bằng cách nào?");
    await expect(page).toHaveURL(/\/buoc\/2$/);
    await type(page, page.getByLabel("Vấn đề được giải quyết"), "Trạm quan trắc ở xa, độ mặn đổi từng giờ.");
    await type(page, page.getByLabel("Mô tả"), "Đầu đo tự làm sạch, bù nhiệt trên mạch, chỉ gửi khi có thay đổi đáng kể. ".repeat(3).trim());
    await type(page, page.getByLabel("Công nghệ cốt lõi và điểm mới"), "Thiết bị tự học chu kỳ triều của từng con kênh.");
    await expect(page.getByText(/^Đã lưu lúc/)).toBeVisible();
    await expectAccessibleInBothLanguages(page);
    await screenshot(page, "submit-step-2");
    await enter(page, page.getByRole("button", { name: "Lưu và đi tiếp" }));
  });

  await test.step("3: proof", async () => {
    await question(page, "Sản phẩm đã được dùng ở đâu, kết quả ra sao?");
    await choose(page, page.getByRole("group", { name: "Mức độ" }), 0);
    await select(page, page.getByLabel("Sẵn sàng công nghệ"), "8");
    await enter(page, page.getByRole("button", { name: "Thêm nơi đang dùng" }));
    await expect(page.getByLabel("Đơn vị sử dụng")).toBeFocused();
    await type(page, page.getByLabel("Đơn vị sử dụng"), "Hợp tác xã Lúa tôm Gò Me");
    await type(page, page.getByLabel(/^Nơi( |$)/), "Cà Mau");
    await type(page, page.getByLabel(/^Bắt đầu dùng từ/), "3/2024");
    await type(page, page.getByLabel(/^Kết quả, hiệu quả/), "Giảm 38 % số lần lấy nước hỏng qua ba vụ.");
    await expectAccessibleInBothLanguages(page);
    await enter(page, page.getByRole("button", { name: "Lưu và đi tiếp" }));
  });

  await test.step("4: files with their progress", async () => {
    await question(page, "Bạn có tài liệu nào kèm theo?");
    // Listening begins well before the key: told in the same breath, the browser sometimes heard the key first, and
    // closed the dialogue that nobody listened for.
    const opened = page.waitForEvent("filechooser");
    await tabTo(page, page.locator("input[type=file]"));
    await page.keyboard.press("Space");
    const chooser = await opened;
    await chooser.setFiles([
      { name: "so-theo-doi.txt", mimeType: "text/plain", buffer: Buffer.from("Sổ theo dõi của 42 hộ.\n".repeat(20)) },
      { name: "khong-nhan.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") },
      { name: "rong.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(0) },
      { name: "qua-lon.pdf", mimeType: "application/pdf", buffer: Buffer.alloc(20 * 1024 * 1024 + 1) },
    ]);
    await expect(page.getByRole("button", { name: "Xóa so-theo-doi.txt" })).toBeVisible();
    const said = page.getByRole("group", { name: "Tài liệu" }).getByRole("status");
    await expect(said).toContainText("khong-nhan.exe: Loại tệp này không được nhận");
    await expect(said).toContainText("rong.pdf: Tệp này rỗng");
    await expect(said).toContainText("qua-lon.pdf: Tệp này lớn hơn 20 MB");
    await expect(page.getByText(/PDF, ảnh .* mỗi tệp không quá 20 MB/)).toBeVisible();
    await expectAccessibleInBothLanguages(page);
    await enter(page, page.getByRole("button", { name: "Lưu và đi tiếp" }));
  });

  await test.step("5: the owner is filled in already", async () => {
    await question(page, "Ai đứng tên, liên hệ với ai?");
    await expect(page.getByLabel("Thư điện tử")).toHaveValue(COMPANY);
    await expect(page.getByLabel("Tên tổ chức, doanh nghiệp")).not.toHaveValue("");
    await expect(page.locator("main").getByRole("link", { name: "Tổ chức của tôi" })).toBeVisible();
    await type(page, page.getByLabel("Mã số thuế"), "0312345678-1");
    await type(page, page.getByLabel("Thư điện tử"), "lan.dong-bung");
    await type(page, page.getByLabel("Điện thoại"), "gọi tôi");
    await enter(page, page.getByRole("button", { name: "Lưu và đi tiếp" }));
    await expect(page.locator(".errors")).toBeFocused();
    await expect(page.locator(".errors a")).toHaveText([
      /^Mã số thuế: Ghi 10 chữ số/,
      /^Thư điện tử: Ghi địa chỉ thư đầy đủ/,
      /^Điện thoại: Ghi từ 8 đến 15 chữ số/,
    ]);
    await type(page, page.getByLabel("Mã số thuế"), "0312345678");
    await type(page, page.getByLabel("Thư điện tử"), COMPANY);
    await type(page, page.getByLabel("Điện thoại"), "0900000012");
    await expectAccessibleInBothLanguages(page);
    await enter(page, page.getByRole("button", { name: "Lưu và đi tiếp" }));
  });

  await test.step("check the answers; a change comes back here", async () => {
    await question(page, "Kiểm tra lại trước khi gửi");
    await expect(page.getByText("Hợp tác xã Lúa tôm Gò Me, Cà Mau, từ 3/2024")).toBeVisible();
    await expectAccessibleInBothLanguages(page);
    await screenshot(page, "submit-check");
    await expect(page.getByText("Không thuộc danh mục")).toBeVisible();
    await enter(page, page.getByRole("link", { name: "Thay đổi Tóm tắt" }));
    await expect(page.getByLabel("Tóm tắt")).toBeFocused();
    await type(page, page.getByLabel("Tóm tắt"), "Báo độ mặn và mực nước của từng thửa ruộng qua tin nhắn.");
    await enter(page, page.getByRole("button", { name: "Lưu và về trang kiểm tra" }));
    await question(page, "Kiểm tra lại trước khi gửi");
    await expect(page.getByText("Báo độ mặn và mực nước của từng thửa ruộng qua tin nhắn.")).toBeVisible();
    await enter(page, page.getByRole("button", { name: "Gửi đăng ký" }));
    await expect(page.locator(".errors")).toBeFocused();
    await tick(page, page.getByRole("checkbox"));
    await enter(page, page.getByRole("button", { name: "Gửi đăng ký" }));
  });

  await test.step("the confirmation: code, secret, what comes next", async () => {
    await question(page, "Đã nhận đăng ký của bạn");
    await expect(page.locator("strong.big-code")).toHaveText(/^SP-\d{4}-\d{6}$/);
    await expect(page.locator(".copy .mono")).toHaveText(/\S{8,}/);
    await expect(page.locator(".timeline [aria-current=step]")).toContainText("Kiểm tra tính hợp lệ");
    await expectAccessibleInBothLanguages(page);
    await screenshot(page, "submit-sent");
    await enter(page, page.getByRole("link", { name: "Xem hồ sơ" }));
    await question(page, title);
    await expect(page.getByText("Chờ kiểm tra").first()).toBeVisible();
    await expectAccessibleInBothLanguages(page);
  });
});

test("what is begun may be put aside: it is a draft from its first three answers", async ({ page }) => {
  const title = uniqueTitle("Bẫy chuột Đồng Vắng");
  await signInByKeyboard(page, "/ho-so/moi");
  await type(page, page.getByLabel("Tên", { exact: true }), title);
  await enter(page, page.getByRole("button", { name: "Lưu, làm tiếp sau" }));
  await expect(page.locator(".errors")).toBeFocused();
  await expect(page.locator(".errors a")).toHaveCount(2);
  await expect(page.getByLabel("Tên", { exact: true })).toHaveValue(title);
  await choose(page, page.getByRole("group", { name: "Hình thức" }), 0);
  await choose(page, page.getByRole("group", { name: "Thuộc trụ cột" }), 1);
  await enter(page, page.getByRole("button", { name: "Lưu, làm tiếp sau" }));
  await question(page, "Hồ sơ của tôi");
  await expect(page.getByRole("row").filter({ hasText: title })).toContainText("Làm tiếp");
});

test("what is asked is shown, answered and sent again", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const intake = await Caller.signedIn(baseURL ?? "", "intake@nq57.example");
  const product = await company.submittedProduct(uniqueTitle("Trạm đo mưa Mây Về"));
  await intake.askForInformation(product.id, "Bạn ghi giúp tên đầy đủ của chủ sở hữu.");

  await signInByKeyboard(page, `/ho-so/${product.id}`);
  await expect(page.getByText("Bạn ghi giúp tên đầy đủ của chủ sở hữu.").first()).toBeVisible();
  await expect(page.getByText("Chờ bổ sung").first()).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await enter(page, page.getByRole("link", { name: "Bổ sung thông tin" }));
  await question(page, "Kiểm tra lại trước khi gửi");
  await expect(page.getByText("Bạn ghi giúp tên đầy đủ của chủ sở hữu.").first()).toBeVisible();
  await enter(page, page.getByRole("button", { name: "Gửi bổ sung" }));
  await expect(page.getByRole("dialog")).toContainText("Bạn chưa sửa gì");
  await enter(page, page.getByRole("dialog").getByRole("button", { name: "Hủy" }));
  await type(page, page.getByRole("textbox", { name: "Lời trả lời" }), "Tên cũ là tên viết tắt, nay đã ghi đủ.");
  await expectAccessibleInBothLanguages(page);
  await enter(page, page.getByRole("link", { name: "Thay đổi Đứng tên" }));
  await expect(page.getByLabel("Tên tổ chức, doanh nghiệp")).toBeFocused();
  await type(page, page.getByLabel("Tên tổ chức, doanh nghiệp"), "Công ty TNHH Một thành viên Mây Về");
  await enter(page, page.getByRole("button", { name: "Lưu và về trang kiểm tra" }));
  await question(page, "Kiểm tra lại trước khi gửi");
  await expect(page.getByRole("textbox", { name: "Lời trả lời" })).toHaveValue("Tên cũ là tên viết tắt, nay đã ghi đủ.");
  await enter(page, page.getByRole("button", { name: "Gửi bổ sung" }));
  await question(page, "Đã nhận phần bổ sung của bạn");
  await expect(page.getByText(/Bộ phận tiếp nhận đã được báo/)).toBeVisible();
  await expect(page.getByText(/Thư xác nhận/)).toHaveCount(0);
  expect((await company.read(product.id)).state).toBe("submitted");
  const { items } = await company.send<{ items: { reason?: string }[] }>("GET", `/products/${product.id}/history`);
  expect(items.some((entry) => entry.reason === "Tên cũ là tên viết tắt, nay đã ghi đủ.")).toBe(true);
});

test("the person's name is not taken for the organisation's", async ({ page, baseURL }) => {
  const citizen = await Caller.signedIn(baseURL ?? "", "citizen@nq57.example");
  const { display_name: name } = await citizen.send<{ display_name: string }>("GET", "/me");
  const draft = completeDraft(uniqueTitle("Bếp trấu Khói Trong"));
  const owner = { ...(draft.owner as object), type: "person", name, tax_code: null };
  const product = await citizen.send<{ id: string }>("POST", "/products", { ...draft, owner });
  await signIn(page, "citizen@nq57.example");
  await page.goto(`/ho-so/${product.id}/buoc/5`);
  await expect(page.getByLabel("Họ và tên")).toHaveValue(name);
  await page.getByRole("radio", { name: "Tổ chức, doanh nghiệp" }).check();
  await expect(page.getByLabel("Tên tổ chức, doanh nghiệp")).not.toHaveValue(name);
  await page.getByRole("radio", { name: "Cá nhân" }).check();
  await expect(page.getByLabel("Họ và tên")).toHaveValue(name);
});

test("a submission that is not there, or is another's, says so and leads on", async ({ page }) => {
  const nobodys = "00000000-0000-7000-8000-000000000000";
  await signInByKeyboard(page, "/ho-so");
  for (const path of [`/ho-so/${nobodys}`, `/ho-so/${nobodys}/buoc/2`, `/ho-so/${nobodys}/kiem-tra`, `/danh-gia/${nobodys}`, `/to-chuc/${nobodys}`]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1, name: "Không tìm thấy, hoặc không dành cho bạn" })).toBeVisible();
    await expect(page).toHaveTitle(/^Không tìm thấy/);
  }
  await expectAccessibleInBothLanguages(page);
  await enter(page, page.locator("main").getByRole("link", { name: "Tổ chức của tôi" }).last());
  await question(page, "Tổ chức của tôi");
});

test("a submission is withdrawn with a reason", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const product = await company.submittedProduct(uniqueTitle("Máy sấy thóc Nắng Hanh"));
  await signInByKeyboard(page, `/ho-so/${product.id}`);
  await enter(page, page.getByRole("button", { name: "Rút hồ sơ" }));
  const dialog = page.getByRole("dialog");
  await type(page, dialog.getByLabel("Lý do"), "Chúng tôi gửi lại sau khi đo thêm một vụ.");
  await enter(page, dialog.getByRole("button", { name: "Rút hồ sơ" }));
  await expect(page.getByText("Đã rút", { exact: true }).first()).toBeVisible();
  expect((await company.read(product.id)).state).toBe("withdrawn");
});

test("two people write at once: the second sees both texts", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const product = await company.draftProduct(uniqueTitle("Phao đo Sóng Lặng"));
  await signInByKeyboard(page, `/ho-so/${product.id}/buoc/1`);
  await expect(page.getByLabel("Tên", { exact: true })).toHaveValue(product.title);
  const theirs = `${product.title} của người khác`;
  await company.send("PATCH", `/products/${product.id}`, { title: theirs }, product.revision);

  const mine = `${product.title} của tôi`;
  await type(page, page.getByLabel("Tên", { exact: true }), mine);
  await expect(page.getByText("Hồ sơ này vừa được sửa ở nơi khác")).toBeVisible();
  await expect(page.getByRole("cell", { name: theirs })).toBeVisible();
  await expect(page.getByRole("cell", { name: mine })).toBeVisible();
  await expectAccessibleInBothLanguages(page);
  await enter(page, page.getByRole("button", { name: "Giữ phần tôi sửa" }));
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(page.getByText(/^Đã lưu lúc/)).toBeVisible();
  await expect(async () => expect((await company.read(product.id)).title).toBe(mine)).toPass();
});

test("two texts wait for a choice through reloading and leaving, and nobody's is lost", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const product = await company.draftProduct(uniqueTitle("Phao đo Sóng Lặng"));
  await signInByKeyboard(page, `/ho-so/${product.id}/buoc/2`);
  const problem = page.getByLabel("Vấn đề được giải quyết");
  // The page has read the draft before somebody else changes it.
  await expect(problem).toBeVisible();
  const theirs = { problem: "Của người khác.", description: "Mô tả của người khác." };
  await company.send("PATCH", `/products/${product.id}`, theirs, product.revision);

  const both = page.getByText("Hồ sơ này vừa được sửa ở nơi khác");
  await type(page, problem, "Của tôi.");
  await expect(both).toBeVisible();
  page.on("dialog", (dialog) => void dialog.accept());
  await page.reload();
  await expect(both).toBeVisible();
  await type(page, problem, "Của tôi, viết thêm.");
  await enter(page, page.getByRole("link", { name: "Thống kê" }).first());
  await expect(page).toHaveURL(/\/thong-ke$/);
  await page.goBack();
  await expect(both).toBeVisible();
  await expect(problem).toHaveValue("Của tôi, viết thêm.");
  await enter(page, page.getByRole("button", { name: "Giữ phần tôi sửa" }));
  await expect(page.getByText(/^Đã lưu lúc/)).toBeVisible();
  await expect(async () => {
    const now = await company.send<{ problem: string; description: string }>("GET", `/products/${product.id}`);
    expect(now).toMatchObject({ problem: "Của tôi, viết thêm.", description: theirs.description });
  }).toPass();
});

test("the way back from the second step leads to the first of the same draft", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const title = uniqueTitle("Máy sấy cau Vườn Trầu");
  await signInByKeyboard(page, "/ho-so/moi");
  await fillFirstStep(page, title);
  await enter(page, page.getByRole("button", { name: "Lưu và đi tiếp" }));
  await expect(page).toHaveURL(/\/buoc\/2$/);
  await page.goBack();
  await expect(page).toHaveURL(/\/buoc\/1$/);
  await expect(page.getByLabel("Tên", { exact: true })).toHaveValue(title);
  expect((await company.send<{ items: { title: string }[] }>("GET", "/products?mine=true&limit=20")).items.filter((item) => item.title === title)).toHaveLength(1);
});

test("signing out leaves nothing of a draft on the device, and what was typed has reached the server", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const product = await company.draftProduct(uniqueTitle("Bẫy ruồi Vườn Trầu"));
  await signInByKeyboard(page, `/ho-so/${product.id}/buoc/2`);
  await settled(page);
  await type(page, page.getByLabel("Vấn đề được giải quyết"), "Ruồi vàng đục quả.");
  await page.locator("summary", { has: page.locator(".menu-name") }).click();
  await page.getByRole("button", { name: "Đăng xuất" }).click();
  await expect(page.getByText("Đã đăng xuất")).toBeVisible();
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("nq57-draft-")))).toEqual([]);
  await page.reload();
  expect((await company.send<{ problem: string }>("GET", `/products/${product.id}`)).problem).toBe("Ruồi vàng đục quả.");
});

test.describe("without a connection", () => {
  test.use({ tolerated: [/ERR_INTERNET_DISCONNECTED/] });

  test("what is typed is kept on the device and saved later", async ({ page, baseURL }) => {
    const company = await Caller.signedIn(baseURL ?? "", COMPANY);
    const product = await company.send<{ id: string }>("POST", "/products", completeDraft(uniqueTitle("Cân điện tử Chợ Phiên")));
    await signInByKeyboard(page, `/ho-so/${product.id}/buoc/2`);
    await expect(page.getByLabel("Vấn đề được giải quyết")).toBeVisible();
    await page.context().setOffline(true);
    const text = "Người bán không biết cân của mình lệch bao nhiêu.";
    await type(page, page.getByLabel("Vấn đề được giải quyết"), text);
    await expect(page.getByText(/Đang giữ trên máy này/)).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.getByText(/^Đã lưu lúc/)).toBeVisible();
    const saved = await company.send<{ problem: string }>("GET", `/products/${product.id}`);
    expect(saved.problem).toBe(text);
  });
});
