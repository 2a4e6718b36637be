//! Documents that are applied over HTTP, of every format.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::Value;
use tomoni_spec::Identity;
use tomoni_spec::codes::{EXAMPLE_PYRRA, EXAMPLE_SLOTH};

use super::rig::{PUSHED, Rig};

const JSON: &str = "application/json";
/// How long something may take that must happen at all.
const LONG: Duration = Duration::from_secs(60);

/// Documents of every kind of OpenSLO's that need each other.
const OPENSLO: &str = r#"apiVersion: openslo/v1
kind: Service
metadata: {name: api}
---
apiVersion: openslo/v1
kind: DataSource
metadata: {name: main}
spec: {type: Prometheus, connectionDetails: {url: "http://127.0.0.1:9090"}}
---
apiVersion: openslo/v1
kind: SLI
metadata: {name: good-answers}
spec:
  ratioMetric:
    counter: true
    bad: {metricSource: {metricSourceRef: main, spec: {query: 'hits_total{code="500"}'}}}
    total: {metricSource: {metricSourceRef: main, spec: {query: hits_total}}}
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: {name: on-call}
spec: {target: pager}
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: {name: fast}
spec:
  severity: page
  condition: {kind: burnrate, op: gt, threshold: 13.44, lookbackWindow: 1h, alertAfter: 2m}
---
apiVersion: openslo/v1
kind: AlertPolicy
metadata: {name: wake}
spec:
  alertWhenBreaching: true
  conditions: [{conditionRef: fast}]
  notificationTargets: [{targetRef: on-call}]
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: answers}
spec:
  service: api
  indicatorRef: good-answers
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
  alertPolicies: [{alertPolicyRef: wake}]
"#;
const WINDOWS: &str = "apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: {errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d}
";

/// Kind and name of each document of a list.
fn names(list: &Value) -> Vec<(String, String)> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let rows = list["documents"].as_array().unwrap().iter();
    rows.map(|row| (text(row, "kind"), text(row, "name")))
        .collect()
}

#[tokio::test]
async fn a_document_of_every_kind_comes_and_goes() {
    let rig = Rig::bare().await;
    let all = [OPENSLO, EXAMPLE_SLOTH, WINDOWS, EXAMPLE_PYRRA].join("---\n");
    rig.apply(&all).await.json();
    let list = rig.get("/api/v1/documents").await.json();
    assert_eq!(names(&list).len(), Identity::kinds().count(), "{list:#}");

    let export = rig.get("/api/v1/export").await.json();
    let files = export["files"].as_array().unwrap();
    assert_eq!(files.len(), Identity::kinds().count());
    let texts: Vec<&str> = files
        .iter()
        .map(|file| file["text"].as_str().unwrap())
        .collect();
    let again = rig.apply(&texts.join("---\n")).await.json();
    let changes = again["changes"].as_array().unwrap();
    assert_eq!(changes.len(), Identity::kinds().count(), "{again:#}");
    assert!(changes.iter().all(|c| c["change"] == "unchanged"));

    // What needs others goes before them.
    for kind in Identity::kinds() {
        let of_kind = format!("/api/v1/documents?kind={}", kind.to_lowercase());
        let list = rig.get(&of_kind).await.json();
        let (found, name) = names(&list).remove(0);
        assert_eq!(found, kind);
        let path = format!("/api/v1/documents/{kind}/{name}");
        assert_eq!(names(&rig.get(&path).await.json()).len(), 1);
        rig.ask(Method::DELETE, &path, JSON, "").await.json();
        assert_eq!(names(&rig.get(&of_kind).await.json()), []);
    }
    rig.end().await;
}

/// The client hangs up as soon as the journal has what it sent: it is counted by all the same.
#[tokio::test]
async fn what_is_in_the_journal_is_in_force_whoever_listens() {
    let rig = Rig::bare().await;
    let written = async || {
        let entries = rig.site.handle().store().journal(0, 10).await.unwrap();
        !entries.is_empty()
    };
    {
        let mut applying = pin!(rig.apply(PUSHED));
        while !written().await {
            let is_done =
                poll_fn(|context| Poll::Ready(applying.as_mut().poll(context).is_ready())).await;
            assert!(!is_done, "nothing is answered before it is in force");
        }
    }
    let mut changes = rig.site.handle().changes();
    let shown = async {
        while rig.get("/api/v1/slos/updates").await.status != StatusCode::OK {
            changes.changed().await.unwrap();
        }
    };
    tokio::time::timeout(LONG, shown).await.unwrap();
    rig.end().await;
}
