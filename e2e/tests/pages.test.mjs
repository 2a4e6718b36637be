// Every page in both languages, both themes and at three widths: what must be true of all of them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { complaints, drawn, launch, overhang, reader, size, violations } from "../browser.mjs";
import { demo } from "../installation.mjs";
import { PAGES } from "../pages.mjs";

const WIDTHS = [1440, 1024, 390];
// Each language and theme, as the browser asks for it and as it was chosen before.
const READERS = {
  "in English, light": { language: "en", theme: "light", width: 1440 },
  "in Japanese, dark": { language: "ja", theme: "dark", width: 390 },
  "in Japanese, light, by choice": { language: "en", theme: "dark", width: 1440, cookies: { language: "ja", theme: "light" } },
  "in English, dark, by choice": { language: "ja", theme: "light", width: 390, cookies: { language: "en", theme: "dark" } },
};

let installation;
let browser;
before(async () => {
  [installation, browser] = await Promise.all([demo(), launch()]);
});
after(async () => {
  await browser?.close();
  await installation?.stop();
});

for (const [who, options] of Object.entries(READERS)) {
  test(`every page reads well ${who}`, async (t) => {
    const context = await reader(browser, installation.address, options);
    const page = await context.newPage();
    const said = complaints(page);
    const [language, theme] = [options.cookies?.language ?? options.language, options.cookies?.theme ?? options.theme];
    for (const [name, path] of Object.entries(PAGES)) {
      await t.test(name, async () => {
        said.length = 0;
        const answer = await page.goto(path);
        assert.equal(answer.status(), name.startsWith("no ") ? 404 : 200);
        await drawn(page);
        assert.equal(await page.locator("html").getAttribute("lang"), language);
        const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const [red] = /\d+/.exec(ground);
        assert.equal(Number(red) < 100, theme === "dark", `the ground is ${ground}`);
        assert.deepEqual(await violations(page), []);
        for (const width of WIDTHS) {
          await page.setViewportSize(size(width));
          assert.equal(await overhang(page), 0, `scrolls sideways at ${width} px`);
        }
        await page.setViewportSize(size(options.width));
        assert.deepEqual(said, []);
      });
    }
    await context.close();
  });
}

test("no words of one language stand in the other", async () => {
  const kana = /[\u3041-\u309f\u30a1-\u30fa]/;
  const words = async (language) => {
    const context = await reader(browser, installation.address, { language, hasScript: false });
    const page = await context.newPage();
    const found = {};
    for (const [name, path] of Object.entries(PAGES)) {
      await page.goto(path);
      const texts = await page.locator("h2, th, dt, button, summary, legend, .chip, .empty p").allInnerTexts();
      found[name] = texts.map((text) => text.trim()).filter((text) => text.length > 3);
    }
    await context.close();
    return found;
  };
  const [english, japanese] = [await words("en"), await words("ja")];
  for (const name of Object.keys(PAGES)) {
    // What people wrote themselves (names, reasons) may be in any language; headings are ours.
    const strange = english[name].filter((text) => kana.test(text) && text !== "日本語" && !/[(（]/.test(text));
    assert.deepEqual(strange, [], `${name} in English`);
    const isOurs = (text) => /^[A-Z][a-z]+( [a-z]+)+$/.test(text) && !japanese[name].includes(`${text} (`);
    const same = japanese[name].filter((text) => isOurs(text) && english[name].includes(text));
    assert.deepEqual(same, [], `${name} in Japanese`);
  }
});

test("the reference of the API is served as text", async () => {
  const answer = await fetch(`${installation.address}/api`);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /^# The API/);
});
