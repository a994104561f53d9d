// A journey by keyboard alone: Tab until the control has focus, then keys. Refuses what Tab cannot reach.
import { expect, type Locator, type Page } from "@playwright/test";

/** Presses Tab until `target` has focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 160; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${target}`);
}

/** Goes to a text field and types into it, replacing what is there. */
export async function type(page: Page, target: Locator, text: string): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
  await expect(target).toHaveValue(text);
}

/** Goes to a button or link and presses Enter. */
export async function enter(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Enter");
}

/** Chooses the radio button at this position of a group, from 0. */
export async function choose(page: Page, group: Locator, position: number): Promise<void> {
  const radios = group.getByRole("radio");
  await tabTo(page, radios.first());
  await page.keyboard.press("Space");
  for (let step = 0; step < position; step += 1) await page.keyboard.press("ArrowDown");
  await expect(radios.nth(position)).toBeChecked();
}

/** Ticks a checkbox. */
export async function tick(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press("Space");
  await expect(target).toBeChecked();
}

/** Chooses in a drop-down list by going down to the entry with this value. */
export async function select(page: Page, target: Locator, value: string): Promise<void> {
  await tabTo(page, target);
  await expect(target.locator(`option[value="${value}"]`)).toBeAttached();
  for (let step = 0; step < 80 && (await target.inputValue()) !== value; step += 1) await page.keyboard.press("ArrowDown");
  await expect(target).toHaveValue(value);
}
