// Installations that are not the example: one with nothing yet, one with a file that broke.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { complaints, launch, overhang, reader, violations } from "../browser.mjs";
import { serve } from "../installation.mjs";

/** An SLO whose counts are pushed, so that no other server is needed. */
const slo = (target) => `apiVersion: openslo/v1
kind: Service
metadata: { name: parcel-locker }
spec: {}
---
apiVersion: openslo/v1
kind: SLO
metadata: { name: locker-opens, displayName: Lockers open }
spec:
  service: parcel-locker
  indicator:
    metadata: { name: locker-opens }
    spec:
      ratioMetric:
        rawType: success
        raw: { metricSource: { type: tomoni.dev/push, spec: { sli: locker-opens } } }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: ${target} }]
`;

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

/** Serves a folder of its own while `look` looks at it. */
async function served(files, look) {
  const folder = await mkdtemp(join(tmpdir(), "tomoni-e2e-specs-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const installation = await serve(folder);
  const context = await reader(browser, installation.address);
  try {
    const page = await context.newPage();
    const said = complaints(page);
    await look(page, folder);
    assert.deepEqual(said, []);
  } finally {
    await context.close();
    await installation.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a document anew and waits until the page that is open has the server's answer to it. */
async function rewritten(page, file, text, locator) {
  await page.locator("html[data-stream=open]").waitFor();
  await writeFile(file, text);
  await locator.waitFor({ timeout: 60_000 });
}

test("an empty folder says what to do next, in both languages", async () => {
  await served({}, async (page) => {
    await page.goto("/");
    const empty = page.locator("main .empty");
    await empty.waitFor();
    assert.match(await empty.innerText(), /\S+ \S+ \S+/);
    assert.deepEqual(await violations(page), []);
    assert.equal(await overhang(page), 0);
    const english = await empty.innerText();
    await page.locator(".settings summary").click();
    await page.getByRole("button", { name: "日本語" }).click();
    await page.locator('html[lang="ja"]').waitFor();
    assert.match(await empty.innerText(), /[ぁ-ん]/);
    assert.notEqual(await empty.innerText(), english);
    await page.goto("/findings");
    assert.deepEqual(await violations(page), []);
  });
});

test("the first document shows up by itself on the page that is open", async () => {
  await served({}, async (page, folder) => {
    await page.goto("/");
    await rewritten(page, join(folder, "locker.yaml"), slo("0.98"), page.locator("main a[href^='/slos/locker-opens']").first());
    await page.goto("/slos/locker-opens");
    assert.equal(await page.locator("main .figure").first().locator(".huge").innerText(), "98%");
    assert.deepEqual(await violations(page), []);
  });
});

test("a file that breaks keeps the last good revision, and is a finding", async () => {
  await served({ "locker.yaml": slo("0.98") }, async (page, folder) => {
    await page.goto("/findings");
    const finding = page.locator("main").getByText("locker.yaml");
    assert.equal(await finding.count(), 0);
    await rewritten(page, join(folder, "locker.yaml"), slo("1.98"), finding.first());
    assert.match(await page.locator("main").innerText(), /1\.98/);
    assert.deepEqual(await violations(page), []);
    await page.goto("/slos/locker-opens");
    assert.equal(await page.locator("main .figure").first().locator(".huge").innerText(), "98%");
    await page.goto("/findings");
    await rewritten(page, join(folder, "locker.yaml"), slo("0.95"), page.locator("main .empty").first());
    await page.goto("/slos/locker-opens");
    assert.equal(await page.locator("main .figure").first().locator(".huge").innerText(), "95%");
  });
});
