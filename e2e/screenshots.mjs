// Photographs the running example organisation.
//
//   node screenshots.mjs                          the pictures that docs/pages.md shows
//   node screenshots.mjs --every FOLDER           every page in both languages and themes, at three widths
//
// The program is the one that TOMONI_BIN names, or else the debug build.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { drawn, launch, reader } from "./browser.mjs";
import { demo } from "./installation.mjs";
import { PAGES } from "./pages.mjs";

const SHOWN = join(import.meta.dirname, "../docs/screenshots");
/** What a picture is called, the page it shows, and how far down it reaches. */
const DOCUMENTED = {
  overview: { path: "/", height: 900 },
  team: { path: "/teams/home", height: 900 },
  service: { path: "/services/unlock-api", height: 760 },
  slo: { path: "/slos/intercom-minutes", height: 1_180 },
  groups: { path: "/slos/property-sync", height: 1_080 },
  minutes: { path: "/slos/intercom-minutes/minutes", height: 900 },
  findings: { path: "/findings", height: 760 },
};
const NARROW = ["overview", "slo"];
const folder = process.argv[2] === "--every" ? process.argv[3] : undefined;
if (process.argv.length > 2 && folder === undefined) {
  console.error("usage: node screenshots.mjs [--every FOLDER]");
  process.exit(2);
}

/** All pictures to take: a reader, a page, a file. */
function* pictures() {
  if (folder === undefined) {
    for (const [name, { path, height }] of Object.entries(DOCUMENTED)) {
      for (const theme of ["light", "dark"]) {
        yield { theme, path, height, file: join(SHOWN, `${name}-${theme}.png`) };
      }
    }
    for (const name of NARROW) {
      const { path, height } = DOCUMENTED[name];
      yield { language: "ja", path, height, file: join(SHOWN, `${name}-ja.png`) };
      yield { width: 390, path, height: 844, file: join(SHOWN, `${name}-narrow.png`) };
    }
    return;
  }
  for (const language of ["en", "ja"]) {
    for (const theme of ["light", "dark"]) {
      for (const width of [1440, 1024, 390]) {
        for (const [name, path] of Object.entries(PAGES)) {
          const file = join(folder, language, theme, String(width), `${name.replaceAll(/\W+/g, "-")}.png`);
          yield { language, theme, width, path, file };
        }
      }
    }
  }
}

const [installation, browser] = await Promise.all([demo(), launch()]);
let taken = 0;
try {
  for (const { path, file, height, ...options } of pictures()) {
    const context = await reader(browser, installation.address, { ...options, cookies: { zone: "Asia/Tokyo" } });
    const page = await context.newPage();
    if (height !== undefined) await page.setViewportSize({ width: options.width ?? 1440, height });
    await page.goto(path);
    await drawn(page);
    await mkdir(join(file, ".."), { recursive: true });
    await page.screenshot({ path: file, fullPage: height === undefined });
    await context.close();
    taken += 1;
  }
} finally {
  await browser.close();
  await installation.stop();
}
console.log(`took ${taken} pictures`);
