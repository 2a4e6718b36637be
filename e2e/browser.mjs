// Debian's Chromium, as quiet as it can be made, and what must be true of whatever it shows.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Heights that go with the widths at which pages are looked at. */
const HEIGHTS = { 1440: 900, 1024: 768, 390: 844 };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A reader with a browser of their own; `cookies` are choices such as `{ language: "ja" }`. */
export async function reader(browser, address, options = {}) {
  const { width = 1440, theme = "light", language = "en", cookies = {}, hasScript = true } = options;
  const context = await browser.newContext({
    viewport: size(width),
    baseURL: address,
    colorScheme: theme,
    locale: language === "ja" ? "ja-JP" : "en-GB",
    timezoneId: "Asia/Tokyo",
    javaScriptEnabled: hasScript,
    reducedMotion: "reduce",
  });
  const url = address;
  await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name: `tomoni_${name}`, value, url })));
  return context;
}

export function size(width) {
  return { width, height: HEIGHTS[width] ?? 900 };
}

/** What the console says against the page, reports of the policy among it; fills as it goes. */
export function complaints(page) {
  const said = [];
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // The browser reports the page's own status too: the 404 page is one.
    if (message.text().includes("404") && message.location().url === page.url()) return;
    said.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => said.push(`script: ${error.message}`));
  return said;
}

/** Waits until the scripts of an SLO's page have drawn what they draw. */
export async function drawn(page) {
  const charts = page.locator("[data-charts] [data-chart]");
  const count = await charts.count();
  for (let place = 0; place < count; place += 1) {
    await charts.nth(place).locator(".plot canvas").waitFor({ timeout: 15_000 });
  }
}

/** What axe finds: each rule that is broken, and where. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async (values) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }, RULES);
  return found;
}

/** How far the page lets itself be scrolled sideways, once it has taken the width it was given. */
export function overhang(page) {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    scrollTo({ left: 10_000, behavior: "instant" });
    const far = scrollX;
    scrollTo({ left: 0, behavior: "instant" });
    return far;
  });
}
