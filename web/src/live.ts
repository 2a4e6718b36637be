// Figures in place. The server says over `/events` that a tick settled new minutes; the page is
// fetched again as it is and its live parts are exchanged, so that every figure is written in one
// place only, by the server. Nothing scrolls, focus stays where it was, what was opened stays open.

import { base } from "./page.js";

const root = document.documentElement;

/** Sent on `document` after the figures were exchanged. */
export const TICK = "tomoni:tick";

let isWanted = false;
let isBusy = false;

/** Live parts that lie in no other live part. */
function parts(within: ParentNode): HTMLElement[] {
  return [...within.querySelectorAll<HTMLElement>("[data-live]")].filter(
    (part) => part.parentElement?.closest("[data-live]") === null,
  );
}

/** Exchanges one part; what it held open or focused stays so. */
function exchange(old: HTMLElement, fresh: HTMLElement): void {
  if (old.innerHTML === fresh.innerHTML && old.className === fresh.className) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const address = focused?.getAttribute("href") ?? null;
  if (focused !== null && address === null) return;
  const opened = [...old.querySelectorAll("details")].map((details) => details.open);
  const next = document.importNode(fresh, true);
  for (const [place, details] of next.querySelectorAll("details").entries()) {
    details.open = opened[place] ?? details.open;
  }
  const isNew = old.textContent !== next.textContent;
  old.replaceWith(next);
  if (isNew) next.classList.add("is-new");
  if (address !== null) {
    next.querySelector<HTMLElement>(`[href="${CSS.escape(address)}"]`)?.focus({ preventScroll: true });
  }
}

async function refresh(): Promise<void> {
  isWanted = true;
  if (isBusy || document.hidden) return;
  isBusy = true;
  try {
    while (isWanted) {
      isWanted = false;
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = new Map(parts(page).map((part) => [part.dataset["live"], part]));
      const old = parts(document);
      const isSame = old.length === fresh.size && old.every((part) => fresh.has(part.dataset["live"]));
      const [content, next] = [document.querySelector("main"), page.querySelector("main")];
      if (!isSame && content && next && !content.contains(document.activeElement) && !content.querySelector("[data-charts]")) {
        content.replaceChildren(...[...next.childNodes].map((node) => document.importNode(node, true)));
      }
      for (const part of parts(document)) {
        const counterpart = fresh.get(part.dataset["live"]);
        if (counterpart !== undefined) exchange(part, counterpart);
      }
      document.dispatchEvent(new Event(TICK));
    }
  } catch {
    // The network is away; the stream says so, and asks again when it is back.
  } finally {
    isBusy = false;
  }
}

export function start(): void {
  if (root.dataset["events"] === undefined) return;
  const stream = new EventSource(`${base}/events`);
  stream.addEventListener("open", () => (root.dataset["stream"] = "open"));
  stream.addEventListener("error", () => (root.dataset["stream"] = "closed"));
  stream.addEventListener("tick", () => void refresh());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && isWanted) void refresh();
  });
}
