// What the scripts add: zoom and hover, choices at once, figures that live.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import { complaints, drawn, launch, reader } from "../browser.mjs";
import { demo } from "../installation.mjs";

/** A minute is settled once a minute. */
const TICK_MS_MAX = 100_000;

let installation;
let browser;
let context;
let page;
let said;
before(async () => {
  [installation, browser] = await Promise.all([demo(), launch()]);
});
beforeEach(async () => {
  await context?.close();
  context = await reader(browser, installation.address);
  page = await context.newPage();
  said = complaints(page);
});
after(async () => {
  await browser?.close();
  await installation?.stop();
});

/** The middle of a chart's plot, a share of its width from the left. */
async function spot(plot, share) {
  const box = await plot.locator(".u-over").boundingBox();
  return [box.x + box.width * share, box.y + box.height / 2];
}

test("a chart tells what is under the pointer, zooms in, and goes back", async () => {
  await page.goto("/slos/unlock-availability");
  await drawn(page);
  const chart = page.locator("[data-chart=remaining]");
  await chart.scrollIntoViewIfNeeded();
  const tip = chart.locator(".plot-tip");
  await page.mouse.move(...(await spot(chart, 0.3)));
  await tip.waitFor({ state: "visible" });
  const first = await tip.textContent();
  assert.match(first, /%.*\d{2}:\d{2}/);
  await page.mouse.move(...(await spot(chart, 0.7)));
  assert.notEqual(await tip.textContent(), first, "another place tells another figure");

  const reset = page.locator(".plot-reset");
  assert.equal(await reset.isVisible(), false);
  const asked = page.waitForResponse((answer) => answer.url().includes("/series"));
  await page.mouse.move(...(await spot(chart, 0.6)));
  await page.mouse.down();
  await page.mouse.move(...(await spot(chart, 0.8)), { steps: 4 });
  await page.mouse.up();
  const closer = await asked;
  assert.equal(closer.status(), 200);
  const { searchParams } = new URL(closer.url());
  const days = (Date.parse(searchParams.get("to")) - Date.parse(searchParams.get("from"))) / 86_400_000;
  assert.ok(days > 4 && days < 8, `a fifth of 28 to 30 days is ${days} days`);
  await reset.waitFor({ state: "visible" });
  const back = page.waitForResponse((answer) => answer.url().includes("/series"));
  await reset.click();
  assert.equal((await back).status(), 200);
  await reset.waitFor({ state: "hidden" });
  assert.deepEqual(said, []);
});

test("the theme changes at once, charts too, without a reload", async () => {
  await page.goto("/slos/unlock-availability");
  await drawn(page);
  await page.evaluate(() => (globalThis.isSame = true));
  const canvas = page.locator("[data-chart=remaining] canvas");
  const light = await canvas.evaluate((canvas) => canvas.toDataURL());
  await page.locator(".settings summary").click();
  await page.locator('button[name="theme"][value="dark"]').click();
  await page.locator('html[data-theme="dark"]').waitFor();
  await page.waitForFunction(
    (before) => document.querySelector("[data-chart=remaining] canvas").toDataURL() !== before,
    light,
  );
  assert.equal(await page.evaluate(() => globalThis.isSame), true, "the page was not loaded again");
  await page.goto("/");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  assert.deepEqual(said, []);
});

test("the language changes, and the page, its objective and the theme stay", async () => {
  await page.goto("/slos/app-start-latency?objective=2");
  await page.keyboard.press("t");
  await page.locator(".settings summary").click();
  await page.getByRole("button", { name: "日本語" }).click();
  await page.locator('html[lang="ja"][data-theme="dark"]').waitFor();
  assert.match(page.url(), /\/slos\/app-start-latency\?objective=2$/);
  await drawn(page);
  await page.locator("[data-chart=sli]").scrollIntoViewIfNeeded();
  await page.mouse.move(...(await spot(page.locator("[data-chart=sli]"), 0.5)));
  assert.match(await page.locator("[data-chart=sli] .plot-tip").textContent(), /失敗/);
  assert.deepEqual(said, []);
});

test("times are told in the reader's zone from the second page on", async () => {
  await page.goto("/");
  await page.waitForFunction(() => document.cookie.includes("tomoni_zone"));
  await page.goto("/slos/unlock-availability/minutes");
  assert.equal(await page.locator("html").getAttribute("data-zone"), "Asia/Tokyo");
});

test("a settled minute brings new figures; focus, scrolling and what is open stay", async () => {
  await page.goto("/slos/unlock-availability");
  await drawn(page);
  const asOf = page.locator(".as-of time");
  const before = await asOf.getAttribute("datetime");
  await page.locator("html[data-stream=open]").waitFor();
  await page.evaluate(() => {
    globalThis.isSame = true;
    globalThis.ticks = 0;
    document.addEventListener("tomoni:tick", () => (globalThis.ticks += 1));
  });
  await page.locator(".figure.budget a").focus();
  await page.mouse.wheel(0, 400);
  await page.waitForFunction(() => scrollY > 300);
  const [far, href] = await page.evaluate(() => [scrollY, document.activeElement.getAttribute("href")]);
  await page.waitForFunction(
    (before) => document.querySelector(".as-of time").getAttribute("datetime") > before,
    before,
    { timeout: TICK_MS_MAX },
  );
  const now = await page.evaluate(() => ({
    isSame: globalThis.isSame,
    far: scrollY,
    href: document.activeElement.getAttribute("href"),
    isConnected: document.activeElement.isConnected,
  }));
  assert.deepEqual(now, { isSame: true, far, href, isConnected: true });
  await page.waitForFunction(() => globalThis.ticks > 0);
  // What the script put there is what the server would draw now.
  const fresh = await (await fetch(page.url())).text();
  const told = await asOf.getAttribute("datetime");
  assert.ok(fresh.includes(`datetime="${told}"`), "the figures are those of the server");
  assert.deepEqual(said, []);
});

test("when the server goes away the page says so, and still shows its figures", async () => {
  const other = await demo();
  const away = await reader(browser, other.address);
  const left = await away.newPage();
  await left.goto("/");
  await left.locator("html[data-stream=open]").waitFor();
  await other.stop();
  await left.locator("html[data-stream=closed]").waitFor();
  assert.ok((await left.locator(".tally").count()) > 3);
  await away.close();
});
