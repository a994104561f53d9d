// From a submission to its public page, each part by the official who plays it.
import { Caller, uniqueTitle } from "../support/api";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { arriveAs, expect, screenshot, settled, test, type Page } from "../support/page";

const ITEMS = 9;

async function passEveryItem(page: Page): Promise<void> {
  const passes = page.getByRole("radio", { name: "Đạt", exact: true });
  await expect(passes).toHaveCount(ITEMS);
  for (const pass of await passes.all()) await pass.check();
  await page.getByRole("button", { name: "Lưu kết luận" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Đã lưu lúc" })).toBeVisible();
}

async function confirm(page: Page, verb: string, reason?: string): Promise<void> {
  await page.getByRole("button", { name: verb, exact: true }).click();
  const dialog = page.getByRole("dialog");
  if (reason !== undefined) await dialog.getByRole("textbox").fill(reason);
  await dialog.getByRole("button", { name: verb, exact: true }).click();
  await expect(dialog).toBeHidden();
}

test("a submission is checked, evaluated, decided and found by everybody", async ({ page, openPage, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", "company@nq57.example");
  const title = uniqueTitle("Phao đo độ mặn Kênh Đước");
  const product = await company.submittedProduct(title);

  await test.step("an intake officer checks eligibility", async () => {
    const intake = await openPage();
    await arriveAs(intake, "intake@nq57.example");
    await intake.goto("/viec-cua-toi");
    await expectAccessibleInBothLanguages(intake);
    await screenshot(intake, "my-work");
    await intake.goto(`/tham-dinh/${product.id}`);
    await settled(intake);
    await expect(intake.getByRole("button", { name: "Hợp lệ, chuyển đánh giá" })).toHaveAttribute("aria-disabled", "true");
    await expectAccessibleInBothLanguages(intake);
    await passEveryItem(intake);
    await screenshot(intake, "eligibility");
    await confirm(intake, "Hợp lệ, chuyển đánh giá");
    await expect(intake.getByText("Hồ sơ không ở bước xét tính hợp lệ")).toBeVisible();
    await expect(intake.getByRole("heading", { level: 1 })).toBeFocused();
  });

  let evaluation = "";
  await test.step("a chair opens an evaluation", async () => {
    const chair = await openPage();
    await arriveAs(chair, "chair@nq57.example");
    await chair.goto(`/hoi-dong/${product.id}`);
    await settled(chair);
    await chair.getByRole("button", { name: "Mở đợt đánh giá" }).click();
    await expect(chair.locator(".errors")).toBeVisible();
    await expectAccessibleInBothLanguages(chair);
    await chair.getByLabel("Thang điểm").selectOption("portal-2026");
    const evaluators = chair.getByRole("group", { name: "Thành viên chấm điểm" });
    await evaluators.getByRole("checkbox", { name: /Phan Ngọc Ánh/ }).check();
    await evaluators.getByRole("checkbox", { name: /Hoàng Thị Mận/ }).check();
    await evaluators.getByRole("checkbox", { name: /Võ Tấn Tài/ }).check();
    await chair.getByRole("button", { name: "Mở đợt đánh giá" }).click();
    await expect(chair).toHaveURL(/\/danh-gia\//);
    evaluation = new URL(chair.url()).pathname;
    await expect(chair.getByText("0 phiếu đã nộp, cần 2")).toBeVisible();
    await expectAccessibleInBothLanguages(chair);
  });

  await test.step("two evaluators score, one recuses", async () => {
    // Marks of others open with the quorum, to whoever has scored.
    const results = { "evaluator1@nq57.example": "Đã có 1 phiếu, cần 2", "evaluator2@nq57.example": "Điểm trung bình có trọng số" };
    for (const [email, result] of Object.entries(results)) {
      const evaluator = await openPage();
      await arriveAs(evaluator, email);
      await evaluator.goto(evaluation);
      const due = await evaluator.getByText(/^Hạn nộp phiếu/).innerText();
      await evaluator.goto("/viec-cua-toi");
      const row = evaluator.getByRole("row").filter({ has: evaluator.locator(`a[href="${evaluation}"]`) });
      await expect(row, "the day of the own sheet").toContainText(due.replace("Hạn nộp phiếu ", ""));
      await evaluator.goto(evaluation);
      await evaluator.getByRole("radio", { name: "Không có" }).check();
      await evaluator.getByRole("button", { name: "Khai báo" }).click();
      await expect(evaluator.getByRole("heading", { name: "Phiếu chấm của tôi" })).toBeFocused();
      for (const marks of await evaluator.locator(".marks").all()) await marks.getByRole("radio", { name: "4" }).check({ force: true });
      await expectAccessibleInBothLanguages(evaluator);
      await screenshot(evaluator, "score-sheet");
      await confirm(evaluator, "Nộp phiếu");
      await expect(evaluator.getByText(result)).toBeVisible();
      await expect(evaluator.getByRole("heading", { name: "Kết quả" })).toBeFocused();
    }
    const recused = await openPage();
    await arriveAs(recused, "evaluator3@nq57.example");
    await recused.goto(evaluation);
    await recused.getByRole("radio", { name: "Có, tôi xin rút" }).check();
    await recused.getByRole("button", { name: "Khai báo" }).click();
    await expect(recused.locator(".errors")).toBeVisible();
    await recused.getByLabel("Lợi ích liên quan là gì?").fill("Tôi từng tư vấn cho công ty này.");
    await recused.getByRole("button", { name: "Khai báo" }).click();
    await expect(recused.getByText("Bạn đã rút khỏi hồ sơ này")).toBeVisible();
  });

  await test.step("the chair recommends", async () => {
    const chair = await openPage();
    await arriveAs(chair, "chair@nq57.example");
    await chair.goto(evaluation);
    await chair.getByRole("radio", { name: "Nên công bố", exact: true }).check();
    await chair.getByLabel("Căn cứ").fill("Số liệu triển khai tin cậy, hội đồng thống nhất.");
    await expectAccessibleInBothLanguages(chair);
    await screenshot(chair, "evaluation");
    await confirm(chair, "Gửi kiến nghị");
    await expect(chair.getByText("Đã có kiến nghị")).toBeVisible();
  });

  await test.step("a publisher decides and publishes", async () => {
    const publisher = await openPage();
    await arriveAs(publisher, "publisher@nq57.example");
    await publisher.goto(`/quyet-dinh/${product.id}`);
    await settled(publisher);
    await expectAccessibleInBothLanguages(publisher);
    await screenshot(publisher, "decision");
    await confirm(publisher, "Quyết định công bố", "Sản phẩm đạt điểm, có căn cứ sở hữu trí tuệ.");
    await expect(publisher.getByRole("heading", { level: 1 })).toBeFocused();
    await confirm(publisher, "Công bố");
    await expect(publisher.getByRole("button", { name: "Tạm gỡ khỏi cổng" })).toBeVisible();
    await expect(publisher.getByRole("heading", { level: 1 })).toBeFocused();
  });

  await test.step("everybody finds it without diacritics", async () => {
    const sought = title.normalize("NFD").replace(/\p{Mn}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D");
    await page.goto(`/san-pham?q=${encodeURIComponent(sought)}`);
    await page.getByRole("link", { name: title }).click();
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expectAccessibleInBothLanguages(page);
  });
});
