//! The servers themselves: they start, hold what they are given, and leave nothing behind.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use tomoni_ledger::Minute;
use tomoni_sources::simulator::{
    Metric, Scraping, Series, scenarios, write_openmetrics, write_prometheus_text,
};
use tomoni_testkit::{Postgres, Prometheus, PrometheusOptions, VictoriaMetrics, http, require};

use crate::support::raw;

/// Three hours of the hard world at half a minute.
fn three_hours() -> (Vec<Metric>, i64) {
    // 2026-03-05T18:00:00Z: the outage of the hard world's fifth day begins.
    let start = Minute::ended_by_ms(1_772_323_200_000);
    let (from_ms, until_ms) = ((start + 6_840).end_ms(), (start + 7_020).end_ms());
    let world = scenarios::hard_to_count(1, start);
    let scraping = Scraping {
        interval_ms: 30_000,
        from_ms,
        until_ms,
    };
    (
        world
            .services
            .iter()
            .flat_map(|s| world.scraped(s, scraping))
            .collect(),
        until_ms,
    )
}

fn sorted(mut all: Vec<Series>) -> Vec<Series> {
    all.sort_by(|a, b| (&a.name, &a.labels).cmp(&(&b.name, &b.labels)));
    all
}

/// The series without those that hold NaN, which VictoriaMetrics does not keep.
fn finite(all: impl IntoIterator<Item = Series>) -> Vec<Series> {
    let finite = |series: &Series| series.samples.iter().all(|(_, value)| value.is_finite());
    sorted(all.into_iter().filter(finite).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn both_servers_hold_what_was_written_to_the_millisecond() {
    require!("prometheus", "promtool", "victoria-metrics");
    let (metrics, until_ms) = three_hours();
    let written = finite(metrics.iter().flat_map(Metric::series));
    assert!(written.len() > 20);

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("history.om");
    write_openmetrics(&metrics, &mut std::fs::File::create(&file).unwrap()).unwrap();
    let options = PrometheusOptions {
        backfill: vec![file],
        ..PrometheusOptions::default()
    };
    let prometheus = Prometheus::start(options).await.unwrap();
    let held = raw(prometheus.url(), "{job=~\".+\"}", 10_801, until_ms).await;
    assert_eq!(finite(held), written);

    let mut text = Vec::new();
    write_prometheus_text(&metrics, &mut text).unwrap();
    let victoria = VictoriaMetrics::start().await.unwrap();
    victoria.import(&text).await.unwrap();
    let held = raw(victoria.url(), "{job=~\".+\"}", 10_801, until_ms).await;
    let named = |series: &Series| written.iter().any(|w| w.name == series.name);
    assert_eq!(finite(held.into_iter().filter(named)), written);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_server_is_gone() {
    require!("prometheus");
    let prometheus = Prometheus::start(PrometheusOptions::default())
        .await
        .unwrap();
    let ready = format!("{}/-/ready", prometheus.url());
    assert!(http::get(&ready).await.is_ok());
    drop(prometheus);
    assert!(http::get(&ready).await.is_err());
}

/// Set for the process that starts servers and leaves them behind.
const LEAVES: &str = "TOMONI_TEST_LEAVES_SERVERS";
/// How often it is looked whether they are gone.
const LOOKS: usize = 1_200;

#[tokio::test(flavor = "multi_thread")]
async fn servers_end_with_the_process_that_started_them() {
    require!("prometheus", "initdb", "postgres", "psql");
    if std::env::var_os(LEAVES).is_some() {
        return leave_servers().await;
    }
    let mut starter = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("processes::servers_end_with_the_process_that_started_them")
        .env(LEAVES, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(starter.stdout.take().unwrap()).lines();
    let folders: Vec<String> = lines
        .filter_map(|line| line.unwrap().strip_prefix("left: ").map(str::to_owned))
        .collect();
    assert!(starter.wait().unwrap().success());
    assert_eq!(folders.len(), 2, "{folders:?}");
    // A server's files are removed once it is gone.
    wait_until_gone(&folders).await;
}

async fn wait_until_gone(folders: &[String]) {
    for _ in 0..LOOKS {
        if folders.iter().all(|folder| !Path::new(folder).exists()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{folders:?} are still there");
}

/// Holds servers in statics, which are never dropped, and says where their files are.
async fn leave_servers() {
    static PROMETHEUS: OnceLock<Prometheus> = OnceLock::new();
    static POSTGRES: OnceLock<Postgres> = OnceLock::new();
    let options = PrometheusOptions::default();
    let prometheus = Prometheus::start(options).await.unwrap();
    let prometheus = PROMETHEUS.get_or_init(|| prometheus);
    let postgres = POSTGRES.get_or_init(|| Postgres::start().unwrap());
    for folder in [prometheus.folder(), postgres.folder()] {
        println!("\nleft: {}", folder.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_start_says_why() {
    require!("prometheus");
    let scrape_configs = "- no_such_field: 1\n".to_owned();
    let options = PrometheusOptions {
        scrape_configs,
        ..PrometheusOptions::default()
    };
    let error = Prometheus::start(options).await.unwrap_err().to_string();
    assert!(error.contains("no_such_field"), "{error}");
}
