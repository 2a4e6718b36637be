// With the keyboard alone: everything can be reached, in order, seen, and followed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { complaints, drawn, launch, reader } from "../browser.mjs";
import { demo } from "../installation.mjs";
import { PAGES } from "../pages.mjs";

let installation;
let browser;
let context;
let page;
before(async () => {
  [installation, browser] = await Promise.all([demo(), launch()]);
  context = await reader(browser, installation.address);
  page = await context.newPage();
});
after(async () => {
  await browser?.close();
  await installation?.stop();
});

/** Where the focus is among everything that one should come to, and whether one sees it there. */
function focused() {
  return page.evaluate(() => {
    const all = document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]");
    const isWanted = (element) =>
      element.checkVisibility({ visibilityProperty: true }) &&
      element.getAttribute("tabindex") !== "-1" && element.type !== "hidden" && !element.disabled;
    const wanted = [...all].filter(isWanted);
    const element = document.activeElement;
    // A tile is one link: the ring is around the whole of it.
    const { outlineStyle, outlineWidth } = getComputedStyle(element.closest(".tile") ?? element);
    const isRinged = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
    const box = element.getBoundingClientRect();
    const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && box.width > 0;
    const what = `${element.outerHTML.slice(0, 120)} at ${box.left}, ${box.top}, ringed ${outlineStyle} ${outlineWidth}`;
    return { count: wanted.length, place: wanted.indexOf(element), isSeen: isRinged && isInside && element.matches(":focus-visible"), what };
  });
}

for (const [name, path] of Object.entries(PAGES)) {
  test(`Tab comes to everything on ${name}, in order, and one sees where`, async () => {
    await page.goto(path);
    await drawn(page);
    const { count } = await focused();
    assert.ok(count >= 5, `only ${count} things to come to`);
    for (let place = 0; place < count; place += 1) {
      await page.keyboard.press("Tab");
      const { place: here, isSeen, what } = await focused();
      assert.equal(here, place, `Tab ${place + 1} of ${count} came to ${what}`);
      assert.ok(isSeen, `one does not see the focus on ${what}`);
    }
  });
}

test("the first link skips to the content", async () => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").getAttribute("href"), "#content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.ok(await page.locator("main :focus").count(), "the next Tab is in the content");
});

test("j and k go from row to row, Enter opens, u goes up", async () => {
  const said = complaints(page);
  await page.goto("/");
  const links = page.locator("[data-row]").locator("a[href]:first-of-type");
  const row = () => page.evaluate(() => [...document.querySelectorAll("[data-row]")].findIndex((row) => row.contains(document.activeElement)));
  assert.ok((await links.count()) > 3);
  const order = [];
  for (const key of ["j", "j", "j", "k"]) {
    await page.keyboard.press(key);
    order.push(await row());
  }
  assert.deepEqual(order, [0, 1, 2, 1]);
  const address = await page.locator(":focus").getAttribute("href");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => `${url.pathname}${url.search}` === address);
  const above = await page.locator(".breadcrumbs a").last().getAttribute("href");
  await page.keyboard.press("u");
  await page.waitForURL((url) => url.pathname === above);
  assert.deepEqual(said, []);
});

test("g f and g o go to the findings and to the overview", async () => {
  await page.goto("/slos/unlock-latency");
  await page.keyboard.press("g");
  await page.keyboard.press("f");
  await page.waitForURL("**/findings");
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.waitForURL((url) => url.pathname === "/");
});

test("? tells the keys, Escape closes, t changes the theme", async () => {
  await page.goto("/");
  await page.keyboard.press("?");
  const help = page.locator("#keys");
  await help.waitFor({ state: "visible" });
  assert.equal(await help.locator("dt").count(), 8);
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  await page.keyboard.press("t");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  await page.keyboard.press("t");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "light");
});

test("Display opens by Enter, and a language is chosen by the keyboard", async () => {
  await page.goto("/findings");
  await page.locator(".settings summary").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").getAttribute("value"), "ja");
  await page.keyboard.press("Enter");
  await page.locator('html[lang="ja"]').waitFor();
  assert.equal(new URL(page.url()).pathname, "/findings");
});

test("every figure opens, by Enter alone, down to a minute", async () => {
  await context.clearCookies();
  await page.goto("/");
  const follow = async (locator, pattern) => {
    await locator.first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(pattern);
  };
  await follow(page.locator("main a[href^='/teams/']"), "**/teams/*");
  await follow(page.locator("main a[href^='/slos/']"), "**/slos/*");
  await follow(page.locator(".figure.budget a[href='#explain']"), "**/slos/*#explain");
  const days = page.locator("main a[href*='/minutes?']").filter({ visible: true });
  await follow(days, "**/minutes?*");
  assert.ok((await page.locator("svg a, table tbody tr").count()) > 0, "there are minutes");
});
