//! SIGKILL, fifty times, at any moment of a server that counts from a real Prometheus and takes
//! pushed counts: nothing that it acknowledged is lost, nothing is counted twice, and what it counted
//! is what a server counts that was never disturbed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use tomoni_app::instant;
use tomoni_ledger::{DAY_MINUTES, Fact, Minute};
use tomoni_sources::simulator::{Metric, Scraping, scenarios, write_openmetrics};
use tomoni_spec::{SourceFile, read};
use tomoni_store::{Known, Store};
use tomoni_testkit::{Prometheus, PrometheusOptions, SimulatedTargets, require};

use crate::exchange;
use crate::run::run;
use crate::serving::{Serving, wait_until};

const KILLS: u64 = 50;
/// After so many kills there is one more document, whose history is to be brought in.
const DOCUMENT_EVERY: u64 = 5;
/// How long history is, in days.
const DAYS: i64 = 10;
/// Over how many minutes what is pushed is spread.
const PUSHED_MINUTES: i64 = 90;
/// How long an acknowledgement is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const PUSHED: &str = "apiVersion: openslo/v1
kind: SLO
metadata: {name: updates}
spec:
  service: firmware
  indicator:
    metadata: {name: updates}
    spec:
      ratioMetric:
        rawType: success
        raw: {metricSource: {type: tomoni.dev/push, spec: {sli: firmware}}}
  timeWindow: [{duration: 1d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.9}]
";

/// The n-th SLO over what is scraped: each has a ledger of its own.
fn document(n: u64) -> String {
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

#[expect(clippy::disallowed_methods, reason = "a live test lives in real time")]
pub(crate) fn present_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.unwrap().as_millis() as i64
}

/// A real Prometheus with days of a service's history, that goes on to scrape it every two seconds.
struct Lab {
    runtime: Runtime,
    prometheus: Prometheus,
    _targets: SimulatedTargets,
}

impl Lab {
    fn start() -> Self {
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

    /// From now on it holds what it holds.
    fn stop(&self) {
        let stopped = self.runtime.block_on(self.prometheus.stop_scraping());
        stopped.unwrap();
    }
}

/// What a client has had acknowledged.
#[derive(Debug, Default)]
struct Acknowledged {
    batches: u64,
    /// Bad and all events by minute.
    sums: BTreeMap<Minute, (u64, u64)>,
    /// Requests without an answer.
    unanswered: u64,
    /// Batches that had been counted although nobody had heard of it.
    unheard: u64,
}

pub(crate) fn batch(id: &str, minute: Minute, bad: u64, total: u64) -> String {
    let minute = instant::of_minute(minute);
    let counts = serde_json::json!([{"minute": minute, "bad": bad, "total": total}]);
    serde_json::json!({"id": id, "counts": counts}).to_string()
}

pub(crate) const COUNTS: &str = "/api/v1/sli/firmware/counts";

/// Pushes batch after batch, each until it is acknowledged, to whichever server lives.
fn push(urls: &Receiver<String>, told: &Sender<()>, base: Minute) -> Acknowledged {
    let mut done = Acknowledged::default();
    let mut url = urls.recv().unwrap();
    loop {
        let n = done.batches;
        let minute = base - n as i64 * 37 % PUSHED_MINUTES;
        let (bad, total) = (n % 3, 10 + n % 7);
        let body = batch(&format!("batch-{n}"), minute, bad, total);
        let answer = loop {
            match exchange::post(&url, COUNTS, &body) {
                Ok((200, answer)) => break answer,
                Ok((status, answer)) => panic!("{status}: {answer}"),
                // It was killed; the same batch goes to the next one.
                Err(_) => {
                    done.unanswered += 1;
                    url = urls.recv().unwrap();
                }
            }
        };
        done.unheard += u64::from(answer.contains("already_counted"));
        done.batches += 1;
        let sum = done.sums.entry(minute).or_default();
        *sum = (sum.0 + bad, sum.1 + total);
        if told.send(()).is_err() {
            return done;
        }
    }
}

/// Serves until all that is settled by this minute has been read, then ends in order.
fn serve_until(specs: &Path, data: &Path, prometheus: &str, until: Minute) {
    let flags = ["--prometheus", prometheus];
    let server = Serving::over(specs.to_str().unwrap(), data, &flags);
    end_at(server, until);
}

/// Ends a server in order once it has read what is settled by this minute.
fn end_at(server: Serving, until: Minute) {
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
fn is_caught_up(sources: &str) -> bool {
    let sources: Value = serde_json::from_str(sources).unwrap();
    let is_up = |source: &Value| source["is_up"] == true && source["reads"].as_u64() > Some(0);
    sources["sources"].as_array().unwrap().iter().all(is_up)
        && sources["backfills"].as_array().unwrap().is_empty()
}

/// What is known of each SLO's minutes up to this one, and what is settled.
fn minutes(specs: &Path, data: &Path, until: Minute) -> BTreeMap<String, BTreeMap<Minute, Fact>> {
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
            let Known { totals, .. } = &known[0];
            let days = totals.iter().map(|(day, _)| *day).collect();
            let read = store.days(&[(key, days)]).await.unwrap();
            let days = read.iter().flat_map(|(_, days)| days);
            let facts = days.flat_map(|day| {
                let facts = day.facts().iter().copied();
                day.day().span().minutes().zip(facts).collect::<Vec<_>>()
            });
            let is_known =
                |(minute, fact): &(Minute, Fact)| *minute <= until && fact.counts.is_some();
            all.insert(slo.name.clone(), facts.filter(is_known).collect());
        }
        store.close().await;
        all
    })
}

/// Bad and all events by minute.
fn sums(facts: &BTreeMap<Minute, Fact>) -> BTreeMap<Minute, (u64, u64)> {
    let counts = facts
        .iter()
        .filter_map(|(minute, fact)| Some((*minute, fact.counts?)));
    counts
        .map(|(minute, counts)| {
            let [bad, total] = [counts.bad, counts.total].map(|events| events.as_f64() as u64);
            (minute, (bad, total))
        })
        .collect()
}

#[test]
fn what_was_acknowledged_survives_fifty_kills() {
    require!("prometheus", "promtool");
    let lab = Lab::start();
    let prometheus = lab.prometheus.url();
    let [specs, data, fresh] = [(); 3].map(|()| TempDir::new().unwrap());
    fs::write(specs.path().join("updates.yaml"), PUSHED).unwrap();
    let base = Minute::ended_by_ms(present_ms());

    let (told_url, urls) = channel();
    let (told, acknowledged) = channel();
    let pushing = thread::spawn(move || push(&urls, &told, base));
    let acknowledgement = || acknowledged.recv_timeout(PATIENCE).unwrap();
    for kill in 0..KILLS {
        if kill % DOCUMENT_EVERY == 0 {
            let n = kill / DOCUMENT_EVERY;
            fs::write(specs.path().join(format!("unlock-{n}.yaml")), document(n)).unwrap();
        }
        let flags = ["--prometheus", prometheus];
        let server = Serving::over(specs.path().to_str().unwrap(), data.path(), &flags);
        told_url.send(server.url.clone()).unwrap();
        let chance = (kill + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        for _ in 0..=chance % 29 {
            acknowledgement();
        }
        // Anywhere within what comes next, not just after an acknowledgement.
        for _ in 0..chance % 4_000_000 {
            std::hint::spin_loop();
        }
        assert_eq!(server.end("KILL").code, None, "it was killed");
    }
    lab.stop();
    // Those that are whole by now, and settled soon.
    let until = Minute::ended_by_ms(present_ms()) - 1;
    let last = Serving::over(
        specs.path().to_str().unwrap(),
        data.path(),
        &["--prometheus", prometheus],
    );
    told_url.send(last.url.clone()).unwrap();
    while acknowledged.try_recv().is_ok() {}
    acknowledgement();
    drop(acknowledged);
    let done = pushing.join().unwrap();
    end_at(last, until);

    assert!(
        done.unanswered >= KILLS / 2,
        "killed while nobody pushed: {done:?}"
    );
    let kept = minutes(specs.path(), data.path(), base);
    let counted = sums(&kept["updates"]);
    assert_eq!(counted, done.sums, "{} batches, each once", done.batches);

    serve_until(specs.path(), fresh.path(), prometheus, until);
    let mut kept = minutes(specs.path(), data.path(), until);
    let mut undisturbed = minutes(specs.path(), fresh.path(), until);
    for minutes in [&mut kept, &mut undisturbed] {
        minutes.remove("updates");
    }
    assert_eq!(kept.len() as u64, KILLS / DOCUMENT_EVERY);
    for (slo, wanted) in &undisturbed {
        assert!(wanted.len() as i64 > DAYS * DAY_MINUTES * 9 / 10, "{slo}");
        assert!(wanted.contains_key(&until), "{slo}: the live minutes, too");
        let differs = wanted
            .iter()
            .find(|(minute, fact)| kept[slo].get(minute) != Some(fact));
        assert_eq!(differs, None, "{slo}");
        assert_eq!(kept[slo].len(), wanted.len(), "{slo}");
    }
    check_journal(data.path());
}

/// The journal has each document once; the database is sound.
fn check_journal(data: &Path) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let entries = runtime.block_on(async {
        let store = Store::open(data).await.unwrap();
        let entries = store.journal(0, 1_000).await.unwrap();
        store.close().await;
        entries
    });
    let places: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(places, (1..=entries.len() as i64).collect::<Vec<_>>());
    let mut names: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| (entry.said.kind.as_str(), entry.said.name.as_str()))
        .collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "{entries:?}");
    assert!(entries.iter().all(|entry| entry.said.version == 1));
    assert!(count as u64 > KILLS / DOCUMENT_EVERY);
    // A backup is checked page by page, and row by row, before it is restored.
    let folder = TempDir::new().unwrap();
    let [file, restored] = ["backup.db", "restored"].map(|name| folder.path().join(name));
    let paths = [data, &file, &restored].map(|path| path.to_str().unwrap());
    let [data, file, restored] = paths;
    for words in [
        ["backup", file, "--data", data],
        ["restore", file, "--data", restored],
    ] {
        let ran = run(&words);
        assert_eq!(ran.code, Some(0), "{ran}");
    }
}
