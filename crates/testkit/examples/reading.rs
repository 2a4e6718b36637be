//! Measures what it costs to read a month of (at most) a hundred SLIs from a real Prometheus.
//!
//! ```text
//! cargo run --release -p tomoni-testkit --example reading -- [DAYS] [SCRAPE_SECONDS] [SLIS]
//! ```
//!
//! The world is the lab's; its indicators are the usual ones of an HTTP interface, by service and
//! path, as ratios of requests and of latencies. Printed are the time it takes, the CPU seconds of
//! both sides, and the samples that were read; then the same for the last minute alone.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::sync::Mutex;
use std::time::Instant;

use tomoni_ledger::{DAY_MINUTES, Minute, Span};
use tomoni_slo::{Indicator, LedgerKey, Part, Query};
use tomoni_sources::prometheus::{Config, Progress, Prometheus as Reader, Want};
use tomoni_sources::simulator::{Metric, Scraping, scenarios, write_openmetrics};
use tomoni_spec::promql::generation;
use tomoni_testkit::{Prometheus, PrometheusOptions, missing};

/// Clock ticks a second in `/proc/*/stat`, as Linux has it on all platforms of today.
const TICKS_A_SECOND: f64 = 100.0;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let missing = missing(&["prometheus", "promtool"]);
    if !missing.is_empty() {
        return Err(format!("not on the PATH: {missing:?}; apt-get install prometheus").into());
    }
    let numbers: Vec<i64> = std::env::args()
        .skip(1)
        .map(|a| a.parse())
        .collect::<Result<_, _>>()?;
    let days = numbers.first().copied().unwrap_or(30);
    let interval_s = numbers.get(1).copied().unwrap_or(30);

    // 2026-03-01T00:00:00Z.
    let start = Minute::from_index(29_538_720);
    let span = Span::new(start, start + days * DAY_MINUTES);
    let prometheus = month(span, interval_s).await?;
    let mut wants = wants()?;
    wants.truncate(numbers.get(2).map_or(100, |slis| *slis as usize));
    say(&format!(
        "{} SLIs over {days} days scraped every {interval_s} s",
        wants.len()
    ));
    let reader = Reader::new(Config::new(prometheus.url()))?;
    // As the engine asks: five days at a time, newest first.
    let mut pieces: Vec<Span> = Vec::new();
    for i in 0..(days + 4) / 5 {
        let until = span.until - i * 5 * DAY_MINUTES;
        pieces.push(Span::new((until - 5 * DAY_MINUTES).max(span.after), until));
    }
    measure("all of it", &reader, prometheus.pid(), &wants, &pieces).await?;
    let minute = [Span::ending_at(span.until, 1)];
    measure(
        "the last minute",
        &reader,
        prometheus.pid(),
        &wants,
        &minute,
    )
    .await?;
    measure(
        "the last minute again",
        &reader,
        prometheus.pid(),
        &wants,
        &minute,
    )
    .await?;
    Ok(())
}

async fn month(span: Span, interval_s: i64) -> Result<Prometheus, Box<dyn Error>> {
    let world = scenarios::lab(1, span.after, span.until);
    let interval_ms = interval_s * 1_000;
    let (from_ms, until_ms) = (span.after.end_ms(), span.until.end_ms());
    let scraping = Scraping {
        interval_ms,
        from_ms,
        until_ms,
    };
    let services = world.services.iter();
    let metrics: Vec<Metric> = services.flat_map(|s| world.scraped(s, scraping)).collect();
    let folder = tempfile::tempdir()?;
    let history = folder.path().join("history.om");
    let mut file = BufWriter::with_capacity(1 << 20, File::create(&history)?);
    write_openmetrics(&metrics, &mut file)?;
    file.flush()?;
    let options = PrometheusOptions {
        backfill: vec![history],
        ..PrometheusOptions::default()
    };
    Ok(Prometheus::start(options).await?)
}

/// A hundred indicators over the lab's HTTP services.
fn wants() -> Result<Vec<Want>, Box<dyn Error>> {
    const SERVICES: [(&str, [&str; 2]); 4] = [
        ("unlock-api", ["/v1/doors", "/v1/unlock"]),
        ("visitor-api", ["/v1/visits", "/v1/intercom"]),
        ("reservation-api", ["/v1/rooms", "/v1/reservations"]),
        ("auth-api", ["/oauth/userinfo", "/oauth/token"]),
    ];
    let mut ratios = Vec::new();
    for (job, paths) in SERVICES {
        let requests =
            |rest: &str| format!("sum(rate(http_requests_total{{job=\"{job}\"{rest}}}[5m]))");
        for code in ["5..", "500", "503", "409", "4..", "[45].."] {
            let code = format!(",code=~\"{code}\"");
            ratios.push((Part::Bad, requests(&code), requests("")));
            for path in paths {
                let path = format!(",path=\"{path}\"");
                ratios.push((
                    Part::Bad,
                    requests(&format!("{path}{code}")),
                    requests(&path),
                ));
            }
            let post = ",method=\"POST\"";
            ratios.push((
                Part::Bad,
                requests(&format!("{post}{code}")),
                requests(post),
            ));
        }
        let seconds = "http_request_duration_seconds";
        let all = format!("sum(rate({seconds}_count{{job=\"{job}\"}}[5m]))");
        for le in ["0.1", "0.25", "1.0"] {
            let quick = format!("sum(rate({seconds}_bucket{{job=\"{job}\",le=\"{le}\"}}[5m]))");
            ratios.push((Part::Good, quick, all.clone()));
        }
    }
    ratios
        .into_iter()
        .map(|(part, part_query, total)| want(part, &part_query, &total))
        .collect()
}

fn want(part: Part, part_query: &str, total: &str) -> Result<Want, Box<dyn Error>> {
    let (part_query, total) = (Query::new(part_query), Query::new(total));
    let indicator = Indicator::Ratio {
        part,
        part_query,
        total,
        counter: true,
    };
    let generation = generation(&indicator, "", 5)?;
    let key = LedgerKey {
        generation,
        threshold: None,
    };
    Ok(Want {
        key,
        indicator,
        resolution_minutes: 5,
    })
}

async fn measure(
    what: &str,
    reader: &Reader,
    server: u32,
    wants: &[Want],
    pieces: &[Span],
) -> Result<(), Box<dyn Error>> {
    let (begun, server_before, own_before) = (timer(), cpu_s(server)?, cpu_s(std::process::id())?);
    let (mut samples, mut known) = (0, 0);
    for span in pieces {
        let last = Mutex::new(Progress::default());
        let note = |progress| {
            if let Ok(mut last) = last.lock() {
                *last = progress;
            }
        };
        for harvest in reader.read(wants, *span, &note).await {
            known += harvest?
                .facts
                .iter()
                .filter(|(_, fact)| fact.counts.is_some())
                .count();
        }
        samples += last.into_inner().map_or(0, |progress| progress.samples);
    }
    let took_s = begun.elapsed().as_secs_f64();
    let (server_s, own_s) = (
        cpu_s(server)? - server_before,
        cpu_s(std::process::id())? - own_before,
    );
    say(&format!(
        "{what}: {took_s:.3} s; CPU seconds: Prometheus {server_s:.2}, reader {own_s:.2}; \
         {samples} samples, {:.0} a second; {known} ledger minutes known",
        samples as f64 / took_s
    ));
    Ok(())
}

/// CPU seconds that a process has used, in user and kernel.
fn cpu_s(pid: u32) -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS_A_SECOND)
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program that measures reads the clock"
)]
fn timer() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stdout, reason = "what it measured is what it is for")]
fn say(text: &str) {
    println!("{text}");
}
