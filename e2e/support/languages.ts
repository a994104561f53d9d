// Looking at a page in both languages.
import type { Page } from "@playwright/test";
import { expectAccessible } from "./page";

/** No violation in Vietnamese, nor in English; ends in Vietnamese. Keys only, so that keyboard journeys may use it. */
export async function expectAccessibleInBothLanguages(page: Page): Promise<void> {
  await expectAccessible(page);
  await page.getByRole("button", { name: "English" }).press("Enter");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Tiếng Việt" }).press("Enter");
}
