//! A budget for each group: found at a real Prometheus, and kept.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tempfile::TempDir;
use tomoni_app::GROUPS_MAX;
use tomoni_app::documents::Documents;
use tomoni_app::live::{Handle, Live, LiveOptions};
use tomoni_app::source::Origins;
use tomoni_app::status::{Count, Filter, SloRow, StatusReport};
use tomoni_app::world::InForce;
use tomoni_ledger::{Events, Minute};
use tomoni_spec::SourceFile;
use tomoni_store::Store;
use tomoni_testkit::{Prometheus, PrometheusOptions, require};

use crate::support::{NOW_MS, Run, documents, promise, servers};

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const WEIRD: &str = "say \"hi\"\\/戸";
/// Handlers, with the minutes before now between which they are scraped; what each minute brings
/// follows from the place in this list.
const HANDLERS: [(&str, i64, i64); 6] = [
    ("/a", 3 * DAY, 0),
    ("/b", 3 * DAY, 0),
    (WEIRD, 3 * DAY, 0),
    ("", 3 * DAY, 0),
    ("/gone", 3 * DAY, 30 * HOUR),
    ("/new", HOUR / 2, 0),
];
/// How many users there are of whom each would be a group.
const USERS: usize = 150;

/// Bad events and all events of a handler in a minute.
fn events(place: usize, minute: Minute) -> (i64, i64) {
    let n = minute.index() + 7 * place as i64;
    let total = 3 + n % (5 + place as i64);
    (i64::from(n % 11 == 0) * 2, total)
}

fn now() -> Minute {
    Minute::ended_by_ms(NOW_MS)
}

/// What happened of a handler up to a minute, but for what no scrape saw before the first.
fn truth(place: usize, until: Minute) -> (Events, Events) {
    let (_, from, to) = HANDLERS[place];
    let (mut bad, mut total) = (0, 0);
    for index in (now() - from).index() + 1..=(now() - to).index().min(until.index()) {
        let events = events(place, Minute::from_index(index));
        (bad, total) = (bad + events.0, total + events.1);
    }
    (Events::whole(bad), Events::whole(total))
}

fn history() -> String {
    let mut text = String::from("# TYPE req counter\n");
    let sample = |text: &mut String, labels: &str, value: i64, minute: Minute| {
        let at_s = minute.end_s() - 20;
        let _ = writeln!(text, "req_total{{{labels}}} {value} {at_s}");
    };
    for (place, (handler, from, to)) in HANDLERS.iter().enumerate() {
        let escaped = handler.replace('\\', "\\\\").replace('"', "\\\"");
        let handler = match escaped.is_empty() {
            true => String::new(),
            false => format!(",handler=\"{escaped}\""),
        };
        for code in ["200", "500"] {
            let labels = format!("job=\"shop\",code=\"{code}\"{handler}");
            let mut sum = 0;
            sample(&mut text, &labels, sum, now() - *from);
            for index in (now() - *from).index() + 1..=(now() - *to).index() {
                let minute = Minute::from_index(index);
                let (bad, total) = events(place, minute);
                sum += if code == "500" { bad } else { total - bad };
                sample(&mut text, &labels, sum, minute);
            }
        }
    }
    text.push_str("# TYPE many counter\n");
    for user in 0..USERS {
        for ago in (0..HOUR).rev() {
            let at_s = (now() - ago).end_s() - 20;
            let value = HOUR - 1 - ago;
            let _ = writeln!(
                text,
                "many_total{{job=\"shop\",user=\"{user:03}\"}} {value} {at_s}"
            );
        }
    }
    text.push_str("# EOF\n");
    text
}

/// A Prometheus with that history, shared by the tests here.
fn prometheus() -> &'static str {
    static SERVER: OnceLock<Prometheus> = OnceLock::new();
    let begin = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("history.om");
        std::fs::write(&file, history()).unwrap();
        let options = PrometheusOptions {
            backfill: vec![file],
            ..PrometheusOptions::default()
        };
        runtime.block_on(Prometheus::start(options)).unwrap()
    };
    // On a thread of its own: the caller may be inside a runtime.
    let server = SERVER.get_or_init(|| std::thread::spawn(begin).join().unwrap());
    server.url()
}

/// One SLO over all of the shop, with a budget for each handler.
fn shop() -> Documents {
    let total = "req_total{job=\"shop\"}";
    let bad = "sum(rate(req_total{job=\"shop\",code=\"500\"}[5m]))";
    let mut documents = documents(&[promise(bad, total, None)], &[]);
    documents.catalog.slos[0].value.group_by = vec!["handler".to_owned()];
    documents
}

/// One SLO with a group for each user.
fn users() -> Documents {
    let (bad, total) = ("many_total{user=\"007\"}", "many_total{job=\"shop\"}");
    let mut documents = documents(&[promise(bad, total, None)], &[]);
    documents.catalog.slos[0].value.group_by = vec!["user".to_owned()];
    documents
}

fn label(row: &SloRow) -> Option<&str> {
    let group = row.group.as_ref()?;
    assert_eq!(group.of, "slo-0");
    group.labels.get("handler").map(String::as_str)
}

fn counts(row: &SloRow) -> (Events, Events) {
    let count = |count: Option<Count>| count.map_or(Events::ZERO, |count| count.0);
    (count(row.bad), count(row.total))
}

/// The groups' own numbers, and that they add up to what all of them count.
fn check(report: &StatusReport, until: Minute) {
    let (all, groups) = report.slos.split_first().unwrap();
    assert_eq!(label(all), None);
    let mut sum = (Events::ZERO, Events::ZERO);
    for row in groups {
        let name = label(row).unwrap();
        let place = HANDLERS.iter().position(|(handler, ..)| *handler == name);
        assert_eq!(counts(row), truth(place.unwrap(), until), "{name:?}");
        assert_eq!(row.counting, Some("exact"), "{name:?}");
        sum = (sum.0 + counts(row).0, sum.1 + counts(row).1);
    }
    assert_eq!(counts(all), sum);
    assert!(sum.0 > Events::ZERO && sum.1 > sum.0);
}

fn names(report: &StatusReport) -> Vec<&str> {
    report.slos.iter().map(|row| row.slo.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_group_has_its_own_numbers() {
    require!("prometheus", "promtool");
    let documents = shop();
    let alive = servers(prometheus());
    let report = Run::new(&documents, Some(&alive)).status().await.unwrap();
    assert_eq!(report.findings, []);
    let names = names(&report);
    assert_eq!(names.len(), 7, "{names:?}");
    assert_eq!(names[..1], ["slo-0"]);
    assert!(names.contains(&"slo-0:~a") && names.contains(&"slo-0:~new"));
    check(&report, now() - 1);
    // An hour ago one was not there yet.
    let run = Run {
        at_ms: NOW_MS - 3_600_000,
        ..Run::new(&documents, Some(&alive))
    };
    let report = run.status().await.unwrap();
    assert_eq!(report.slos.len(), 6);
    check(&report, now() - HOUR);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_kept() {
    require!("prometheus", "promtool");
    let documents = shop();
    let (alive, dead) = (servers(prometheus()), servers(NOWHERE));
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let mut reports = Vec::new();
    for servers in [Some(&alive), Some(&alive), Some(&dead), None] {
        let run = Run {
            store: Some(&store),
            ..Run::new(&documents, servers)
        };
        reports.push(run.status().await.unwrap());
    }
    let codes = |report: &StatusReport| -> Vec<&str> {
        let findings = report.findings.iter();
        findings.map(|finding| finding.code).collect()
    };
    assert_eq!(codes(&reports[1]), [""; 0]);
    assert!(codes(&reports[2]).contains(&"groups/unknown"));
    assert_eq!(codes(&reports[3]), [""; 0]);
    for report in &reports {
        assert_eq!(names(report), names(&reports[0]));
        check(report, now() - 1);
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_limit() {
    require!("prometheus", "promtool");
    let documents = users();
    let servers = servers(prometheus());
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    for _ in 0..2 {
        let run = Run {
            store: Some(&store),
            ..Run::new(&documents, Some(&servers))
        };
        let report = run.status().await.unwrap();
        assert_eq!(report.slos.len(), 1 + GROUPS_MAX);
        assert_eq!(report.slos[1].slo, "slo-0:000");
        assert_eq!(report.slos[GROUPS_MAX].slo, "slo-0:099");
        let all = report.slos[0].total.unwrap().0;
        assert_eq!(all, Events::whole((HOUR - 2) * USERS as i64));
        assert_eq!(report.slos[8].total, Some(Count(Events::whole(HOUR - 2))));
        let said = report.findings.iter().find(|f| f.code == "groups/too-many");
        let said = said.unwrap();
        assert_eq!(said.slo.as_deref(), Some("slo-0"));
        assert_eq!(
            said.message,
            "there are 150 groups by user, and 100 of them have a budget each"
        );
    }
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objective_of_pyrra_has_its_groups() {
    require!("prometheus", "promtool");
    let text = r#"
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: shop-errors
  namespace: monitoring
spec:
  target: "99"
  window: 1w
  indicator:
    ratio:
      errors:
        metric: req_total{job="shop",code="500"}
      total:
        metric: req_total{job="shop"}
      grouping: [handler, code]
"#;
    let file = SourceFile {
        name: "pyrra.yaml".into(),
        bytes: text.as_bytes().to_vec(),
    };
    let documents = Documents {
        catalog: tomoni_spec::read(&[file]),
        files: Vec::new(),
    };
    assert_eq!(documents.catalog.findings, []);
    let servers = servers(prometheus());
    let report = Run::new(&documents, Some(&servers)).status().await.unwrap();
    assert_eq!(report.slos.len(), 1 + 2 * HANDLERS.len());
    let row = |name: &str| report.slos.iter().find(|row| row.slo == name).unwrap();
    let bad = row("monitoring-shop-errors:500,~a");
    let (failed, all) = truth(0, now() - 1);
    assert_eq!(counts(bad), (failed, failed));
    let good = row("monitoring-shop-errors:200,~a");
    assert_eq!(counts(good), (Events::ZERO, all - failed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_says_when_there_are_too_many() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let (mut live, handle) = open(&folder, prometheus(), users(), NOW_MS).await;
    settle(&mut live, NOW_MS).await;
    let report = handle.world().status(Filter::default()).unwrap();
    assert_eq!(report.slos.len(), 1 + GROUPS_MAX);
    let codes: Vec<&str> = report.findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, ["groups/too-many"]);
    let world = handle.world();
    let told = world.reading.findings.iter().map(|told| told.finding.code);
    assert_eq!(told.collect::<Vec<_>>(), codes);
}

async fn open(folder: &TempDir, url: &str, documents: Documents, now_ms: i64) -> (Live, Handle) {
    let store = Store::open(folder.path()).await.unwrap();
    let clock = Arc::new(move || now_ms);
    let mut options = LiveOptions::new(store, clock, Arc::new(|| Duration::ZERO));
    options.origins = Some(Origins::Servers(Box::new(servers(url))));
    options.in_force = InForce::read(documents, now_ms);
    Live::open(options).await
}

/// Ticks once and takes in all that comes of it.
async fn settle(live: &mut Live, now_ms: i64) {
    live.tick(now_ms).await;
    while live.groups().await || live.answers().await {}
}

/// Which handlers have a budget, with what they count.
fn standings(handle: &Handle) -> BTreeMap<String, (Events, Events)> {
    let world = handle.world();
    let groups = world.standings.iter().filter_map(|standing| {
        let group = standing.slo.value.group.as_ref()?;
        let figures = &standing.measures.figures;
        let value = group.labels.iter().next()?.1.to_owned();
        Some((value, (figures.bad, figures.total)))
    });
    groups.collect()
}

fn expected(until: Minute, gone: &[&str]) -> BTreeMap<String, (Events, Events)> {
    let all = HANDLERS.iter().enumerate();
    let there = all.filter(|(_, (handler, ..))| !gone.contains(handler));
    there
        .map(|(place, (handler, ..))| ((*handler).to_owned(), truth(place, until)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_come_and_go_while_a_server_runs() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let before_ms = NOW_MS - 3_600_000;
    let (mut live, handle) = open(&folder, prometheus(), shop(), before_ms).await;
    assert_eq!(handle.world().standings.len(), 1);
    settle(&mut live, before_ms).await;
    assert_eq!(standings(&handle), expected(now() - HOUR - 1, &["/new"]));
    // An hour later there is one more.
    settle(&mut live, NOW_MS).await;
    assert_eq!(standings(&handle), expected(now() - 1, &[]));
    // What all of them count is still one SLO, and stands first.
    let world = handle.world();
    let figures = &world.standings[0].measures.figures;
    let sum = standings(&handle)
        .values()
        .fold((Events::ZERO, Events::ZERO), |sum, counts| {
            (sum.0 + counts.0, sum.1 + counts.1)
        });
    assert_eq!((figures.bad, figures.total), sum);
    drop((live, handle));

    // A restart while the server is away: they are there at once, with their numbers.
    let (mut live, handle) = open(&folder, NOWHERE, shop(), NOW_MS).await;
    assert_eq!(standings(&handle), expected(now() - 1, &[]));
    settle(&mut live, NOW_MS + 60_000).await;
    assert_eq!(standings(&handle).len(), HANDLERS.len());
    drop((live, handle));

    // One that was seen last a day and a quarter ago keeps its budget until its window has passed.
    for (later_ms, gone) in [(5 * DAY, &[][..]), (6 * DAY, &["/gone"])] {
        let later_ms = NOW_MS + later_ms * 60_000;
        let (mut live, handle) = open(&folder, prometheus(), shop(), later_ms).await;
        settle(&mut live, later_ms).await;
        let names: Vec<String> = standings(&handle).into_keys().collect();
        let expected: Vec<String> = expected(now(), gone).into_keys().collect();
        assert_eq!(names, expected);
        drop((live, handle));
        let kept = Store::open(folder.path()).await.unwrap();
        let of = shop().catalog.slos[0].value.promises[0].key.generation;
        assert_eq!(kept.groups(&[of]).await.unwrap().len(), expected.len());
        kept.close().await;
    }
}
