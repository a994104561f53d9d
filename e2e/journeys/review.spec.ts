// Officials who work at the same time, who leave in between, who send too early: nothing that was typed is lost,
// and focus is where the work goes on.
import { Caller, uniqueTitle, type Product } from "../support/api";
import { arriveAs, expect, expectAccessible, screenshot, settled, signIn, test, type Page } from "../support/page";

const CHECKLIST = ["owner_identified"];

interface Evaluation {
  id: string;
  revision: number;
  chair: { id: string };
  members: { account_id: string; display_name: string }[];
  quorum: number;
}

/** A submission that is accepted, every item passed. */
async function accepted(baseURL: string, title: string): Promise<Product> {
  const company = await Caller.signedIn(baseURL, "company@nq57.example");
  const intake = await Caller.signedIn(baseURL, "intake@nq57.example");
  const product = await company.submittedProduct(title);
  const list = await intake.send<{ entries: { code: string }[] }>("GET", "/reference/eligibility_checklist");
  const items = list.entries.map(({ code }) => ({ code, verdict: "pass" }));
  await intake.send("PUT", `/products/${product.id}/eligibility`, { items }, (await intake.read(product.id)).revision);
  return intake.event(product.id, "accept");
}

/** An evaluation of it: the three evaluators, quorum 2. */
async function opened(baseURL: string, title: string, withChair = false, dueOn = "2027-06-30"): Promise<Evaluation> {
  const product = await accepted(baseURL, title);
  const chair = await Caller.signedIn(baseURL, "chair@nq57.example");
  const { items } = await chair.send<{ items: { id: string; display_name: string }[] }>("GET", "/panel-candidates?limit=100");
  const me = await chair.send<{ id: string }>("GET", "/me");
  const members = items.filter(({ display_name }) => /Phan Ngọc Ánh|Hoàng Thị Mận|Võ Tấn Tài/.test(display_name));
  const body = {
    rubric_id: "portal-2026",
    chair_id: me.id,
    member_ids: [...members.map(({ id }) => id), ...(withChair ? [me.id] : [])],
    quorum: 2,
    due_on: dueOn,
    mode: "online",
  };
  return chair.send("POST", `/products/${product.id}/evaluations`, body, (await chair.read(product.id)).revision);
}

async function declareNothing(page: Page): Promise<void> {
  await page.getByRole("radio", { name: "Không có" }).check();
  await page.getByRole("button", { name: "Khai báo" }).click();
  await expect(page.getByRole("heading", { name: "Phiếu chấm của tôi" })).toBeFocused();
}

test("of two officers with one checklist the second sees both verdicts and keeps the own", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", "company@nq57.example");
  const product = await company.submittedProduct(uniqueTitle("Máy gieo hạt"));
  await arriveAs(page, "intake@nq57.example");
  await page.goto(`/tham-dinh/${product.id}`);
  await expect(page.getByRole("radio").first()).toBeVisible();

  const other = await Caller.signedIn(baseURL ?? "", "intake@nq57.example");
  const items = CHECKLIST.map((code) => ({ code, verdict: "ask", note: "Ai đứng tên hồ sơ?" }));
  await other.send("PUT", `/products/${product.id}/eligibility`, { items }, (await other.read(product.id)).revision);

  await page.getByRole("radio", { name: "Không đạt" }).first().check();
  await page.getByLabel("Ghi cho người nộp").fill("Thiếu giấy ủy quyền của chủ sở hữu.");
  const both = page.getByRole("table", { name: "Những mục khác nhau" });
  await expect(both).toContainText("Ai đứng tên hồ sơ?");
  await expect(both).toContainText("Thiếu giấy ủy quyền của chủ sở hữu.");
  await expect(page.getByLabel("Ghi cho người nộp")).toHaveValue("Thiếu giấy ủy quyền của chủ sở hữu.");
  await expectAccessible(page);

  await page.getByRole("button", { name: "Giữ phần tôi sửa" }).click();
  await expect(page.getByRole("heading", { name: "Xét tính hợp lệ" })).toBeFocused();
  await expect(page.getByRole("status").filter({ hasText: "Đã lưu lúc" })).toBeVisible();
  const kept = await other.send<{ items: { note: string }[] }>("GET", `/products/${product.id}/eligibility`);
  expect(kept.items.map(({ note }) => note)).toContain("Thiếu giấy ủy quyền của chủ sở hữu.");
});

test("the second officer may take what the first has saved", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", "company@nq57.example");
  const product = await company.submittedProduct(uniqueTitle("Máy đo mưa"));
  await arriveAs(page, "intake@nq57.example");
  await page.goto(`/tham-dinh/${product.id}`);
  await expect(page.getByRole("radio").first()).toBeVisible();
  const other = await Caller.signedIn(baseURL ?? "", "intake@nq57.example");
  const items = CHECKLIST.map((code) => ({ code, verdict: "ask", note: "Ai đứng tên hồ sơ?" }));
  await other.send("PUT", `/products/${product.id}/eligibility`, { items }, (await other.read(product.id)).revision);
  await page.getByRole("radio", { name: "Đạt", exact: true }).first().check();
  await page.getByRole("button", { name: "Lấy bản trên máy chủ" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Lấy bản trên máy chủ" }).click();
  await expect(page.getByLabel("Ghi cho người nộp")).toHaveValue("Ai đứng tên hồ sơ?");
  await expect(page.getByRole("heading", { name: "Xét tính hợp lệ" })).toBeFocused();
  await expect(page.getByRole("button", { name: "Hỏi bổ sung" })).not.toHaveAttribute("aria-disabled", "true");
});

test("an event whose submission has changed keeps its reason and can be sent again", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", "company@nq57.example");
  const product = await company.submittedProduct(uniqueTitle("Máy sấy lúa"));
  const other = await Caller.signedIn(baseURL ?? "", "intake@nq57.example");
  const record = async (note: string): Promise<void> => {
    const items = CHECKLIST.map((code) => ({ code, verdict: "ask", note }));
    await other.send("PUT", `/products/${product.id}/eligibility`, { items }, (await other.read(product.id)).revision);
  };
  await record("Ai đứng tên?");
  await arriveAs(page, "intake@nq57.example");
  await page.goto(`/tham-dinh/${product.id}`);
  await settled(page);
  await page.getByRole("button", { name: "Hỏi bổ sung" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox").fill("Xin gửi giấy ủy quyền.");
  await record("Ai đứng tên hồ sơ này?");
  await dialog.getByRole("button", { name: "Hỏi bổ sung" }).click();
  await expect(dialog).toContainText("Có người vừa sửa hồ sơ này");
  await expect(dialog.getByRole("textbox")).toHaveValue("Xin gửi giấy ủy quyền.");
  await expect(page.getByLabel("Ghi cho người nộp")).toHaveValue("Ai đứng tên hồ sơ này?");
  await dialog.getByRole("button", { name: "Hỏi bổ sung" }).click();
  await expect(page.getByText("Hồ sơ không ở bước xét tính hợp lệ")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
  await expect(page.getByRole("list", { name: "Hồ sơ đã đi qua" })).toContainText("Xin gửi giấy ủy quyền.");
});

test("verdicts are saved as one decides, and events wait for them", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", "company@nq57.example");
  const product = await company.submittedProduct(uniqueTitle("Cảm biến ao tôm"));
  await arriveAs(page, "intake@nq57.example");
  await page.goto(`/tham-dinh/${product.id}`);
  await settled(page);
  await page.getByRole("radio", { name: "Cần hỏi" }).first().check();
  await expect(page.getByText("Còn mục không đạt hoặc cần hỏi chưa có ghi chú").first()).toBeVisible();
  await page.getByLabel("Ghi cho người nộp").fill("Ai là chủ sở hữu?");
  await expect(page.getByRole("button", { name: "Hỏi bổ sung" })).not.toHaveAttribute("aria-disabled", "true");
  await page.getByLabel("Ghi cho người nộp").fill("Ai là chủ sở hữu sáng chế?");
  await page.getByRole("link", { name: "Việc của tôi" }).first().click();
  await expect(page).toHaveURL(/viec-cua-toi/);
  await page.goBack();
  await expect(page.getByLabel("Ghi cho người nộp")).toHaveValue("Ai là chủ sở hữu sáng chế?");
});

test("a reason begins with the notes that it is about, and a verdict that owes its note outlives the page", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", "company@nq57.example");
  const product = await company.submittedProduct(uniqueTitle("Máy đếm cá"));
  await arriveAs(page, "intake@nq57.example");
  await page.goto(`/tham-dinh/${product.id}`);
  await settled(page);
  await page.getByRole("radio", { name: "Cần hỏi" }).first().check();
  await expect(page.getByText("Còn mục không đạt hoặc cần hỏi chưa có ghi chú").first()).toBeVisible();
  await page.reload();
  await expect(page.getByRole("radio", { name: "Cần hỏi" }).first()).toBeChecked();

  await page.getByLabel("Ghi cho người nộp").fill("Ai là chủ sở hữu?");
  const ask = page.getByRole("button", { name: "Hỏi bổ sung" });
  await expect(ask).not.toHaveAttribute("aria-disabled", "true");
  await ask.click();
  const dialog = page.getByRole("dialog");
  const reason = dialog.getByRole("textbox");
  await expect(reason).toHaveValue(/^\S.+: Ai là chủ sở hữu\?$/);
  // Closed to change the note: what was begun from it follows.
  await dialog.getByRole("button", { name: "Hủy" }).click();
  await page.getByLabel("Ghi cho người nộp").fill("Ai là chủ sở hữu sáng chế?");
  await expect(ask).not.toHaveAttribute("aria-disabled", "true");
  await ask.click();
  await expect(reason).toHaveValue(/: Ai là chủ sở hữu sáng chế\?$/);
  await reason.press("ControlOrMeta+End");
  await reason.pressSequentially(" Xin trả lời sớm.");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Hỏi bổ sung" }).click();
  const told = page.locator(".toast").filter({ hasText: "Đã ghi: Hỏi bổ sung" });
  await expect(told.getByRole("link", { name: product.code ?? "" })).toHaveAttribute("href", `/tham-dinh/${product.id}`);
  await expect(page.getByRole("list", { name: "Hồ sơ đã đi qua" })).toContainText("Ai là chủ sở hữu sáng chế? Xin trả lời sớm.");
});

test("a score sheet keeps itself, names what is missing before it asks, and meets a new panel", async ({ page, baseURL }) => {
  const evaluation = await opened(baseURL ?? "", uniqueTitle("Phao đo mặn"));
  await arriveAs(page, "evaluator1@nq57.example");
  await page.goto(`/danh-gia/${evaluation.id}`);
  await settled(page);
  await declareNothing(page);

  await page.getByText("Nội dung hồ sơ").click();
  await expect(page.getByText("Trạm quan trắc ở xa, độ mặn đổi từng giờ.")).toBeVisible();

  const marks = page.locator(".marks");
  await marks.first().getByRole("radio", { name: "3" }).check({ force: true });
  await page.getByRole("textbox").first().fill("Có số liệu ba năm.");
  await page.getByRole("button", { name: "Nộp phiếu" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  const errors = page.locator(".errors");
  await expect(errors).toBeFocused();
  await expect(errors.getByRole("link")).toHaveCount((await marks.count()) - 1);
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 800 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), "errors make it no wider").toBeLessThanOrEqual(360);
  await page.setViewportSize({ width: 1440, height: 900 });
  await errors.getByRole("link").first().click();
  await expect(marks.nth(1).getByRole("radio").first()).toBeFocused();

  await expect(page.getByRole("status").filter({ hasText: "Đã lưu lúc" })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("textbox").first()).toHaveValue("Có số liệu ba năm.");

  // Somebody changes the panel: the next save takes the new revision by itself.
  const chair = await Caller.signedIn(baseURL ?? "", "chair@nq57.example");
  const now = await chair.send<Evaluation>("GET", `/evaluations/${evaluation.id}`);
  const panel = { chair_id: now.chair.id, member_ids: now.members.map((member) => member.account_id), quorum: 1, due_on: "2027-07-31" };
  await chair.send("PUT", `/evaluations/${evaluation.id}/panel`, panel, now.revision);
  for (const row of await marks.all()) await row.getByRole("radio", { name: "4" }).check({ force: true });
  await page.getByRole("button", { name: "Nộp phiếu" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Nộp phiếu" }).click();
  await expect(page.getByRole("heading", { name: "Kết quả" })).toBeFocused();
  await expect(page.getByText("Đã nộp, không sửa được nữa.")).toBeVisible();
  await expect(page.getByRole("textbox").first()).toHaveAttribute("readonly");
});

test("a recused chair is asked for one thing, and only those are offered who may lead", async ({ page, baseURL }) => {
  const evaluation = await opened(baseURL ?? "", uniqueTitle("Cân điện tử"), true);
  const chair = await Caller.signedIn(baseURL ?? "", "chair@nq57.example");
  const seen = await chair.send<Evaluation>("GET", `/evaluations/${evaluation.id}`);
  await chair.send("PUT", `/evaluations/${evaluation.id}/conflicts/me`, { answer: "declared", note: "Người nhà." }, seen.revision);
  await arriveAs(page, "chair@nq57.example");
  await page.goto(`/danh-gia/${evaluation.id}`);
  await settled(page);
  await page.getByText("Chọn chủ tịch khác").click();
  // In the demo nobody else leads panels; evaluators are not offered.
  await expect(page.getByText("Chưa có ai khác mang vai trò chủ tịch hội đồng")).toBeVisible();
  await expect(page.getByLabel("Chủ tịch hội đồng")).toHaveCount(0);
  await expect(page.getByLabel("Số phiếu tối thiểu")).toHaveCount(0);
  await expectAccessible(page);
  // The page of notices leads here.
  await page.goto("/thong-bao");
  await expect(page.getByText("Cần chọn chủ tịch hội đồng khác").first()).toBeVisible();
});

test("a declaration that was made elsewhere is shown beside the one that is typed", async ({ page, baseURL }) => {
  const evaluation = await opened(baseURL ?? "", uniqueTitle("Máy lọc nước"));
  await arriveAs(page, "evaluator2@nq57.example");
  await page.goto(`/danh-gia/${evaluation.id}`);
  await expect(page.getByRole("radio").first()).toBeVisible();
  const elsewhere = await Caller.signedIn(baseURL ?? "", "evaluator2@nq57.example");
  await elsewhere.send("PUT", `/evaluations/${evaluation.id}/conflicts/me`, { answer: "none" }, evaluation.revision);
  const chair = await Caller.signedIn(baseURL ?? "", "chair@nq57.example");
  const panel = { chair_id: evaluation.chair.id, member_ids: evaluation.members.map((member) => member.account_id), quorum: 1, due_on: "2027-07-31" };
  await chair.send("PUT", `/evaluations/${evaluation.id}/panel`, panel, evaluation.revision);
  await page.getByRole("radio", { name: "Có, tôi xin rút" }).check();
  await page.getByLabel("Lợi ích liên quan là gì?").fill("Tôi góp vốn vào công ty này.");
  await page.getByRole("button", { name: "Khai báo" }).click();
  await expect(page.getByRole("table", { name: "Những mục khác nhau" })).toContainText("Tôi góp vốn vào công ty này.");
  await expect(page.getByLabel("Lợi ích liên quan là gì?")).toHaveValue("Tôi góp vốn vào công ty này.");
  await page.getByRole("button", { name: "Giữ phần tôi sửa" }).click();
  await expect(page.getByText("Bạn đã rút khỏi hồ sơ này")).toBeVisible();
});

test("of two who change a panel the second sees both, and the own one can be sent", async ({ page, baseURL }) => {
  const evaluation = await opened(baseURL ?? "", uniqueTitle("Trạm quan trắc"));
  await arriveAs(page, "chair@nq57.example");
  await page.goto(`/danh-gia/${evaluation.id}`);
  await settled(page);
  await page.getByText("Thay hội đồng").click();
  await page.getByLabel("Số phiếu tối thiểu").fill("3");

  const other = await Caller.signedIn(baseURL ?? "", "chair@nq57.example");
  const now = await other.send<Evaluation>("GET", `/evaluations/${evaluation.id}`);
  const panel = { chair_id: now.chair.id, member_ids: now.members.map((member) => member.account_id), quorum: 1, due_on: "2027-07-31" };
  await other.send("PUT", `/evaluations/${evaluation.id}/panel`, panel, now.revision);

  await page.getByRole("button", { name: "Lưu hội đồng" }).click();
  const both = page.getByRole("table", { name: "Những mục khác nhau" });
  await expect(both.getByRole("row", { name: /Số phiếu tối thiểu/ })).toContainText("1");
  await expect(page.getByLabel("Số phiếu tối thiểu")).toHaveValue("3");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Giữ phần tôi sửa" }).click();
  await expect(page.getByText("0 phiếu đã nộp, cần 3")).toBeVisible();
});

test("a chair on the panel is told to score first, and is asked before recommending", async ({ page, baseURL }) => {
  const evaluation = await opened(baseURL ?? "", uniqueTitle("Bản đồ ngập"), true);
  for (const email of ["evaluator1@nq57.example", "evaluator2@nq57.example"]) {
    const caller = await Caller.signedIn(baseURL ?? "", email);
    const seen = await caller.send<Evaluation & { rubric: { criteria: { code: string }[] } }>("GET", `/evaluations/${evaluation.id}`);
    const said = await caller.send<Evaluation>("PUT", `/evaluations/${evaluation.id}/conflicts/me`, { answer: "none" }, seen.revision);
    const scores = seen.rubric.criteria.map(({ code }) => ({ criterion: code, score: 4 }));
    await caller.send("PUT", `/evaluations/${evaluation.id}/score-sheets/me`, { scores, submit: true }, said.revision);
  }
  await arriveAs(page, "chair@nq57.example");
  await page.goto(`/danh-gia/${evaluation.id}`);
  await expect(page.getByText("hãy nộp phiếu của bạn trước")).toBeVisible();
  await declareNothing(page);
  for (const row of await page.locator(".marks").all()) await row.getByRole("radio", { name: "4" }).check({ force: true });
  await page.getByRole("button", { name: "Nộp phiếu" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Nộp phiếu" }).click();
  await page.getByRole("radio", { name: "Nên công bố", exact: true }).check();
  await page.getByLabel("Căn cứ").fill("Hội đồng thống nhất.");
  await page.getByRole("button", { name: "Gửi kiến nghị" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Gửi kiến nghị" }).click();
  await expect(page.getByText("Đã có kiến nghị")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
});

test("the queue shows until when the reader's own task is due, as the sheet itself does", async ({ page, baseURL }) => {
  const title = uniqueTitle("Đập ngăn mặn di động");
  // Long before the stage of the panel ends, so that the two dates cannot be taken for one another.
  const soon = new Date(Date.now() + 3 * 24 * 60 * 60 * 1000).toLocaleDateString("sv-SE", { timeZone: "Asia/Ho_Chi_Minh" });
  const shown = soon.split("-").reverse().join("/");
  const evaluation = await opened(baseURL ?? "", title, false, soon);
  await signIn(page, "evaluator1@nq57.example");
  const row = page.getByRole("row", { name: title });
  await expect(row).toContainText(shown);
  await expectAccessible(page);
  await screenshot(page, "queue-own-deadline");
  await row.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`/danh-gia/${evaluation.id}$`));
  await declareNothing(page);
  await expect(page.locator("main")).toContainText(shown);

  // What is due first comes first, by the same dates.
  const work = await Caller.signedIn(baseURL ?? "", "evaluator1@nq57.example");
  const { items } = await work.send<{ items: { due_at: string | null }[] }>("GET", "/my-work?limit=100");
  const dues = items.map(({ due_at }) => due_at ?? "9");
  expect(dues).toEqual([...dues].sort());
});
