// What every journey starts from: `test` whose pages are watched, axe, sign-in, pictures.
// Refuses console errors, uncaught exceptions, violations of the content policy, answers of 5xx,
// and files that the page asked for in vain.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test as base, expect, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";

export { expect };
export type { Page };

export const PASSWORD = "nq57-demo";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Opens a page in a context of its own (another person, another device), watched like `page`. */
export type OpenPage = (options?: BrowserContextOptions) => Promise<Page>;

interface Fixtures {
  /** Complaints that a journey provokes on purpose: `test.use({ tolerated: [/offline/] })`. */
  tolerated: RegExp[];
  complaints: string[];
  openPage: OpenPage;
}

export const test = base.extend<Fixtures>({
  tolerated: [[], { option: true }],

  complaints: [
    async ({ tolerated }, use) => {
      const complaints: string[] = [];
      await use(complaints);
      const left = complaints.filter((complaint) => !tolerated.some((pattern) => pattern.test(complaint)));
      expect(left, "the page must have nothing to complain about").toEqual([]);
    },
    { auto: true },
  ],

  page: async ({ page, complaints }, use) => {
    await watch(page, complaints);
    await use(page);
  },

  openPage: async ({ browser, complaints, baseURL, locale, timezoneId, viewport }, use) => {
    const contexts: Awaited<ReturnType<Browser["newContext"]>>[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL, locale, timezoneId, viewport, ...options });
      contexts.push(context);
      const page = await context.newPage();
      await watch(page, complaints);
      return page;
    });
    for (const context of contexts) await context.close();
  },
});

async function watch(page: Page, complaints: string[]): Promise<void> {
  page.on("console", (message) => {
    // Chromium writes every refused request to the console; the refusals that matter are judged below.
    const isRefusal = /^Failed to load resource: the server responded with a status of 4\d\d/.test(message.text());
    if (message.type() === "error" && !isRefusal) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`exception: ${error.message}`));
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    const request = response.request();
    const isMissingFile = response.status() >= 400 && !pathname.startsWith("/api/") && !request.isNavigationRequest();
    if (response.status() >= 500 || isMissingFile) {
      complaints.push(`${response.status()}: ${request.method()} ${pathname}`);
    }
  });
  await page.exposeBinding("reportViolation", (_source, text: string) => complaints.push(`content policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const report = (window as unknown as { reportViolation: (text: string) => void }).reportViolation;
      report(`${event.effectiveDirective} refused ${event.blockedURI} ${event.sample}`);
    });
  });
}

interface AxeViolation {
  id: string;
  help: string;
  nodes: { target: unknown[]; failureSummary?: string }[];
}

/** Waits until the program has drawn the page: its `<h1>` is there and nothing is loading. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator("h1").first()).toBeVisible();
  // A specimen of the kit that is busy stays so.
  await expect(page.locator(":is([aria-busy='true'], .skel, .boot):not([data-specimens] *)")).toHaveCount(0);
}

/** No violation of WCAG 2.0 to 2.2 A and AA, nor of axe's best practices, in the page as it stands. */
export async function expectAccessible(page: Page): Promise<void> {
  await settled(page);
  // Half-way through a transition, colours are neither the one nor the other.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((animation) => animation.effect?.getComputedTiming().endTime !== Infinity);
    return Promise.all(ending.map((animation) => animation.finished.catch(() => null))).then(() => null);
  });
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run: (context: Document, options: object) => Promise<{ violations: AxeViolation[] }> } }).axe;
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    return (await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] })).violations;
  });
  const told = violations.flatMap((violation) =>
    violation.nodes.map((node) => `${violation.id} (${violation.help}) at ${node.target.join(" ")}: ${node.failureSummary ?? ""}`),
  );
  expect(told, `axe on ${new URL(page.url()).pathname}`).toEqual([]);
}

/** Signs in through the page, in whichever language it is. */
export async function signIn(page: Page, email: string, password: string = PASSWORD): Promise<void> {
  await page.goto("/dang-nhap");
  await page.getByLabel(/^(địa chỉ )?(thư điện tử|e-?mail)/i).fill(email);
  await page.getByLabel(/^(mật khẩu|password)/i).fill(password);
  await page.locator("main").getByRole("button", { name: /^(đăng nhập|sign in|log in)/i }).click();
  await expect(page).not.toHaveURL(/\/dang-nhap/);
  await settled(page);
}

/** Signed in without the page of signing in, where another page is what is tested. */
export async function arriveAs(page: Page, email: string): Promise<void> {
  const answer = await page.request.post("/api/v1/auth/login", { data: { email, password: PASSWORD } });
  expect(answer.status(), await answer.text()).toBe(200);
  // What tells the application that there is a session to go on with.
  await page.addInitScript(() => localStorage.setItem("nq57-session", "1"));
}

/** Keeps a picture in `screenshots/` when NQ57_SCREENSHOTS is set. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (process.env.NQ57_SCREENSHOTS === undefined) return;
  await settled(page);
  await page.screenshot({ path: `screenshots/${name}.png`, fullPage: true });
}
