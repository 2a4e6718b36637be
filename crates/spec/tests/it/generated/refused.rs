//! SLOs that can have no rules are told; the others have theirs.

use tomoni_spec::codes::EXAMPLE;
use tomoni_spec::report::{self, Style};
use tomoni_spec::rules::{Bundle, Settings, make};
use tomoni_spec::{Finding, read};

use super::made;
use crate::rules::see;
use crate::support::file;

/// What people see of what keeps SLOs from having rules, and the groups of those that have.
fn seen(text: &str, settings: &Settings) -> String {
    let files = [file("slos.yaml", text)];
    let made = make(&read(&files), settings);
    let mut seen = report::human(&made.findings, &files, Style::default());
    for group in made.bundles.iter().flat_map(Bundle::groups) {
        seen.push_str(&format!("{}: {} rules\n", group.name, group.rules.len()));
    }
    seen
}

const TWO: &str = "\
version: prometheus/v1
service: unlock
slos:
  - name: api-errors
    objective: 99
    sli: {raw: {error_ratio_query: 'a{{.window}}'}}
    alerting: {name: Errors}
  - name: latency
    objective: 100
    sli: {raw: {error_ratio_query: 'b{{.window}}'}}
    alerting: {page_alert: {disable: true}, ticket_alert: {disable: true}}
---
version: prometheus/v1
service: unlock-api
slos:
  - name: errors
    objective: 99.5
    sli: {raw: {error_ratio_query: 'c{{.window}}'}}
    alerting: {name: Errors}
";

/// An objective of OpenSLO's that rules would call as they call the SLO of Sloth's.
const ONE_IDENTITY: &str = "\
version: prometheus/v1
service: unlock
slos:
  - name: errors-0
    objective: 99
    sli: {raw: {error_ratio_query: 'a{{.window}}'}}
    alerting: {name: Errors}
---
apiVersion: openslo/v1
kind: Service
metadata: {name: unlock}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: errors}
spec:
  service: unlock
  budgetingMethod: Occurrences
  timeWindow: [{duration: 30d, isRolling: true}]
  indicator:
    metadata: {name: errors}
    spec: {ratioMetric: {rawType: failure, raw: {metricSource: {type: Prometheus, spec: {query: 'a{{.window}}'}}}}}
  objectives: [{target: 0.99}]
";

#[test]
fn two_slos_of_one_identity() {
    see!(seen(ONE_IDENTITY, &Settings::default()));
}

#[test]
fn a_second_slo_of_one_name_is_told_of_its_document() {
    let files = [file("slos.yaml", TWO)];
    let catalog = read(&files);
    let is_told = |findings: &[Finding], code: &str| findings.iter().any(|f| f.code == code);
    assert!(is_told(&catalog.findings, "openslo/duplicate-object"));
    let made = make(&catalog, &Settings::default());
    assert!(!is_told(&made.findings, "rules/identity"));
}

#[test]
fn a_period_without_windows() {
    let settings = Settings {
        period_ms: 7 * 86_400_000,
        ..Settings::default()
    };
    see!(seen(TWO, &settings));
}

#[test]
fn a_catalogue_among_the_documents_is_used() {
    let windows = "\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: {errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 42, shortWindow: 6h, longWindow: 7d}
";
    let settings = Settings {
        period_ms: 7 * 86_400_000,
        ..Settings::default()
    };
    let catalog = read(&[file("slos.yaml", TWO), file("windows.yaml", windows)]);
    let made = make(&catalog, &settings);
    let group = |name: &str| {
        let groups = made.bundles.iter().flat_map(Bundle::groups);
        groups
            .into_iter()
            .find(|group| group.name.contains(name))
            .unwrap()
            .clone()
    };
    let sli = group("sli-recordings-unlock-api-errors");
    let windows: Vec<&str> = sli
        .rules
        .iter()
        .map(|rule| rule.labels["sloth_window"].as_str())
        .collect();
    // The period is one of the windows: its rule is there once.
    assert_eq!(windows, ["5m", "30m", "1h", "2h", "6h", "1d", "1w"]);
    let page = &group("alerts-unlock-api-errors").rules[0].expr;
    assert!(
        page.contains("ratio_rate1h{") && page.contains("> (13.44 * 0.01)"),
        "{page}"
    );
}

#[test]
fn names_that_only_newer_servers_take() {
    let dotted = TWO.replacen(
        "{name: Errors}",
        "{name: Errors, annotations: {run.book: x}}",
        1,
    );
    let labelled = dotted.replacen(
        "service: unlock\n",
        "service: unlock\nlabels: {2nd: y}\n",
        1,
    );
    see!(seen(&labelled, &Settings::default()));
}

#[test]
fn what_rules_cannot_say() {
    let pushed = "\
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: orders}
spec:
  service: unlock-api
  budgetingMethod: Occurrences
  timeWindow: [{duration: 28d, isRolling: true}]
  indicator:
    metadata: {name: orders}
    spec:
      ratioMetric:
        rawType: failure
        raw: {metricSource: {type: tomoni.dev/push, spec: {sli: orders}}}
  objectives: [{target: 0.99}]
";
    see!(seen(&format!("{EXAMPLE}{pushed}"), &Settings::default()));
}

#[test]
fn slos_without_alerts_have_no_group_for_them() {
    let made = made(TWO);
    let names = made.bundles.iter().flat_map(Bundle::groups);
    assert!(
        names
            .clone()
            .any(|group| group.name == "sloth-slo-meta-recordings-unlock-latency")
    );
    assert!(
        !names
            .clone()
            .any(|group| group.name == "sloth-slo-alerts-unlock-latency")
    );
}
