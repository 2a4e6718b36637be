// Photographs every sample page in both languages, both themes, at three widths, and holds each
// against what must be true of a page: no axe violation, no console error, no sideways scrolling.
//
//   node screenshots.mjs SITE OUT [--only SUBSTRING] [--every] [--no-script] [--check-only]
//        [--themes light,dark] [--languages en,ja] [--widths 1440,1024,390]
//
// Of the thirty SLO pages only those are looked at that differ in kind, unless told `--every`.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { launch } from "./browser.mjs";
import { serve } from "./site.mjs";

const [site, out] = process.argv.slice(2);
const option = (name) => {
  const place = process.argv.indexOf(name);
  return place < 0 ? undefined : process.argv[place + 1] ?? "";
};
const only = option("--only") ?? "";
const hasScript = option("--no-script") === undefined;
const takesPictures = option("--check-only") === undefined;
const themes = (option("--themes") ?? "light,dark").split(",");
const languages = (option("--languages") ?? "en,ja").split(",");
const widths = (option("--widths") ?? "1440,1024,390").split(",").map(Number);
const HEIGHTS = { 1440: 900, 1024: 768, 390: 844 };

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pages = JSON.parse(await readFile(join(site, "pages.json"), "utf8"));
const TELLING = [
  "unlock-availability", "unlock-latency", "delivery-handover", "radio-heartbeat", "visitor-checkin",
  "lab-temperature", "battery-report", "metrics-freshness", "calendar-sync", "command-ack", "badge-import",
];
const isEvery = option("--every") !== undefined || only !== "";
const isTelling = ({ name }) =>
  isEvery || !name.startsWith("slo-") || TELLING.some((slo) => name.startsWith(`slo-${slo}`));
const chosen = pages.filter((page) => page.name.includes(only) && isTelling(page));
const { address, stop } = await serve(site);
const browser = await launch();
const problems = [];
let looked = 0;

for (const theme of themes) {
  for (const language of languages) {
    for (const width of widths) {
      const context = await browser.newContext({
        viewport: { width, height: HEIGHTS[width] ?? 900 },
        colorScheme: theme,
        locale: language,
        timezoneId: "Asia/Tokyo",
        javaScriptEnabled: hasScript,
        bypassCSP: false,
        reducedMotion: "reduce",
      });
      const folder = join(out, language, theme, String(width));
      await mkdir(folder, { recursive: true });
      const page = await context.newPage();
      for (const { name } of chosen) {
        const where = `${language}/${theme}/${width}/${name}`;
        const said = (text) => {
          problems.push(text);
          console.log(`${where}: ${text}`);
        };
        const onConsole = (message) => {
          if (["error", "warning"].includes(message.type())) said(`console: ${message.text()}`);
        };
        const onError = (error) => said(`script: ${error.message}`);
        page.on("console", onConsole).on("pageerror", onError);
        await page.goto(`${address}/${language}/${theme}/${name}.html`, { waitUntil: "load" });
        if (hasScript && (await page.locator("[data-charts]").count()) > 0) {
          await page.locator(".chart.has-plot canvas").first().waitFor({ timeout: 5000 });
        }
        await look(page, width, said);
        if (takesPictures) {
          await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
        }
        page.off("console", onConsole).off("pageerror", onError);
        looked += 1;
      }
      await context.close();
    }
  }
}

/** What must be true of a page; axe runs where scripts may. */
async function look(page, width, said) {
  if (!hasScript) return;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > width) said(`is ${wide} px wide`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  for (const { id, nodes } of violations) {
    said(`axe ${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
  }
}

await browser.close();
stop();
console.log(`looked at ${looked} pages, ${problems.length} problems`);
process.exit(problems.length > 0 ? 1 : 0);
