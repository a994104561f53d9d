// How the journeys run: Debian's Chromium, a server that somebody else started, no second tries.
import { defineConfig } from "@playwright/test";

const hasResultsFile = process.env.PLAYWRIGHT_JSON_OUTPUT_NAME !== undefined;

export default defineConfig({
  testDir: "journeys",
  outputDir: "test-results",
  // Wide enough for a machine a third as fast: what is slow is measured by the bench.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  retries: 0,
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI !== undefined,
  reporter: hasResultsFile ? [["list"], ["json"]] : [["list"]],
  use: {
    baseURL: process.env.NQ57_BASE_URL ?? "http://127.0.0.1:8057",
    browserName: "chromium",
    headless: true,
    locale: "vi-VN",
    timezoneId: "Asia/Ho_Chi_Minh",
    viewport: { width: 1440, height: 900 },
    // Without pictures and copies of each page, which cost as much as the journeys themselves.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false, sources: false },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.NQ57_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
      ],
    },
  },
});
