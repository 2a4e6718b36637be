// Language, theme and zone. Without this script the form posts, and the server answers with the page.

import { keep, kept, zone } from "./page.js";

const root = document.documentElement;

/** Puts a theme on, at once and for the next pages. */
function wear(theme: string): void {
  root.dataset["theme"] = theme;
  keep("theme", theme);
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[name="theme"]')) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

/** From dark to light and back, whatever the system prefers. */
export function toggleTheme(): void {
  const isSystemDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = root.dataset["theme"];
  const isDark = theme === "dark" || (theme !== "light" && isSystemDark);
  wear(isDark ? "light" : "dark");
}

/** The viewer's zone is known only here: it is told once, and the page drawn again in it. */
function tellZone(): void {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (own === undefined || own === zone || kept("zone") === own) return;
  keep("zone", own);
  // Where cookies are refused, the page stays in the server's zone, which it names.
  if (kept("zone") === own) location.reload();
}

export function start(): void {
  tellZone();
  const menu = document.querySelector<HTMLDetailsElement>("details.settings");
  menu?.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button === null) return;
    event.preventDefault();
    if (button.name === "theme") {
      wear(button.value);
    } else if (button.name === "language") {
      keep("language", button.value);
      // What was chosen goes before what the address asked for.
      const address = new URL(location.href);
      address.searchParams.delete("lang");
      if (address.href === location.href) location.reload();
      else location.replace(address);
    }
  });
  document.addEventListener("click", (event) => {
    if (menu?.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
  menu?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
}
