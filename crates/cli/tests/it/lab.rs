//! A real Prometheus with a month of the lab's world up to a fixed instant.

use std::fs::File;
use std::io::BufWriter;
use std::sync::OnceLock;

use tempfile::TempDir;
use tomoni_ledger::{DAY_MINUTES, Minute};
use tomoni_sources::simulator::{Metric, Scraping, scenarios, write_openmetrics};
use tomoni_testkit::{Prometheus, PrometheusOptions};

use crate::run::{Ran, run};

/// The instant that figures are for: later in the past than any clock that runs these tests.
pub(crate) const AT: &str = "2026-03-20T09:00:00Z";
const AT_MS: i64 = 1_773_997_200_000;
/// How much history there is: enough for 28 days, not for a quarter.
const DAYS: i64 = 30;

/// The server's address. It is shared by the tests of this binary.
pub(crate) fn url() -> &'static str {
    static SERVER: OnceLock<Prometheus> = OnceLock::new();
    SERVER.get_or_init(|| start(AT_MS)).url()
}

/// The address of another, whose history ends now. It is shared by the tests of this binary.
pub(crate) fn live_url() -> &'static str {
    static SERVER: OnceLock<Prometheus> = OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "a live test lives in real time")]
    let now_ms = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis() as i64;
    SERVER.get_or_init(|| start(now_ms)).url()
}

/// Runs a verb over the lab's documents at the fixed instant.
pub(crate) fn ask(verb: &[&str], rest: &[&str]) -> Ran {
    let shared = ["--specs", "examples/lab", "--prometheus", url(), "--at", AT];
    run(&[verb, &shared, rest].concat()).hiding(url(), "http://prometheus")
}

#[tokio::main(flavor = "current_thread")]
async fn start(until_ms: i64) -> Prometheus {
    let now = Minute::ended_by_ms(until_ms);
    let start = now - DAYS * DAY_MINUTES;
    let world = scenarios::lab(1, start, now);
    let scraping = Scraping {
        interval_ms: 60_000,
        from_ms: start.end_ms(),
        until_ms,
    };
    let services = world.services.iter();
    let metrics: Vec<Metric> = services.flat_map(|s| world.scraped(s, scraping)).collect();
    let folder = TempDir::new().unwrap();
    let history = folder.path().join("history.om");
    write_openmetrics(
        &metrics,
        &mut BufWriter::new(File::create(&history).unwrap()),
    )
    .unwrap();
    let options = PrometheusOptions {
        backfill: vec![history],
        ..PrometheusOptions::default()
    };
    Prometheus::start(options).await.unwrap()
}
