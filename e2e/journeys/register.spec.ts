// Officials find any file: the queue by step and by words, the register in every state, both in the address.
import { readFileSync } from "node:fs";
import { Caller, uniqueTitle } from "../support/api";
import { enter, tabTo, type } from "../support/keyboard";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { expectNothingOverprinted } from "../support/layout";
import { arriveAs, expect, screenshot, settled, signIn, test } from "../support/page";

const INTAKE = "intake@nq57.example";
const COMPANY = "company@nq57.example";

interface Case {
  title: string;
  code: string;
  state: string;
}

test("the queue shows how much of each step waits, and is narrowed by keyboard alone", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const sent = await company.submittedProduct(uniqueTitle("Máy gặt Lúa Trĩu"));
  const intake = await Caller.signedIn(baseURL ?? "", INTAKE);
  const { total } = await intake.send<{ total: number }>("GET", "/my-work?limit=1&count=true");

  await arriveAs(page, INTAKE);
  await page.goto("/viec-cua-toi");
  const views = page.getByRole("navigation", { name: "Khung nhìn" });
  await expect(views.getByRole("link", { name: /^Tất cả việc/ })).toHaveAttribute("aria-current", "page");
  await expect(views.getByRole("link", { name: /^Xét tính hợp lệ/ })).toContainText(/\d/);
  expect(total).toBeGreaterThan(0);
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "queue");

  await enter(page, views.getByRole("link", { name: /^Xét tính hợp lệ/ }));
  await expect(page).toHaveURL(/step=check_eligibility/);
  await settled(page);
  await page.locator("body").press("/");
  const search = page.getByRole("searchbox");
  await expect(search).toBeFocused();
  await type(page, search, sent.title.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d"));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/step=check_eligibility.*q=|q=.*step=check_eligibility/);
  await expect(page.getByRole("row")).toHaveCount(2);
  const link = page.getByRole("link", { name: sent.title });
  await tabTo(page, link);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/tham-dinh/${sent.id}`));

  await page.goto("/viec-cua-toi?q=khong-co-ho-so-nao-nhu-the");
  await expect(page.getByText("Không có hồ sơ nào khớp")).toBeVisible();
  await page.getByRole("link", { name: "Xem tất cả" }).click();
  await expect(page).not.toHaveURL(/q=/);

  await page.setViewportSize({ width: 360, height: 740 });
  await expectNothingOverprinted(page);
  await screenshot(page, "queue-360");
  await page.emulateMedia({ colorScheme: "dark" });
  await screenshot(page, "queue-360-dark");
});

test("the register finds a file by a loosely typed code and by its state, and gives the same as a file", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const sent = await company.submittedProduct(uniqueTitle("Máy sấy Hạt Khô"));
  const intake = await Caller.signedIn(baseURL ?? "", INTAKE);
  const code = (await intake.send<{ items: Case[] }>("GET", `/cases?q=${encodeURIComponent(sent.title)}`)).items[0]?.code ?? "";
  expect(code).toMatch(/^SP-\d{4}-\d{6}$/);
  const [, year, number] = code.split("-");

  await signIn(page, INTAKE);
  await page.getByRole("navigation", { name: "Chính" }).getByRole("link", { name: "Tất cả hồ sơ" }).click();
  await expect(page).toHaveURL(/\/tat-ca-ho-so$/);
  await settled(page);
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "register");

  const search = page.getByRole("searchbox");
  await search.fill(`sp ${year} ${Number(number)}`);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("link", { name: sent.title })).toHaveAttribute("href", `/tham-dinh/${sent.id}`);
  await page.getByRole("link", { name: /^Tìm .*bỏ lọc$/ }).click();

  await page.getByRole("group", { name: "Trạng thái" }).getByRole("checkbox", { name: /^Công bố|^Đã công bố/ }).check();
  await expect(page).toHaveURL(/state=published/);
  const { total } = await intake.send<{ total: number }>("GET", "/cases?state=published&limit=1&count=true");
  await expect(page.getByRole("status").filter({ hasText: `${total} hồ sơ` })).toBeVisible();
  await page.getByRole("columnheader", { name: "Thay đổi" }).getByRole("button").click();
  await expect(page).toHaveURL(/sort=-changed_at/);
  await expect(page.getByRole("columnheader", { name: "Thay đổi" })).toHaveAttribute("aria-sort", "descending");

  const asked = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Tải CSV/ }).click();
  const rows = readFileSync(await (await asked).path(), "utf8").trim().split("\n");
  expect(rows.length).toBe(total + 1);

  // The address is the state: whoever gets it sees the same.
  const address = page.url();
  await page.goto("/tat-ca-ho-so");
  await page.goto(address);
  await expect(page.getByRole("group", { name: "Trạng thái" }).getByRole("checkbox", { checked: true })).toHaveCount(1);

  await page.setViewportSize({ width: 360, height: 740 });
  await settled(page);
  await expectNothingOverprinted(page);
  await screenshot(page, "register-360");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "dark" });
  await screenshot(page, "register-dark");
});

test("who submits finds no register", async ({ page }) => {
  await arriveAs(page, COMPANY);
  await page.goto("/");
  await expect(page.getByRole("navigation", { name: "Chính" }).getByRole("link", { name: "Tất cả hồ sơ" })).toHaveCount(0);
  await page.goto("/tat-ca-ho-so");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Trang này không dành cho tài khoản của bạn");
});

/** Two products that wait for publication, judged by one panel after the other. */
async function decided(baseURL: string, titles: string[]): Promise<string[]> {
  const as = (name: string): Promise<Caller> => Caller.signedIn(baseURL, `${name}@nq57.example`);
  const [company, intake, chair, publisher] = [await as("company"), await as("intake"), await as("chair"), await as("publisher")];
  const members = [await as("evaluator1"), await as("evaluator2")];
  const id = async (caller: Caller): Promise<string> => (await caller.send<{ id: string }>("GET", "/me")).id;
  const list = await intake.send<{ entries: { code: string }[] }>("GET", "/reference/eligibility_checklist");
  const body = {
    rubric_id: "portal-2026",
    chair_id: await id(chair),
    member_ids: await Promise.all(members.map(id)),
    quorum: 2,
    due_on: "2027-06-30",
    mode: "online",
  };
  const ids = [];
  for (const title of titles) {
    const product = await company.submittedProduct(title);
    const items = list.entries.map(({ code }) => ({ code, verdict: "pass" }));
    await intake.send("PUT", `/products/${product.id}/eligibility`, { items }, (await intake.read(product.id)).revision);
    await intake.event(product.id, "accept");
    const seen = (await chair.read(product.id)).revision;
    const round = await chair.send<{ id: string }>("POST", `/products/${product.id}/evaluations`, body, seen);
    const path = `/evaluations/${round.id}`;
    for (const member of members) {
      const revision = async (): Promise<number> => (await member.send<{ revision: number }>("GET", path)).revision;
      await member.send("PUT", `${path}/conflicts/me`, { answer: "none" }, await revision());
      const { rubric } = await member.send<{ rubric: { criteria: { code: string }[] } }>("GET", path);
      const scores = rubric.criteria.map(({ code }) => ({ criterion: code, score: 4 }));
      await member.send("PUT", `${path}/score-sheets/me`, { scores, submit: true }, await revision());
    }
    await chair.send("POST", `${path}/recommendation`, { verdict: "publish", reason: "Số liệu tin cậy." });
    await publisher.event(product.id, "decide_publish", "Đủ điều kiện công bố.");
    ids.push(product.id);
  }
  return ids;
}

test("several decided files are published at once, each with its own result, and the next file stands ready", async ({
  page,
  baseURL,
}) => {
  const titles = [uniqueTitle("Lò sấy Khô Đều"), uniqueTitle("Lò sấy Khô Đều")];
  const [first, second] = await decided(baseURL ?? "", titles);
  await arriveAs(page, "publisher@nq57.example");
  await page.goto(`/viec-cua-toi?step=publish&q=${encodeURIComponent("lo say kho deu")}`);
  for (const title of titles) {
    const link = page.getByRole("link", { name: title });
    await tabTo(page, link);
    await page.keyboard.press("x");
    await expect(page.getByRole("checkbox", { name: `Chọn ${title}` })).toBeChecked();
  }
  await expectAccessibleInBothLanguages(page);
  await screenshot(page, "queue-picked");

  // Meanwhile somebody else has published one of them.
  const other = await Caller.signedIn(baseURL ?? "", "publisher@nq57.example");
  await other.event(first ?? "", "publish");
  const bar = page.getByRole("region", { name: /2 việc đã chọn/ });
  await enter(page, bar.getByRole("button", { name: "Công bố" }));
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("Công bố 2 hồ sơ?");
  await enter(page, dialog.getByRole("button", { name: "Công bố" }));
  const results = page.getByRole("status").filter({ hasText: "Kết quả từng hồ sơ" });
  await expect(results.getByRole("listitem").filter({ hasText: titles[1] ?? "" })).toContainText("Đã xong");
  await expect(results.getByRole("listitem").filter({ hasText: titles[0] ?? "" })).not.toContainText("Đã xong");
  await expect(page.getByText("Không có hồ sơ nào khớp")).toBeVisible();
  await screenshot(page, "queue-results");
  const anybody = await Caller.anonymous(baseURL ?? "");
  for (const id of [first, second]) await anybody.send("GET", `/products/${id}`);

  await page.goto(`/quyet-dinh/${second}`);
  const next = page.locator("p").filter({ hasText: "Việc tiếp theo:" }).getByRole("link");
  await expect(next).toHaveAttribute("href", /^\/(quyet-dinh|tham-dinh|danh-gia|hoi-dong|ho-so)\//);
  await next.click();
  await expect(page).not.toHaveURL(new RegExp(second ?? ""));
});
