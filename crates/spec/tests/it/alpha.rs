//! OpenSLO v1alpha: read as OpenSLO v1.

use tomoni_slo::{Indicator, Method};
use tomoni_spec::{Catalog, read};

use crate::rules::see;
use crate::support::{file, seen};

pub(crate) const DOCUMENT: &str = "\
apiVersion: openslo/v1alpha
kind: Service
metadata:
  name: unlock-api
  displayName: Unlocking
spec:
  description: Opens doors.
---
apiVersion: openslo/v1alpha
kind: SLO
metadata:
  name: unlocks
  displayName: Doors open
spec:
  description: Doors open when asked to.
  service: unlock-api
  budgetingMethod: Timeslices
  timeWindows:
    - unit: Day
      count: 28
      isRolling: true
  objectives:
    - displayName: Good
      value: 1
      target: 0.999
      timeSliceTarget: 0.95
      ratioMetrics:
        incremental: true
        good:
          source: prometheus
          queryType: promql
          query: unlocks_total{code!~\"5..\"}
        total:
          source: prometheus
          queryType: promql
          query: unlocks_total
";

fn catalog(text: &str) -> Catalog {
    read(&[file("slo.yaml", text)])
}

#[test]
fn an_slo_is_what_its_document_says() {
    let catalog = catalog(DOCUMENT);
    assert_eq!(catalog.findings, []);
    assert_eq!(
        catalog.services[0].value.display_name.as_deref(),
        Some("Unlocking")
    );
    let slo = &catalog.slos[0].value;
    assert_eq!(
        (slo.name.as_str(), slo.display_name.as_deref()),
        ("unlocks", Some("Doors open"))
    );
    let promise = &slo.promises[0];
    assert!(matches!(
        promise.indicator,
        Indicator::Ratio { counter: true, .. }
    ));
    assert_eq!(promise.objective.window.to_string(), "28d");
    assert_eq!(
        promise.objective.method,
        Method::Timeslices {
            target: 0.95,
            width_minutes: 1
        }
    );
}

#[test]
fn objectives_that_count_other_things_are_slos_of_their_own() {
    let (_, objective) = DOCUMENT.split_once("  objectives:\n").unwrap();
    let same = catalog(&format!("{DOCUMENT}{}", objective.replace("0.999", "0.9")));
    assert_eq!(same.findings, []);
    assert_eq!(same.slos[0].value.promises.len(), 2);

    let other = catalog(&format!("{DOCUMENT}{}", objective.replace("5..", "4..")));
    assert_eq!(other.findings, []);
    let names: Vec<&str> = other.slos.iter().map(|s| s.value.name.as_str()).collect();
    assert_eq!(names, ["unlocks-0", "unlocks-1"]);
}

#[test]
fn a_threshold_is_on_the_slo() {
    let (head, _) = DOCUMENT.split_once("  objectives:\n").unwrap();
    let head = head.replace("Timeslices", "Occurrences");
    let text = format!(
        "{head}  indicator:\n    thresholdMetric: {{source: Prometheus, queryType: promql, query: \
         volts}}\n  objectives:\n    - {{op: gte, value: 12, target: 0.99}}\n"
    );
    let catalog = catalog(&text);
    assert_eq!(catalog.findings, []);
    let promise = &catalog.slos[0].value.promises[0];
    assert!(promise.threshold.unwrap().is_good(12.0));
}

#[test]
fn what_is_wrong_is_told_where_it_stands() {
    let changes = [
        ("kind: Service", "kind: DataSource"),
        ("      isRolling: true\n", ""),
        ("      count: 28\n", "      count: 1.5\n"),
        ("unit: Day", "unit: Fortnight"),
        ("unit: Day", "unit: Second"),
        ("      timeSliceTarget: 0.95\n", ""),
        ("      ratioMetrics:\n", "      ratioMetric:\n"),
        ("query: unlocks_total\n", "query: unlocks_total{\n"),
        (
            "source: prometheus\n          queryType: promql\n          query: unlocks_total\n",
            "source: datadog\n          queryType: query\n          query: x\n",
        ),
        (
            "  budgetingMethod",
            "  indicator: {thresholdMetric: {source: prometheus, queryType: promql, query: x}}\n  budgetingMethod",
        ),
        ("target: 0.999", "target: 99.9"),
    ];
    let mut text = String::new();
    for (right, wrong) in changes {
        assert_eq!(DOCUMENT.matches(right).count(), 1, "{right}");
        text.push_str(&format!(
            "======== {wrong}\n{}",
            seen(&DOCUMENT.replace(right, wrong))
        ));
    }
    see!(text);
}
