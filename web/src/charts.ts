// An SLO's pictures with zoom and hover. Until this script has its figures, and where it gets none,
// the server's pictures stand.

import { TICK } from "./live.js";
import { type Kind, Plot } from "./plot.js";
import { type Range, ask } from "./series.js";

async function start(section: HTMLElement): Promise<void> {
  const { series: address, from, until, bad, reset: word } = section.dataset;
  if (address === undefined || from === undefined || until === undefined) return;
  const whole: Range = [Date.parse(from) / 1_000, Date.parse(until) / 1_000];
  let range: Range | undefined;
  const plots: Plot[] = [];

  const reset = document.createElement("button");
  reset.type = "button";
  reset.className = "plot-reset";
  reset.hidden = true;
  reset.textContent = word ?? "×";

  const show = async (next: Range | undefined): Promise<void> => {
    range = next;
    reset.hidden = next === undefined;
    const series = await ask(address, next ?? whole);
    if (range === next) for (const plot of plots) plot.show(series);
  };
  const zoom = (next: Range | undefined): void => void show(next).catch(() => undefined);
  reset.addEventListener("click", () => zoom(undefined));

  const series = await ask(address, whole);
  for (const figure of section.querySelectorAll<HTMLElement>("[data-chart]")) {
    const column = figure.dataset["chart"];
    if (column !== "remaining" && column !== "sli") continue;
    const kind: Kind = { column, bad: bad ?? "" };
    plots.push(new Plot(figure, series, kind, zoom));
  }
  section.querySelector("[data-chart]")?.append(reset);

  const redraw = () => plots.forEach((plot) => plot.redraw());
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("resize", () => plots.forEach((plot) => plot.fit()));
  document.addEventListener(TICK, () => {
    if (range === undefined) zoom(undefined);
  });
}

for (const section of document.querySelectorAll<HTMLElement>("[data-charts]")) {
  start(section).catch(() => undefined);
}
