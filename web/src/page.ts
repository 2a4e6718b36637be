// What every script knows of its page: where it stands, whose language and clock it speaks.

const root = document.documentElement;

/** What stands before every path when a proxy adds it; else empty. */
export const base = root.dataset["base"] ?? "";

/** The language that the page was drawn in. */
export const language = root.lang || "en";

/** The zone that the page's times are in. */
export const zone = root.dataset["zone"] ?? "UTC";

/** Keeps a choice for a year, where the server reads it with the next request. */
export function keep(name: string, value: string): void {
  const path = base === "" ? "/" : base;
  const year = 365 * 24 * 60 * 60;
  document.cookie = `tomoni_${name}=${encodeURIComponent(value)}; path=${path}; max-age=${year}; samesite=lax`;
}

/** A choice that was kept. */
export function kept(name: string): string | undefined {
  const start = `tomoni_${name}=`;
  const cookie = document.cookie.split("; ").find((cookie) => cookie.startsWith(start));
  return cookie === undefined ? undefined : decodeURIComponent(cookie.slice(start.length));
}
