// One chart: a picture of the server's, drawn again on a canvas, with hover and zoom.

import uPlot from "uplot";

import { language, zone } from "./page.js";
import type { Range, Series, SeriesSpan } from "./series.js";

/** A colour of the style, by its name; the theme may change at any time. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const number = (places: number, most = places) =>
  new Intl.NumberFormat(language, {
    style: "percent",
    minimumFractionDigits: places,
    maximumFractionDigits: most,
  });
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat(language === "ja" ? "ja" : "en-GB", {
  timeZone: zone,
  day: "numeric",
  month: language === "ja" ? "numeric" : "short",
});
const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: zone,
  hour: "2-digit",
  minute: "2-digit",
});

/** What a chart shows, and in which words. */
export interface Kind {
  column: "remaining" | "sli";
  /** What the tip calls bad events, such as `bad`. */
  bad: string;
}

/** What happens when somebody zooms; `undefined` is the way back. */
export type Zoom = (range: Range | undefined) => void;

const DAY_S = 86_400;
const AXIS_SHARE = 76 / 1_100;
const AXIS_SHARE_NARROW = 76 / 380;
const NARROW_PX = 600;

export class Plot {
  private readonly u: uPlot;
  private readonly tip: HTMLElement;
  private series: Series;

  constructor(
    private readonly figure: HTMLElement,
    series: Series,
    private readonly kind: Kind,
    private readonly zoom: Zoom,
  ) {
    this.series = series;
    const { width, height } = this.room();
    const box = document.createElement("div");
    box.className = "plot";
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", this.told());
    this.tip = document.createElement("div");
    this.tip.className = "plot-tip";
    this.tip.hidden = true;
    this.u = new uPlot(this.options(width, height), this.columns(), box);
    this.u.over.append(this.tip);
    figure.append(box);
    figure.classList.add("has-plot");
  }

  /** The size of the picture that stands there. */
  private room(): { width: number; height: number } {
    const shown = [...this.figure.querySelectorAll("svg")].find((svg) => svg.getBoundingClientRect().width > 0);
    const box = shown?.getBoundingClientRect();
    return { width: Math.round(box?.width ?? 600), height: Math.round(box?.height ?? 200) };
  }

  private told(): string {
    const caption = this.figure.querySelector("figcaption")?.textContent ?? "";
    return `${caption}. ${this.figure.querySelector("svg desc")?.textContent ?? ""}`;
  }

  private columns(): uPlot.AlignedData {
    const values = this.series[this.kind.column];
    const { is_partial: partial } = this.series;
    // A dotted line for what is partial; it reaches to its whole neighbours, so that none is torn.
    const whole = values.map((value, place) => (partial[place] ? null : value));
    const dotted = values.map((value, place) =>
      partial[place - 1] || partial[place] || partial[place + 1] ? value : null,
    );
    return [this.series.t, whole, dotted];
  }

  /** Shows other figures. */
  show(series: Series): void {
    this.series = series;
    this.u.setData(this.columns());
  }

  /** Draws again, in whatever colours hold now. */
  redraw(): void {
    this.u.redraw(false, false);
  }

  /** Takes the width that there is now. */
  fit(): void {
    this.figure.classList.remove("has-plot");
    const room = this.room();
    this.figure.classList.add("has-plot");
    this.u.setSize(room);
  }

  private options(width: number, height: number): uPlot.Options {
    const isNarrow = width < NARROW_PX;
    const axis = width * (isNarrow ? AXIS_SHARE_NARROW : AXIS_SHARE);
    const font = `${isNarrow ? 12 : Math.round((13 * width) / 1_100)}px ${getComputedStyle(document.body).fontFamily}`;
    const grid = { stroke: () => colour("--rule"), width: 1 };
    return {
      width,
      height,
      padding: [10, 14, 0, 0],
      legend: { show: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), zone),
      scales: { x: { time: true }, y: { range: (_, low, high) => this.range(low, high) } },
      cursor: {
        sync: { key: "course", scales: ["x", null] },
        drag: { x: true, y: false, setScale: false },
        points: { size: 9, stroke: () => colour("--sheet"), fill: () => colour("--ink") },
      },
      axes: [
        { stroke: () => colour("--ink-2"), font, grid, ticks: { show: false }, size: 28, space: 76, splits: (_, _axis, from, until) => timeTicks(from, until, isNarrow), values: (_, splits) => splits.map((at) => label(at, (splits[1] ?? at) - (splits[0] ?? at))) },
        { stroke: () => colour("--ink-2"), font, grid, ticks: { show: false }, size: axis, space: 34, values: (_, splits) => splits.map((value) => this.written(value, splits)) },
      ],
      series: [
        {},
        {
          width: 2.25,
          points: { show: false },
          fillTo: () => (this.kind.column === "remaining" ? 0 : this.series.target),
          stroke: (u) => this.ink(u),
          fill: (u) => this.wash(u),
        },
        { width: 2.25, dash: [1, 5], cap: "round", points: { show: false }, stroke: () => colour("--ink-2") },
      ],
      hooks: {
        drawClear: [(u) => this.spans(u)],
        draw: [(u) => this.line(u)],
        setCursor: [(u) => this.point(u)],
        setSelect: [(u) => this.selected(u)],
      },
    };
  }

  private range(low: number | null, high: number | null): uPlot.Range.MinMax {
    if (this.kind.column === "remaining") return [Math.min(0, low ?? 0), Math.max(1, high ?? 1)];
    const target = this.series.target;
    const [from, until] = [Math.min(low ?? target, target), Math.max(high ?? target, target)];
    const margin = Math.max(until - from, (1 - target) * 0.1) * 0.12;
    return [Math.max(0, from - margin), Math.min(1, until + margin)];
  }

  private written(value: number, splits: number[]): string {
    const step = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0)) * 100;
    const isEnough = (places: number) => Math.abs(step * 10 ** places - Math.round(step * 10 ** places)) < 1e-6;
    const places = [0, 1, 2, 3, 4, 5].find(isEnough) ?? 6;
    return number(places).format(value);
  }

  /** Where the line turns from good to bad: nothing left, or below the objective. */
  private turn(u: uPlot): number {
    return u.valToPos(this.kind.column === "remaining" ? 0 : this.series.target, "y", true);
  }

  /** One colour above the turn, another below. */
  private split(u: uPlot, above: string, below: string): CanvasGradient | string {
    const { top, height } = u.bbox;
    const share = (this.turn(u) - top) / height;
    if (!Number.isFinite(share) || height <= 0) return above;
    const gradient = u.ctx.createLinearGradient(0, top, 0, top + height);
    const at = Math.min(1, Math.max(0, share));
    gradient.addColorStop(0, above);
    gradient.addColorStop(at, above);
    gradient.addColorStop(at, below);
    gradient.addColorStop(1, below);
    return gradient;
  }

  private ink(u: uPlot): CanvasGradient | string {
    if (this.kind.column === "sli") return colour("--ink");
    return this.split(u, colour("--green"), colour("--red"));
  }

  private wash(u: uPlot): CanvasGradient | string {
    const above = this.kind.column === "sli" ? "transparent" : `${colour("--green-fill")}29`;
    return this.split(u, above, `${colour("--red-fill")}47`);
  }

  /** Behind the line: what is unknown, what does not count, what changed. */
  private spans(u: uPlot): void {
    const { top, height, left, width } = u.bbox;
    for (const span of this.series.spans) {
      const from = Math.max(left, u.valToPos(span.from, "x", true));
      const until = Math.min(left + width, u.valToPos(span.until, "x", true));
      if (until < left || from > left + width) continue;
      paint(u.ctx, span, from, Math.max(2, until - from), top, height);
    }
  }

  /** The objective, or nothing left. */
  private line(u: uPlot): void {
    const { left, width } = u.bbox;
    const isGoal = this.kind.column === "sli";
    u.ctx.save();
    u.ctx.strokeStyle = colour(isGoal ? "--indigo" : "--ink-2");
    u.ctx.lineWidth = (isGoal ? 2 : 1.25) * devicePixelRatio;
    u.ctx.setLineDash(isGoal ? [7 * devicePixelRatio, 4 * devicePixelRatio] : []);
    u.ctx.beginPath();
    u.ctx.moveTo(left, this.turn(u));
    u.ctx.lineTo(left + width, this.turn(u));
    u.ctx.stroke();
    u.ctx.restore();
  }

  /** The figures under the pointer. */
  private point(u: uPlot): void {
    const place = u.cursor.idx;
    const at = place == null ? undefined : this.series.t[place];
    const isOver = (u.cursor.left ?? -1) >= 0;
    this.tip.hidden = at === undefined || !isOver;
    if (place == null || at === undefined) return;
    const value = this.series[this.kind.column][place] ?? null;
    const places = this.kind.column === "sli" ? 5 : 1;
    const figure = document.createElement("strong");
    figure.textContent = value === null ? "–" : number(0, places).format(value);
    const [bad, total] = [this.series.bad[place], this.series.total[place]];
    const counts = bad == null || total == null ? "" : ` · ${this.kind.bad} ${whole.format(bad)} / ${whole.format(total)}`;
    this.tip.replaceChildren(figure, `${day.format(at * 1_000)} ${clock.format(at * 1_000)}${counts}`);
    const left = u.cursor.left ?? 0;
    const isRight = left > u.over.clientWidth / 2;
    const x = isRight ? left - this.tip.offsetWidth - 14 : left + 14;
    this.tip.style.transform = `translate(${Math.max(0, x)}px, 4px)`;
  }

  private selected(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 8) return;
    const range: Range = [u.posToVal(left, "x"), u.posToVal(left + width, "x")];
    u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.zoom(range);
  }
}

/** How far apart an axis of time has its ticks, in seconds: as the server's pictures. */
const STEPS_S = [300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, DAY_S, 2 * DAY_S, 7 * DAY_S, 14 * DAY_S, 28 * DAY_S];
const LABEL_WIDTH = 76;
/** 1970-01-05 was a Monday. */
const MONDAY_S = 4 * DAY_S;

/** Seconds that the zone's clock is ahead of UTC at an instant. */
function ahead(at: number): number {
  const clock = uPlot.tzDate(new Date(at * 1_000), zone);
  return Math.round((Date.UTC(clock.getFullYear(), clock.getMonth(), clock.getDate(), clock.getHours(), clock.getMinutes(), clock.getSeconds()) - at * 1_000) / 1_000);
}

/** Round instants of the zone's clock: midnights for days, Mondays for weeks. */
function timeTicks(from: number, until: number, isNarrow: boolean): number[] {
  const plot = isNarrow ? 290 : 1_010;
  const room = Math.floor(plot / LABEL_WIDTH);
  const step = STEPS_S.find((step) => (until - from) / step < room) ?? 28 * DAY_S;
  const base = step % (7 * DAY_S) === 0 ? MONDAY_S : 0;
  const ticks: number[] = [];
  let local = Math.ceil((from + ahead(from) - base) / step) * step + base;
  for (; ticks.length < 100; local += step) {
    const at = local - ahead(local - ahead(from));
    if (at > until) break;
    if (at >= from) ticks.push(at);
  }
  return ticks;
}

function label(at: number, step: number): string {
  const isMidnight = clock.format(at * 1_000) === "00:00";
  return step >= DAY_S || isMidnight ? day.format(at * 1_000) : clock.format(at * 1_000);
}

function paint(context: CanvasRenderingContext2D, span: SeriesSpan, x: number, width: number, y: number, height: number): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  if (span.kind === "gap" || span.kind === "backfill") {
    context.clip();
    context.fillStyle = colour("--grey-wash");
    context.fillRect(x, y, width, height);
    context.strokeStyle = colour("--grey-fill");
    context.lineWidth = 1.5 * devicePixelRatio;
    const gap = 7 * devicePixelRatio;
    context.beginPath();
    for (let start = x - height; start < x + width; start += gap) {
      context.moveTo(start, y + height);
      context.lineTo(start + height, y);
    }
    context.stroke();
  } else if (span.kind === "exclusion") {
    context.clip();
    context.fillStyle = colour("--indigo-wash");
    context.fillRect(x, y, width, height);
    context.fillStyle = colour("--indigo");
    const gap = 6 * devicePixelRatio;
    for (let dx = gap / 2; dx < width; dx += gap) {
      for (let dy = gap / 2; dy < height; dy += gap) {
        context.fillRect(x + dx, y + dy, 1.5 * devicePixelRatio, 1.5 * devicePixelRatio);
      }
    }
  } else if (span.kind === "generation" || span.kind === "revision") {
    context.strokeStyle = colour("--indigo");
    context.lineWidth = 1.5 * devicePixelRatio;
    context.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x, y + height);
    context.stroke();
  }
  context.restore();
}
