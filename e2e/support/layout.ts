// What cannot be seen in the markup: words that run over one another. Refuses a stacked table whose label reaches
// into its value, a status drawn as a bar, and a cell that is wider than its card.
import { expect, type Page } from "@playwright/test";

/** Measures every stacked table of the page as it stands; answers how many cells there were. */
export async function expectNothingOverprinted(page: Page): Promise<number> {
  const { cells, wrong } = await page.evaluate(() => {
    const ruler = document.body.appendChild(document.createElement("span"));
    ruler.style.cssText = "position:absolute;visibility:hidden;white-space:nowrap";
    const width = (text: string, style: CSSStyleDeclaration): number => {
      ruler.style.font = style.font;
      ruler.style.letterSpacing = style.letterSpacing;
      ruler.textContent = text;
      return ruler.getBoundingClientRect().width;
    };
    const wrong: string[] = [];
    const cells = [...document.querySelectorAll<HTMLElement>("table[data-stack] td[data-label]")];
    for (const cell of cells) {
      const style = getComputedStyle(cell, "::before");
      const label = cell.dataset.label ?? "";
      // Where lines may break, the longest word must fit; where not, the whole label.
      const parts = style.whiteSpace === "nowrap" ? [label] : label.split(/\s+/);
      const needed = Math.max(...parts.map((part) => width(part, style)));
      const given = parseFloat(style.width);
      const where = `“${label}: ${cell.textContent?.trim().slice(0, 40) ?? ""}”`;
      if (needed > given + 1) wrong.push(`${where}: the label needs ${needed.toFixed()} px of ${given.toFixed()}`);
      if (cell.scrollWidth > cell.clientWidth + 1) wrong.push(`${where}: wider than its card`);
      for (const tag of cell.querySelectorAll<HTMLElement>(".tag")) {
        const inside = document.createRange();
        inside.selectNodeContents(tag);
        const words = inside.getBoundingClientRect().width;
        const box = tag.getBoundingClientRect();
        // Words that wrap fill the width that they have.
        const wraps = box.height > 1.8 * parseFloat(getComputedStyle(tag).lineHeight);
        if (!wraps && box.width > words + 32) wrong.push(`${where}: a tag drawn as a bar`);
      }
    }
    ruler.remove();
    return { cells: cells.length, wrong };
  });
  expect(wrong, `stacked tables on ${new URL(page.url()).pathname} at ${page.viewportSize()?.width} px`).toEqual([]);
  return cells;
}
