//! A real Prometheus with days of history that goes on to scrape, and what servers counted of it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tomoni_app::instant;
use tomoni_ledger::{DAY_MINUTES, Fact, Minute, SpanSet};
use tomoni_sources::simulator::{Metric, Scraping, scenarios, write_openmetrics};
use tomoni_spec::{SourceFile, read};
use tomoni_store::{Known, Store};
use tomoni_testkit::{Prometheus, PrometheusOptions, SimulatedTargets};

use crate::serving::{Serving, wait_until};

/// How long history is, in days.
const DAYS: i64 = 10;

#[expect(clippy::disallowed_methods, reason = "a live test lives in real time")]
pub(crate) fn present_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_millis() as i64
}

/// The n-th SLO over what is scraped: each has a ledger of its own.
pub(crate) fn document(n: u64) -> String {
    let query = |matchers: &str| {
        format!(
            "{{metricSource: {{type: Prometheus, spec: {{query: \
             'sum(http_requests_total{{job=\"unlock-api\"{matchers}}})'}}}}}}"
        )
    };
    format!(
        "apiVersion: openslo/v1
kind: SLO
metadata: {{name: unlock-{n}}}
spec:
  service: unlock-api
  indicator:
    metadata: {{name: unlock-{n}}}
    spec:
      ratioMetric:
        counter: true
        bad: {}
        total: {}
  timeWindow: [{{duration: 7d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.99}}]
",
        query(&format!(",code=~\"5..|9{n:02}\"")),
        query("")
    )
}

/// A real Prometheus with days of a service's history, that goes on to scrape it every two seconds.
pub(crate) struct History {
    runtime: Runtime,
    pub(crate) prometheus: Prometheus,
    _targets: SimulatedTargets,
}

impl History {
    pub(crate) fn start() -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (prometheus, targets) = runtime.block_on(async {
            let now_ms = present_ms();
            let now = Minute::ended_by_ms(now_ms);
            let start = now - DAYS * DAY_MINUTES;
            let mut world = scenarios::lab(7, start, now);
            world.services.retain(|s| s.name == "unlock-api");
            let scraping = Scraping {
                interval_ms: 60_000,
                from_ms: start.end_ms(),
                until_ms: now_ms,
            };
            let services = world.services.iter();
            let metrics: Vec<Metric> = services.flat_map(|s| world.scraped(s, scraping)).collect();
            let folder = TempDir::new().unwrap();
            let history = folder.path().join("history.om");
            let mut file = BufWriter::new(File::create(&history).unwrap());
            write_openmetrics(&metrics, &mut file).unwrap();
            drop(file);
            let targets = SimulatedTargets::start(world, Arc::new(present_ms))
                .await
                .unwrap();
            let options = PrometheusOptions {
                scrape_configs: targets.scrape_config(2),
                backfill: vec![history],
                ..PrometheusOptions::default()
            };
            (Prometheus::start(options).await.unwrap(), targets)
        });
        Self {
            runtime,
            prometheus,
            _targets: targets,
        }
    }

    /// It is started again after it was gone.
    pub(crate) fn come_back(&mut self) {
        self.runtime.block_on(self.prometheus.come_back()).unwrap();
    }

    /// From now on it holds what it holds.
    pub(crate) fn stop(&self) {
        let stopped = self.runtime.block_on(self.prometheus.stop_scraping());
        stopped.unwrap();
    }
}

/// Ends a server in order once it has read what is settled by this minute.
pub(crate) fn end_at(server: Serving, until: Minute) {
    wait_until(&server, "/api/v1/sources", is_caught_up);
    let is_there = |slo: &Value| {
        let watermark = slo["watermark"].as_str();
        watermark.is_some_and(|at| instant::parse(at, present_ms()).unwrap() >= until.end_ms())
    };
    wait_until(&server, "/api/v1/status", |body| {
        let report: Value = serde_json::from_str(body).unwrap();
        let slos = report["slos"].as_array().unwrap();
        slos.iter()
            .filter(|slo| slo["service"] == "unlock-api")
            .all(is_there)
    });
    let ended = server.end("TERM");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

/// Whether every source answers and no history is under way.
pub(crate) fn is_caught_up(sources: &str) -> bool {
    let sources: Value = serde_json::from_str(sources).unwrap();
    let is_up = |source: &Value| source["is_up"] == true && source["reads"].as_u64() > Some(0);
    sources["sources"].as_array().unwrap().iter().all(is_up)
        && sources["backfills"].as_array().unwrap().is_empty()
}

/// What a server has counted of an SLO.
pub(crate) struct Counted {
    /// What is known of its minutes.
    pub(crate) facts: BTreeMap<Minute, Fact>,
    /// Those that are read no more.
    closed: SpanSet,
}

/// What is known of each SLO's minutes up to this one.
pub(crate) fn minutes(specs: &Path, data: &Path, until: Minute) -> BTreeMap<String, Counted> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(data).await.unwrap();
        let mut all = BTreeMap::new();
        for file in fs::read_dir(specs).unwrap() {
            let path = file.unwrap().path();
            let catalog = read(&[SourceFile {
                name: "slo.yaml".into(),
                bytes: fs::read(path).unwrap(),
            }]);
            let slo = &catalog.slos[0].value;
            let key = slo.promises[0].key.clone();
            let known = store.known(std::slice::from_ref(&key)).await.unwrap();
            let Known { totals, closed, .. } = &known[0];
            let days = totals.iter().map(|(day, _)| *day).collect();
            let read = store.days(&[(key, days)]).await.unwrap();
            let days = read.iter().flat_map(|(_, days)| days);
            let facts = days.flat_map(|day| {
                let facts = day.facts().iter().copied();
                day.day().span().minutes().zip(facts).collect::<Vec<_>>()
            });
            let is_known =
                |(minute, fact): &(Minute, Fact)| *minute <= until && fact.counts.is_some();
            let counted = Counted {
                facts: facts.filter(is_known).collect(),
                closed: closed.clone(),
            };
            all.insert(slo.name.clone(), counted);
        }
        store.close().await;
        all
    })
}

/// Holds the minutes that a server counted of so many SLOs to what one counts of them that begins now.
pub(crate) fn check_undisturbed(
    specs: &Path,
    data: &Path,
    (prometheus, until): (&str, Minute),
    slos: usize,
) {
    let fresh = TempDir::new().unwrap();
    let flags = ["--prometheus", prometheus];
    let server = Serving::over(specs.to_str().unwrap(), fresh.path(), &flags);
    end_at(server, until);
    let kept = minutes(specs, data, until);
    let mut undisturbed = minutes(specs, fresh.path(), until);
    undisturbed.retain(|_, counted| !counted.facts.is_empty());
    assert_eq!(undisturbed.len(), slos);
    for (slo, wanted) in &undisturbed {
        let (kept, wanted) = (&kept[slo], &wanted.facts);
        assert!(wanted.len() as i64 > DAYS * DAY_MINUTES * 9 / 10, "{slo}");
        assert!(wanted.contains_key(&until), "{slo}: the live minutes, too");
        // A minute without a sample is known by its neighbours; until it is closed they may be missing.
        let is_open = |minute| !kept.closed.contains(minute) && !kept.facts.contains_key(&minute);
        let differs = wanted
            .iter()
            .find(|(minute, fact)| kept.facts.get(minute) != Some(fact) && !is_open(**minute));
        assert_eq!(differs, None, "{slo}");
        let more = kept
            .facts
            .keys()
            .find(|minute| !wanted.contains_key(minute));
        assert_eq!(more, None, "{slo}");
    }
}
