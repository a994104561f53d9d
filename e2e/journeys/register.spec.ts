// Officials find any file: the queue by step and by words, the register in every state, both in the address.
import { readFileSync } from "node:fs";
import { Caller, uniqueTitle } from "../support/api";
import { enter, tabTo, tick, type } from "../support/keyboard";
import { expectAccessibleInBothLanguages } from "../support/languages";
import { expectNothingOverprinted } from "../support/layout";
import { arriveAs, expect, screenshot, settled, signIn, test, type Page } from "../support/page";

const INTAKE = "intake@nq57.example";
const COMPANY = "company@nq57.example";

interface Case {
  id: string;
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
  const heading = page.getByRole("heading", { level: 1 });
  await expect(heading).toBeFocused();

  // Whoever takes a filter off finds the focus on the next one; without any, on the heading.
  await page.goto("/tat-ca-ho-so?open=true&due=soon");
  const chips = page.getByRole("link", { name: /bỏ lọc$/ });
  await expect(chips).toHaveCount(2);
  await enter(page, chips.first());
  await expect(chips).toHaveCount(1);
  await expect(chips.first()).toBeFocused();
  await enter(page, chips.first());
  await expect(chips).toHaveCount(0);
  await expect(heading).toBeFocused();

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

/** Answers the register with 120 cases, the real one at this place, in pages as the server gives them. */
async function manyCases(page: Page, real: Case, place: number): Promise<void> {
  const made = (number: number): Case => ({
    ...real,
    id: `01930000-0000-7000-8000-${String(number).padStart(12, "0")}`,
    title: `Hồ sơ số ${number}`,
  });
  const all = Array.from({ length: 120 }, (_, number) => (number === place ? real : made(number)));
  await page.route(/\/api\/v1\/cases\?/, async (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const from = Number(asked.get("cursor") ?? "0");
    const next = from + Number(asked.get("limit"));
    await route.fulfill({
      json: {
        items: all.slice(from, next),
        ...(next < all.length ? { next_cursor: String(next) } : {}),
        ...(asked.get("count") === "true" ? { total: all.length, counts: [] } : {}),
      },
    });
  });
}

test("whoever opens a case far down the register comes back to its row, by the browser and by the page", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  const sent = await company.submittedProduct(uniqueTitle("Máy tuốt Rơm Khô"));
  const intake = await Caller.signedIn(baseURL ?? "", INTAKE);
  const found = await intake.send<{ items: Case[] }>("GET", `/cases?q=${encodeURIComponent(sent.title)}`);
  const real = found.items[0];
  if (real === undefined) throw new Error("the case is not in the register");
  await manyCases(page, real, 70);
  await arriveAs(page, INTAKE);
  await page.goto("/tat-ca-ho-so?state=submitted&open=true");
  await expect(page.getByRole("row")).toHaveCount(51);

  // More rows: the focus goes on with the first of them, the address keeps how many there are.
  await page.getByRole("button", { name: "Xem thêm" }).press("Enter");
  await expect(page.getByRole("row")).toHaveCount(101);
  await expect(page).toHaveURL(/shown=100/);
  await expect(page.getByRole("link", { name: "Hồ sơ số 50" })).toBeFocused();
  const link = page.getByRole("link", { name: real.title });
  await enter(page, link);
  await expect(page).toHaveURL(new RegExp(`/tham-dinh/${real.id}`));
  await settled(page);

  await page.goBack();
  await expect(page.getByRole("row")).toHaveCount(101);
  await expect(link).toBeFocused();
  await expect(link).toBeInViewport();

  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/tham-dinh/${real.id}`));
  const crumb = page.locator(".crumbs").getByRole("link", { name: "Tất cả hồ sơ" });
  await expect(crumb).toHaveAttribute("href", /^\/tat-ca-ho-so\?state=submitted&open=true&shown=100$/);
  await page.reload();
  await settled(page);
  await enter(page, crumb);
  await expect(page).toHaveURL(/state=submitted&open=true&shown=100/);
  await expect(page.getByRole("row")).toHaveCount(101);
  await expect(link).toBeFocused();

  // Another filter begins with a page; the case opened from elsewhere leads to the queue.
  await page.getByRole("link", { name: /^Chưa xong.*bỏ lọc$/ }).press("Enter");
  await expect(page).not.toHaveURL(/shown=/);
  await expect(page.getByRole("row")).toHaveCount(51);
  await page.goto(`/quyet-dinh/${real.id}`);
  await settled(page);
  await expect(page.locator(".crumbs").getByRole("link", { name: "Việc của tôi" })).toHaveAttribute("href", "/viec-cua-toi");
});

test("register and queue fit every width, and are dense where there is room", async ({ page }) => {
  await arriveAs(page, INTAKE);
  for (const path of ["/tat-ca-ho-so", "/viec-cua-toi"]) {
    await page.goto(path);
    for (const width of [320, 360, 768, 1024, 1060, 1100, 1152, 1280, 1440, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      await settled(page);
      const { beyond, rows } = await page.evaluate(() => {
        const right = document.documentElement.clientWidth;
        const parts = [...document.querySelectorAll<HTMLElement>("main .board, main .board *")];
        // Stacked as cards the head of the table is for screen readers alone.
        const isClipped = (part: HTMLElement) => window.innerWidth < 768 && part.closest("thead") !== null;
        const beyond = parts.filter((part) => !isClipped(part) && part.checkVisibility() && part.getBoundingClientRect().right > right + 1);
        const rows = [...document.querySelectorAll("main tbody tr")].map((row) => row.getBoundingClientRect().height);
        return { beyond: beyond.map((part) => part.outerHTML.slice(0, 80)), rows: rows.sort((a, b) => a - b) };
      });
      // Between phone and desk a table may scroll within its place; the page never does.
      if (width < 768 || width >= 1024) expect(beyond, `${path} at ${width} px`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), `${path} at ${width} px`).toBeLessThanOrEqual(0);
      if (width < 768) await expectNothingOverprinted(page);
      if (width === 1440) expect(rows[Math.floor(rows.length / 2)], `rows of ${path}`).toBeLessThanOrEqual(58);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await screenshot(page, `${path.slice(1)}-1440`);
  }
});

test("what is late, due today or soon is chosen by keyboard, taken off again, and strange addresses are no errors", async ({ page, baseURL }) => {
  const company = await Caller.signedIn(baseURL ?? "", COMPANY);
  await company.submittedProduct(uniqueTitle("Máy bơm Nước Trong"));
  const intake = await Caller.signedIn(baseURL ?? "", INTAKE);
  const { total } = await intake.send<{ total: number }>("GET", "/cases?due=late&limit=1&count=true");
  expect(total).toBeGreaterThan(0);

  await arriveAs(page, INTAKE);
  await page.goto("/tat-ca-ho-so?sort=x&state=khong_co&due=mai&open=true");
  await settled(page);
  await expect(page.getByRole("status").filter({ hasText: "bộ lọc mà trang không biết" })).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.locator("main")).not.toContainText("khong_co");
  await expectAccessibleInBothLanguages(page);

  await page.goto("/tat-ca-ho-so");
  await settled(page);
  await tick(page, page.getByRole("group", { name: "Còn, chậm" }).getByRole("checkbox", { name: /^Quá hạn/ }));
  await expect(page).toHaveURL(/due=late/);
  await expect(page.getByRole("status").filter({ hasText: `${total} hồ sơ` })).toBeVisible();
  await expect(page.getByRole("row").nth(1)).toContainText("Chậm");
  await enter(page, page.getByRole("columnheader", { name: "Trạng thái" }).getByRole("button"));
  await expect(page).toHaveURL(/sort=state/);
  await expect(page.getByRole("columnheader", { name: "Trạng thái" })).toHaveAttribute("aria-sort", "ascending");
  await enter(page, page.getByRole("link", { name: /^Quá hạn.*bỏ lọc$/ }));
  await expect(page).not.toHaveURL(/due=/);
  await page.goto("/tat-ca-ho-so");
  await enter(page, page.getByRole("link", { name: "Dùng lại bộ lọc lần trước" }));
  await expect(page).toHaveURL(/due=late/);

  await page.goto("/viec-cua-toi?step=bay");
  await settled(page);
  await expect(page.getByRole("status").filter({ hasText: "bộ lọc mà trang không biết" })).toBeVisible();
  await enter(page, page.getByRole("navigation", { name: "Khung nhìn" }).getByRole("link", { name: /^Trong 3 ngày làm việc|^Quá hạn/ }).first());
  await expect(page).toHaveURL(/due=/);
});

test("the register is printed without what only works on a screen, and says its filters and the day", async ({ page }) => {
  await arriveAs(page, INTAKE);
  await page.goto("/tat-ca-ho-so?state=published");
  await settled(page);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByText(/hồ sơ\. Đã công bố\. In ngày \d/)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.locator("main").getByRole("button").filter({ visible: true, hasNotText: /^(Trạng thái|Hạn|Thay đổi)$/ })).toHaveCount(0);
  await screenshot(page, "register-print");
});

test("the figures lead officials to the cases behind them, and the public to what is public", async ({ page, openPage }) => {
  await arriveAs(page, INTAKE);
  await page.goto("/thong-ke");
  await settled(page);
  await page.getByRole("link", { name: "Chờ kiểm tra" }).click();
  await expect(page).toHaveURL(/\/tat-ca-ho-so\?type=product&state=submitted/);
  await settled(page);
  await expect(page.getByRole("status").filter({ hasText: "bộ lọc mà trang không biết" })).toHaveCount(0);
  for (const row of ["Bộ phận tiếp nhận", "Người gửi"]) {
    await page.goto("/thong-ke");
    await settled(page);
    const late = page.getByRole("row", { name: row }).getByRole("cell").last().getByRole("link");
    const count = await late.textContent();
    await late.click();
    await expect(page.getByRole("status").filter({ hasText: `${count} hồ sơ` }).first()).toBeVisible();
  }

  const visitor = await openPage();
  await visitor.goto("/thong-ke");
  await settled(visitor);
  await expect(visitor.locator("main a[href^='/tat-ca-ho-so']")).toHaveCount(0);
  await expect(visitor.locator("main a[href^='/san-pham?domain=']").first()).toBeVisible();
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
    const evaluation = await chair.send<{ id: string }>("POST", `/products/${product.id}/evaluations`, body, seen);
    const path = `/evaluations/${evaluation.id}`;
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
