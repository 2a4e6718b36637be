//! Documents that are applied over HTTP, of every format.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::Value;
use tomoni_ledger::{Counts, Events, Minute};
use tomoni_server::http::limits::ROWS_PER_PAGE;
use tomoni_spec::Identity;
use tomoni_spec::codes::{EXAMPLE_PYRRA, EXAMPLE_SLOTH};
use tomoni_store::Batch;

use super::rig::{NOW_MS, PUSHED, Rig};

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
        // SLOs are those of every format.
        let is_of_kind = |(found, _): &(String, String)| found == kind;
        let (_, name) = names(&list).into_iter().find(is_of_kind).unwrap();
        let path = format!("/api/v1/documents/{kind}/{name}");
        assert_eq!(names(&rig.get(&path).await.json()).len(), 1);
        rig.ask(Method::DELETE, &path, JSON, "").await.json();
        let left = names(&rig.get(&of_kind).await.json());
        assert!(!left.iter().any(is_of_kind) && (left.is_empty() || kind == "SLO"));
    }
    rig.end().await;
}

/// A second SLO of the document, which is called after the first one.
const SECOND: &str = "  - name: latency
    objective: 99
    sli:
      events:
        error_query: sum(rate(slow_total[{{.window}}]))
        total_query: sum(rate(answers_total[{{.window}}]))
    alerting: {name: UnlockLatency}
";

#[tokio::test]
async fn what_slos_of_gone_documents_counted_can_be_deleted() {
    let rig = Rig::bare().await;
    let sloth = format!("{EXAMPLE_SLOTH}{SECOND}");
    let sloth_path = "PrometheusServiceLevel/unlock-api-availability";
    let pyrra_path = "ServiceLevelObjective/home-unlock-latency";
    for (text, slo, document) in [
        (&*sloth, "unlock-api-availability", sloth_path),
        (&*sloth, "unlock-api-latency", sloth_path),
        (EXAMPLE_PYRRA, "home-unlock-latency", pyrra_path),
    ] {
        rig.apply(text).await.json();
        let world = rig.site.world();
        let mut of_slo = world.of_slo(slo);
        let counted = Counts {
            bad: Events::whole(1),
            total: Events::whole(2),
        };
        let batch = Batch {
            key: of_slo.next().unwrap().promise().key.clone(),
            sli: slo.to_owned(),
            id: "one".to_owned(),
            digest: vec![1],
            counts: vec![(Minute::ended_by_ms(NOW_MS), counted)],
            received_ms: NOW_MS,
        };
        let store = rig.site.handle().store();
        store.push(&[batch]).await.unwrap();
        rig.now_ms.fetch_add(1_000, Ordering::Relaxed);
        let path = format!("/api/v1/documents/{document}");
        rig.ask(Method::DELETE, &path, JSON, "").await.json();
        assert_eq!(store.sizes().await.unwrap().ledgers, 1, "{slo}");
        let path = format!("/api/v1/slos/{slo}/ledger?confirm={slo}");
        let gone = rig.ask(Method::DELETE, &path, JSON, "").await.json();
        assert_eq!(gone["ledgers"].as_array().unwrap().len(), 1, "{gone}");
        assert_eq!(store.sizes().await.unwrap().ledgers, 0, "{slo}");
        rig.now_ms.fetch_add(1_000, Ordering::Relaxed);
    }
    let path = "/api/v1/slos/unlock-api-nothing/ledger?confirm=unlock-api-nothing";
    let never = rig.ask(Method::DELETE, path, JSON, "").await;
    assert_eq!(never.problem(), "unknown-name");
    rig.end().await;
}

/// Hundreds of SLOs of services that nobody defines: each of them is told.
#[tokio::test]
async fn findings_come_in_pages() {
    let rig = Rig::bare().await;
    let slo = |n: usize| {
        PUSHED
            .replace("name: updates", &format!("name: updates-{n}"))
            .replace("service: firmware", "service: nobody-s")
    };
    let count = ROWS_PER_PAGE + 50;
    let all: Vec<String> = (0..count).map(slo).collect();
    rig.apply(&all.join("---\n")).await.json();
    let (mut after, mut findings, mut checks) = (String::new(), Vec::new(), 0);
    loop {
        let page = format!("/api/v1/findings?limit=100{after}");
        let page = rig.get(&page).await.json();
        let list = page["findings"].as_array().unwrap();
        assert!(list.len() <= 100);
        findings.extend(list.clone());
        checks += page["checks"].as_array().unwrap().len();
        let Some(next) = page["next"].as_u64() else {
            break;
        };
        after = format!("&after={next}");
    }
    let of_documents = rig.site.world().reading.findings.len();
    assert!(of_documents >= count && findings.len() >= of_documents);
    assert_eq!(checks, count);
    let whole = rig.get("/api/v1/findings").await.json();
    assert_eq!(whole["findings"].as_array().unwrap(), &findings);
    assert_eq!(whole["next"], Value::Null);
    let refused = rig.get("/api/v1/findings?limit=0").await;
    assert_eq!(refused.problem(), "bad-query");

    let shown = async |path: &str| {
        rig.page(path)
            .await
            .text()
            .matches("li class=\"finding")
            .count()
    };
    assert_eq!(shown("/findings").await, ROWS_PER_PAGE);
    let last = format!("/findings?finding={of_documents}");
    assert_eq!(shown(&last).await, of_documents % ROWS_PER_PAGE);
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
