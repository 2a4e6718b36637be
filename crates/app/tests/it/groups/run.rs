//! What one run finds.

use tempfile::TempDir;
use tomoni_app::GROUPS_MAX;
use tomoni_app::documents::Documents;
use tomoni_app::status::{Count, Filter, SloRow, StatusReport};
use tomoni_ledger::{Events, Minute};
use tomoni_spec::SourceFile;
use tomoni_store::Store;
use tomoni_testkit::require;

use super::{
    HANDLERS, HOUR, NOWHERE, USERS, long_and_short, lost, now, prometheus, shop, short, truth,
    users,
};
use crate::support::{NOW_MS, Run, servers};

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
    assert_eq!(counts(all), (sum.0, sum.1 + lost(until)));
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
async fn who_looks_at_a_few_takes_nothing_from_the_others() {
    require!("prometheus", "promtool");
    let documents = long_and_short("req_total");
    let (alive, dead) = (servers(prometheus()), servers(NOWHERE));
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let other = Filter {
        team: Some("other"),
        service: None,
    };
    let all = Filter::default();
    let mut seen = Vec::new();
    for (servers, filter) in [(&alive, all), (&alive, other), (&dead, all)] {
        let run = Run {
            store: Some(&store),
            filter,
            ..Run::new(&documents, Some(servers))
        };
        let report = run.status().await.unwrap();
        let names = names(&report).into_iter().map(str::to_owned);
        seen.push(names.collect::<Vec<_>>());
    }
    store.close().await;
    let gone = |of: &str| format!("{of}:~gone");
    assert!(seen[0].contains(&gone("slo-0")) && !seen[0].contains(&gone("slo-1")));
    assert_eq!(seen[1], seen[0][7..], "its window is shorter");
    assert_eq!(seen[2], seen[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_window_is_looked_at_further_back() {
    require!("prometheus", "promtool");
    let (short, both) = (short(), long_and_short("req_total"));
    let alive = servers(prometheus());
    let folder = TempDir::new().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let mut seen = Vec::new();
    for documents in [&short, &both] {
        let run = Run {
            store: Some(&store),
            ..Run::new(documents, Some(&alive))
        };
        let report = run.status().await.unwrap();
        seen.push(names(&report).len());
    }
    assert_eq!(seen, [6, 7 + 6]);
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
            "there are more groups by user than the 100 that have a budget each: 50 others were there \
             when it was looked last"
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
