//! `/metrics`: what Tomoni tells about itself, in OpenMetrics.

use std::fmt;
use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::metrics::{MetricType, TypedMetric};
use prometheus_client::registry::{Registry, Unit};
use tomoni_app::live::{Health, TIME_BUCKETS_MS, Times};
use tomoni_store::Sizes;

use super::code::Code;
use super::holder::Site;
use super::problem::Problem;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Seconds by which answers are sorted.
const ANSWER_BUCKETS_S: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0];

type Labels = Vec<(&'static str, String)>;

/// What the server itself counts; the loop's figures are asked for when `/metrics` is.
#[derive(Debug)]
pub struct Metrics {
    requests: Family<Labels, Counter>,
    durations: Family<Labels, Histogram, fn() -> Histogram>,
    heartbeats: Family<Labels, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(ANSWER_BUCKETS_S)),
            heartbeats: Family::default(),
        }
    }
}

impl Metrics {
    /// Counts an answer. A route is the pattern that the address matched, so nobody outside can make
    /// new series.
    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let known = [
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::DELETE,
        ];
        let method = if known.contains(method) {
            method.as_str()
        } else {
            "other"
        };
        let labels = vec![
            ("method", method.to_owned()),
            ("route", route.to_owned()),
            ("status", status.to_string()),
        ];
        self.requests.get_or_create(&labels).inc();
        let labels = vec![("route", route.to_owned())];
        self.durations
            .get_or_create(&labels)
            .observe(took.as_secs_f64());
    }

    /// Counts a beat of the heart.
    pub(crate) fn beat(&self, beat: &Beat) {
        let result = match beat {
            Beat::Sent => "sent",
            Beat::Withheld => "withheld",
            Beat::Failed(_) => "failed",
        };
        self.heartbeats
            .get_or_create(&vec![("result", result.to_owned())])
            .inc();
    }
}

/// What became of one beat.
#[derive(Debug, PartialEq, Eq)]
pub enum Beat {
    /// The address answered with success.
    Sent,
    /// All is not well: the address is not called, on purpose.
    Withheld,
    /// It was called, and that failed.
    Failed(String),
}

/// Everything, as text.
pub(crate) async fn metrics(State(site): State<Site>) -> Result<Response, Problem> {
    let mut registry = Registry::with_prefix("tomoni");
    build(&mut registry);
    own(&mut registry, site.metrics());
    let health = site.handle().health();
    ticks(&mut registry, &health, site.clock().now_ms());
    kept(&mut registry, &health);
    sources(&mut registry, &health);
    if let Some(sizes) = site.sizes().await {
        held(&mut registry, &sizes);
    }
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| {
        Problem::new(
            Code::Internal,
            format!("the metrics cannot be written: {error}"),
        )
    })?;
    Ok(([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

fn build(registry: &mut Registry) {
    let labels = vec![("version", env!("CARGO_PKG_VERSION"))];
    registry.register("build", "The program", Info::new(labels));
}

fn own(registry: &mut Registry, metrics: &Metrics) {
    registry.register(
        "http_requests",
        "Requests that were answered",
        metrics.requests.clone(),
    );
    registry.register_with_unit(
        "http_request_duration",
        "How long answers took",
        Unit::Seconds,
        metrics.durations.clone(),
    );
    registry.register(
        "heartbeats",
        "Calls of the heartbeat's address: sent, withheld since not ready, failed",
        metrics.heartbeats.clone(),
    );
}

fn ticks(registry: &mut Registry, health: &Health, now_ms: i64) {
    registry.register_with_unit(
        "tick_duration",
        "How long ticks took",
        Unit::Seconds,
        LoopTimes(health.counters.ticks),
    );
    registry.register_with_unit(
        "intake_duration",
        "How long it took to take in what sources answered: to keep it, and to work out figures",
        Unit::Seconds,
        LoopTimes(health.counters.intakes),
    );
    let age = |at_ms: i64| seconds(now_ms - at_ms);
    if let Some(at_ms) = health.last_tick_ms {
        let gauge = ConstGauge::new(age(at_ms));
        registry.register_with_unit(
            "last_tick_age",
            "Time since the last tick",
            Unit::Seconds,
            gauge,
        );
    }
    let lag = ConstGauge::new(age(health.settled_ms.unwrap_or(health.begun_ms)));
    registry.register_with_unit(
        "lag",
        "How old the last minute is that is settled in every ledger; time since the start while one \
         has none",
        Unit::Seconds,
        lag,
    );
    if let Some(at_ms) = health.upkeep_at_ms {
        registry.register_with_unit(
            "upkeep_lag",
            "How far the instant by which old days are dropped is behind the clock",
            Unit::Seconds,
            ConstGauge::new(age(at_ms)),
        );
    }
    number(
        registry,
        "ledgers",
        "Ledgers in memory",
        count(health.ledgers),
    );
    number(
        registry,
        "findings",
        "Findings in documents",
        count(health.findings),
    );
    number(
        registry,
        "backfill_minutes",
        "Ledger minutes of history that are still to be read",
        health.backfill_minutes,
    );
}

fn kept(registry: &mut Registry, health: &Health) {
    let is_down = i64::from(health.database.is_some());
    number(
        registry,
        "database_down",
        "1 while the database cannot be used",
        is_down,
    );
    number(
        registry,
        "unkept_minutes",
        "Ledger minutes that wait in memory until the database takes them",
        count(health.unkept_minutes),
    );
    let counters = &health.counters;
    // A simulated source knows counts, and no samples: that is not the same as having read none.
    if counters.samples > 0 {
        let samples = ConstCounter::new(counters.samples);
        registry.register("samples", "Raw samples that sources brought", samples);
    }
    for (name, help, value) in [
        (
            "minutes_kept",
            "Ledger minutes that were kept",
            counters.minutes_kept,
        ),
        (
            "database_writes",
            "Writes to the database that went well",
            counters.writes,
        ),
        (
            "database_errors",
            "Times that the database could not be used",
            counters.database_errors,
        ),
        (
            "days_read",
            "Days of ledgers whose minutes the loop read from the database",
            counters.days_read,
        ),
        (
            "ledger_looks",
            "Ledgers that were looked at for a new picture",
            counters.looks,
        ),
    ] {
        registry.register(name, help, ConstCounter::new(value));
    }
}

fn held(registry: &mut Registry, sizes: &Sizes) {
    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    registry.register_with_unit(
        "database_size",
        "What the database takes on its disk",
        Unit::Bytes,
        ConstGauge::new(count(sizes.bytes)),
    );
    for (name, help, value) in [
        (
            "journal_entries",
            "Entries of the journal",
            sizes.journal_entries,
        ),
        (
            "ledger_blocks",
            "Days of ledgers that are packed",
            sizes.blocks,
        ),
        (
            "ledger_tail_minutes",
            "Ledger minutes that are not packed yet",
            sizes.tail_minutes,
        ),
        (
            "batch_ids",
            "Ids of pushed batches that are remembered",
            sizes.pushes,
        ),
    ] {
        number(registry, name, help, count(value));
    }
}

fn sources(registry: &mut Registry, health: &Health) {
    let up = Family::<Labels, Gauge>::default();
    let reads = Family::<Labels, Counter>::default();
    let errors = Family::<Labels, Counter>::default();
    for source in &health.sources {
        let labels = vec![("source", source.name.clone())];
        up.get_or_create(&labels)
            .set(i64::from(source.outage.is_none()));
        reads.get_or_create(&labels).inc_by(source.reads);
        errors.get_or_create(&labels).inc_by(source.failures);
    }
    registry.register("source_up", "1 while the source can be used", up);
    registry.register("source_reads", "Reads of one ledger that went well", reads);
    registry.register("source_errors", "Reads of one ledger that failed", errors);
}

fn number(registry: &mut Registry, name: &str, help: &str, value: i64) {
    registry.register(name, help, ConstGauge::new(value));
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Milliseconds as seconds; ages are far below what a double holds exactly.
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1_000.0
}

/// Durations in the loop's own buckets.
struct LoopTimes(Times);

impl fmt::Debug for LoopTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TypedMetric for LoopTimes {
    const TYPE: MetricType = MetricType::Histogram;
}

impl EncodeMetric for LoopTimes {
    fn encode(&self, mut encoder: MetricEncoder) -> Result<(), fmt::Error> {
        let bounds = TIME_BUCKETS_MS
            .iter()
            .map(|ms| Duration::from_millis(*ms).as_secs_f64());
        let buckets: Vec<(f64, u64)> = bounds.chain([f64::INFINITY]).zip(self.0.buckets).collect();
        let sum = self.0.sum.as_secs_f64();
        encoder.encode_histogram::<NoLabelSet>(sum, self.0.count(), &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        MetricType::Histogram
    }
}
