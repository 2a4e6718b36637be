// Without JavaScript: figures, pictures, ways and choices are all there. And on paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, reader, size } from "../browser.mjs";
import { demo } from "../installation.mjs";
import { PAGES, SLOS } from "../pages.mjs";

let installation;
let browser;
before(async () => {
  [installation, browser] = await Promise.all([demo(), launch()]);
});
after(async () => {
  await browser?.close();
  await installation?.stop();
});

const plain = (options) => reader(browser, installation.address, { hasScript: false, ...options });

test("every SLO shows its figures and its pictures", async () => {
  const context = await plain();
  const page = await context.newPage();
  for (const [name, path] of Object.entries(SLOS)) {
    await page.goto(path);
    assert.equal(await page.locator("main .figure").filter({ visible: true }).count(), 3, name);
    const pictures = page.locator("main figure.chart > svg").filter({ visible: true });
    const hasPast = !["slo without data", "slo without traffic"].includes(name);
    if (hasPast) assert.ok((await pictures.count()) >= 3, `${name} has its pictures`);
    for (const picture of await pictures.all()) {
      const { width, height } = await picture.boundingBox();
      assert.ok(width > 300 && height > 50, `${name}: a picture of ${width} × ${height}`);
    }
  }
  await page.goto(SLOS["slo of events"]);
  const line = page.locator("[data-chart=remaining] svg.wide path.left-line");
  assert.ok((await line.getAttribute("d")).split("L").length > 50, "the line has points");
  await context.close();
});

test("the overview's figures are those of the API", async () => {
  const context = await plain();
  const page = await context.newPage();
  await page.goto("/");
  const { slos } = await (await fetch(`${installation.address}/api/v1/slos?limit=100`)).json();
  // Groups stand on the page of the SLO that they are groups of.
  const whole = slos.filter(({ group }) => group === undefined);
  const worst = whole.filter(({ state }) => state === "exhausted").map(({ name }) => name);
  assert.ok(worst.length > 0);
  for (const name of worst) {
    assert.ok((await page.locator(`main a[href^="/slos/${name}"]`).count()) > 0, `${name} is on the overview`);
  }
  await context.close();
});

test("language and theme are chosen by the form, and kept", async () => {
  const context = await plain();
  const page = await context.newPage();
  await page.goto("/slos/app-start-latency?objective=2");
  await page.locator(".settings summary").click();
  await page.getByRole("button", { name: "日本語" }).click();
  await page.locator('html[lang="ja"]').waitFor();
  assert.match(page.url(), /\/slos\/app-start-latency\?objective=2$/);
  await page.locator(".settings summary").click();
  await page.locator('button[name="theme"][value="dark"]').click();
  await page.locator('html[data-theme="dark"]').waitFor();
  await page.goto("/findings");
  assert.equal(await page.locator("html").getAttribute("lang"), "ja");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  await context.close();
});

test("links lead from the overview to a minute", async () => {
  const context = await plain();
  const page = await context.newPage();
  await page.goto("/");
  const follow = async (selector, pattern) => {
    await page.locator(selector).filter({ visible: true }).first().click();
    await page.waitForURL(pattern);
  };
  await follow("main a[href^='/teams/']", "**/teams/*");
  await follow("main a[href^='/services/']", "**/services/*");
  await follow("main a[href^='/slos/']", "**/slos/*");
  await page.goto(SLOS["slo of events"]);
  await follow("main figure a[href*='/minutes?']", "**/minutes?*");
  const times = page.locator("main table tbody tr");
  assert.ok((await times.count()) > 0, "minutes are listed");
  await follow("nav.pager a[rel=prev]", "**/minutes?*");
  assert.equal(await page.locator("main .figure").count(), 3);
  await context.close();
});

test("on paper stand figures, and nothing that only works on a screen", async () => {
  const context = await plain({ theme: "dark" });
  const page = await context.newPage();
  await page.emulateMedia({ media: "print" });
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(path);
    await page.setViewportSize(size(1024));
    assert.equal(await page.locator(".settings").isVisible(), false, `${name}: no choices`);
    assert.equal(await page.locator("nav.main").isVisible(), false, `${name}: no navigation`);
    assert.ok(await page.locator("h1").count(), `${name}: a heading`);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const ink = await page.evaluate(() => getComputedStyle(document.body).color);
    const light = (colour) => Number(/\d+/.exec(colour)[0]);
    assert.ok(light(ink) < 100 && (light(ground) > 200 || ground.endsWith(", 0)")), `${name}: ${ink} on ${ground}`);
  }
  await page.goto(SLOS["slo of events"]);
  assert.equal(await page.locator("main .figure").filter({ visible: true }).count(), 3);
  assert.ok((await page.locator("main figure.chart svg").filter({ visible: true }).count()) >= 3);
  const paper = await page.pdf({ format: "A4" });
  assert.equal(paper.subarray(0, 5).toString(), "%PDF-");
  assert.ok(paper.length > 20_000, `a paper of ${paper.length} bytes`);
  await context.close();
});
