// What a chart asks the server for: crates/server/src/ui/series.rs in TypeScript.

/** Something on the time axis. */
export interface SeriesSpan {
  kind: "gap" | "exclusion" | "backfill" | "generation" | "revision" | "ticket" | "page";
  /** Seconds since the Unix epoch. */
  from: number;
  until: number;
  /** A reason or a name; may be empty. */
  note: string;
}

/** Figures over time, in columns that are all as long as `t`; `null` means unknown. */
export interface Series {
  slo: string;
  objective: number;
  /** The share that should be good. */
  target: number;
  /** The distance of two points, in seconds. */
  step: number;
  /** The end of each step, in seconds since the Unix epoch. */
  t: number[];
  /** What was left of the budget, as a fraction. */
  remaining: (number | null)[];
  /** The service level over the window that ends there. */
  sli: (number | null)[];
  /** Coverage of that window was below 0.9. */
  is_partial: boolean[];
  /** Bad events in the step. */
  bad: (number | null)[];
  /** All events in the step. */
  total: (number | null)[];
  spans: SeriesSpan[];
}

/** A stretch of time, in seconds since the Unix epoch. */
export type Range = [from: number, until: number];

/** Points that a picture can show. */
const POINTS = 300;

/** Asks for a stretch, in steps that fill a picture. */
export async function ask(address: string, [from, until]: Range): Promise<Series> {
  const url = new URL(address, location.href);
  const instant = (seconds: number) => new Date(seconds * 1_000).toISOString();
  url.searchParams.set("from", instant(from));
  url.searchParams.set("to", instant(until));
  const step = Math.max(60, Math.ceil((until - from) / POINTS / 60) * 60);
  url.searchParams.set("step", String(step));
  const answer = await fetch(url, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url.pathname}: ${answer.status}`);
  return (await answer.json()) as Series;
}
