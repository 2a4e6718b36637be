// The keyboard: `?` tells what there is.

import { base } from "./page.js";
import { toggleTheme } from "./preferences.js";

const PAIR_MS_MAX = 1_500;

/** Moves the focus to the next or the previous row's link. */
function move(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (by === 1 ? 0 : rows.length - 1) : here + by;
  const row = rows[next];
  row?.querySelector<HTMLElement>("a[href]")?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

/** One level up: the last link of the way here. */
function up(): void {
  const links = document.querySelectorAll<HTMLAnchorElement>(".breadcrumbs a");
  links[links.length - 1]?.click();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "SELECT", "TEXTAREA"].includes(target.tagName));
}

export function start(): void {
  const help = document.querySelector<HTMLDialogElement>("#keys");
  let goSince = -Infinity;
  const pairs: Record<string, string> = { o: "/", f: "/findings" };
  const single: Record<string, () => void> = {
    j: () => move(1),
    k: () => move(-1),
    u: up,
    t: toggleTheme,
    "?": () => help?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const isModified = event.ctrlKey || event.metaKey || event.altKey;
    if (isModified || isTyping(event.target) || help?.open) return;
    const path = pairs[event.key];
    const action = single[event.key];
    if (path !== undefined && event.timeStamp - goSince < PAIR_MS_MAX) {
      location.assign(`${base}${path}`);
    } else if (action !== undefined) {
      event.preventDefault();
      action();
    }
    goSince = event.key === "g" ? event.timeStamp : -Infinity;
  });
}
