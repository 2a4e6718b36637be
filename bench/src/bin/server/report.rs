//! What was measured, as a page and as a picture.

use tomoni_bench::load::Times;
use tomoni_bench::plot::{self, Panel};

use crate::Arguments;
use crate::pages::{Pages, REQUESTS};
use crate::site::Measured;

pub(crate) fn picture(all: &[Measured]) -> String {
    let panel = |heading: &str, cost: &dyn Fn(&Measured) -> f64| Panel {
        heading: heading.to_owned(),
        points: all.iter().map(|m| (m.slos as f64, cost(m))).collect(),
    };
    let panels = [
        panel("work for a minute, ms", &|m| mean(&m.minutes_ms)),
        panel("resident memory, MB", &|m| m.memory.now),
        panel("disk, MB", &|m| m.disk),
        panel("restart to first page, ms", &|m| {
            m.first_page.percentile(50.0)
        }),
    ];
    plot::svg(&panels, "SLOs")
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

pub(crate) fn report(
    arguments: &Arguments,
    all: &[Measured],
    pages: &Pages,
    demo: &Times,
) -> String {
    let text = format!(
        "`tomoni serve` over {} days of minutes in SQLite, beside a real Prometheus that scrapes two \
         series for each SLO every {} s; watched for {} minutes. Of ten SLOs seven count events, two \
         minutes, and one means of ratios; windows of 30 days.\n\n![cost against size]({}.svg)\n\n",
        arguments.days, arguments.interval, arguments.minutes, arguments.name,
    );
    let rest = format!(
        "\nScripts, compressed: {:.1} KB (goal: 60). `tomoni demo`, start to first page: median {:.0} ms, \
         at most {:.0} ms (goal: 3000).\n",
        script_kb(),
        demo.percentile(50.0),
        demo.percentile(100.0)
    );
    [text, of_sizes(all), of_pages(pages, arguments), rest].concat()
}

/// One column for each size.
fn of_sizes(all: &[Measured]) -> String {
    type Cell = fn(&Measured) -> String;
    let rows: [(&str, Cell, &str); 10] = [
        (
            "work of the loop for a minute, mean, ms",
            |m| format!("{:.1}", mean(&m.minutes_ms)),
            "50",
        ),
        (
            "the same, at most, ms",
            |m| format!("{:.1}", most(&m.minutes_ms)),
            "",
        ),
        (
            "database writes for a minute, at most",
            |m| format!("{}", most(&m.writes)),
            "1",
        ),
        (
            "processor for a minute, all of it, s",
            |m| format!("{:.2}", m.cpu_s_per_minute),
            "",
        ),
        (
            "restart to first page, median, ms",
            |m| format!("{:.0}", m.first_page.percentile(50.0)),
            "1000",
        ),
        (
            "the same, at most, ms",
            |m| format!("{:.0}", m.first_page.percentile(100.0)),
            "",
        ),
        (
            "first start of all over the data, ms",
            |m| format!("{:.0}", m.first_of_all.as_secs_f64() * 1_000.0),
            "",
        ),
        (
            "resident memory, MB",
            |m| format!("{:.0}", m.memory.now),
            "400",
        ),
        (
            "the same at its peak, MB",
            |m| format!("{:.0}", m.memory.peak),
            "",
        ),
        ("disk, MB", |m| format!("{:.0}", m.disk), "2000"),
    ];
    let mut text = format!(
        "| | {} | goal at 1 000 |\n|---|{}---|\n",
        cells(all, |m| format!("{} SLOs", m.slos)),
        "---|".repeat(all.len())
    );
    for (what, cell, goal) in rows {
        text += &format!("| {what} | {} | {goal} |\n", cells(all, cell));
    }
    let filling: Vec<String> = all
        .iter()
        .map(|m| format!("{:.0}", m.filling.as_secs_f64()))
        .collect();
    text + &format!(
        "\nThe loop's work is what `/metrics` tells: its ticks, and taking in what Prometheus answered. \
         Filling the stores took {} s.\n",
        filling.join(", ")
    )
}

fn of_pages(pages: &Pages, arguments: &Arguments) -> String {
    let mut text = format!(
        "\nPages of the largest, asked for one after another, {REQUESTS} of each kind, with the time on \
         loopback and in the client; goal: 20 ms for 99 of a hundred.\n\n\
         | | median, ms | 99 of 100, ms | longest, ms |\n|---|---|---|---|\n"
    );
    for (kind, times) in &pages.one_by_one {
        let [half, p99, all] = [50.0, 99.0, 100.0].map(|percent| times.percentile(percent));
        text += &format!("| {kind} | {half:.1} | {p99:.1} | {all:.1} |\n");
    }
    let load = &pages.load;
    text + &format!(
        "\n`wrk` on the same machine, {} s, pages of all kinds: {:.1} requests a second, median \
         {:.1} ms, 99 of a hundred within {:.1} ms (goal: 50), longest {:.1} ms, {} errors. Memory \
         afterwards: {:.0} MB, at its peak {:.0} MB.\n",
        arguments.load[1],
        load.per_s,
        load.p50,
        load.p99,
        load.most,
        load.errors,
        pages.memory.now,
        pages.memory.peak
    )
}

fn cells(all: &[Measured], cell: impl Fn(&Measured) -> String) -> String {
    let cells: Vec<String> = all.iter().map(cell).collect();
    cells.join(" | ")
}

/// What a browser fetches of scripts at most, in kilobytes of a thousand bytes.
fn script_kb() -> f64 {
    let scripts = [tomoni_assets::APP, tomoni_assets::CHARTS];
    let bytes: usize = scripts.iter().map(|asset| asset.brotli.len()).sum();
    bytes as f64 / 1e3
}
