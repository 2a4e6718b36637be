//! Rules of what is neither Sloth's nor OpenSLO v1.

use tomoni_spec::prometheus::duration_ms;
use tomoni_spec::read;
use tomoni_spec::rules::{Bundle, Made, Makes, Settings, make, prometheus_rules};

use super::equal::documents;
use super::theirs::{input, settings};
use super::{catalog, made, written};
use crate::fixtures::fixtures;
use crate::rules::see;
use crate::support::folder;

/// An objective of Pyrra with everything that rules know of.
fn pyrra(window: &str, indicator: &str) -> String {
    format!(
        "apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: unlock
  namespace: home
  labels: {{pyrra.dev/team: home, pyrra.dev/service: unlock-api, prometheus: k8s}}
  annotations: {{pyrra.dev/runbook: 'https://example.com/unlock', other: note}}
spec:
  target: '99.5'
  window: {window}
  alerting: {{name: UnlockErrors}}
  indicator:
{indicator}"
    )
}

const RATIO: &str = "    ratio:
      errors: {metric: 'unlocks_total{code=~\"5..\"}'}
      total: {metric: unlocks_total}
      grouping: [handler, method]
";
const LATENCY: &str = "    latency:
      success: {metric: 'unlock_seconds_bucket{le=\"0.5\"}'}
      total: {metric: unlock_seconds_count}
";
const GAUGE: &str = "    bool_gauge: {metric: probe_success, grouping: [target]}
";

fn first_group(made: &Made) -> &Bundle {
    assert_eq!(made.findings, []);
    &made.bundles[0]
}

#[test]
fn of_pyrra() {
    see!(prometheus_rules(&made(&pyrra("2w", RATIO)).bundles).collect::<String>());
}

#[test]
fn of_each_of_pyrra_s_indicators() {
    let exprs = [RATIO, LATENCY, GAUGE].map(|indicator| {
        let made = made(&pyrra("4w", indicator));
        first_group(&made).groups()[0].rules[0].expr.clone()
    });
    for expr in &exprs {
        promql_parser::parser::parse(expr).unwrap();
    }
    see!(exprs.join("\n========\n"));
}

#[test]
fn pyrra_s_windows_are_its_own_where_no_catalogue_has_the_period() {
    let windows = |window: &str| {
        let made = made(&pyrra(window, LATENCY));
        let groups = first_group(&made).groups();
        let rules = groups[0].rules.iter();
        let windows = rules.map(|rule| rule.labels["sloth_window"].clone());
        windows.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(windows("4w"), "5m 30m 1h 2h 6h 1d 3d 4w");
    assert_eq!(windows("2w"), "3m 15m 30m 1h 3h 12h 2d 2w");
}

#[test]
fn pyrra_s_objectives_without_alerts_have_none() {
    let alerts = |alerting: &str| {
        let text = pyrra("4w", LATENCY).replace("{name: UnlockErrors}", alerting);
        let rules = made(&text)
            .bundles
            .remove(0)
            .groups()
            .into_iter()
            .flat_map(|g| g.rules);
        let alerts = rules.filter_map(|rule| match rule.makes {
            Makes::Alert(name) => Some(name),
            Makes::Record(_) => None,
        });
        alerts.collect::<Vec<_>>()
    };
    assert_eq!(alerts("{}"), ["ErrorBudgetBurn", "ErrorBudgetBurn"]);
    assert_eq!(alerts("{disabled: true}"), [""; 0]);
    assert_eq!(alerts("{burnrates: false}"), [""; 0]);
}

#[test]
fn an_objective_of_all_is_told() {
    let text = pyrra("4w", LATENCY).replace("'99.5'", "'100'");
    let made = made(&text);
    assert_eq!(made.bundles, []);
    assert_eq!(made.findings[0].code, "rules/impossible");
}

/// Two objectives of v1alpha that count different events.
const ALPHA: &str = "apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: unlock, displayName: Unlock}
spec:
  service: doors
  budgetingMethod: Occurrences
  timeWindows: [{count: 28, unit: Day, isRolling: true}]
  objectives:
    - target: 0.99
      ratioMetrics:
        good: {source: prometheus, queryType: promql, query: 'sum(rate(a[{{.window}}]))'}
        total: {source: prometheus, queryType: promql, query: 'sum(rate(b[{{.window}}]))'}
    - target: 0.9
      ratioMetrics:
        good: {source: prometheus, queryType: promql, query: 'sum(rate(c[{{.window}}]))'}
        total: {source: prometheus, queryType: promql, query: 'sum(rate(b[{{.window}}]))'}
";

#[test]
fn objectives_of_v1alpha_are_counted_once() {
    for text in [ALPHA.to_owned(), ALPHA.replace("rate(c", "rate(a")] {
        let made = make(&catalog(&text), &settings());
        assert_eq!(made.findings, []);
        let groups = made.bundles[0].groups();
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "sloth-slo-sli-recordings-doors-unlock-0",
                "sloth-slo-meta-recordings-doors-unlock-0",
                "sloth-slo-sli-recordings-doors-unlock-1",
                "sloth-slo-meta-recordings-doors-unlock-1",
            ]
        );
        let info = groups[1].rules.last().unwrap();
        assert_eq!(info.labels["sloth_spec"], "openslo/v1alpha");
    }
}

#[test]
fn pyrra_s_own_documents_have_rules() {
    let Some(path) = fixtures().map(|f| f.join("pyrra")) else {
        return;
    };
    let catalog = read(&folder(&path));
    let made = make(&catalog, &settings());
    assert_eq!(made.findings, []);
    let slos = catalog.objectives.len();
    let groups: usize = made
        .bundles
        .iter()
        .map(|bundle| bundle.groups().len())
        .sum();
    assert!(
        slos > 5 && groups >= 2 * slos,
        "{groups} groups of {slos} objectives"
    );
    for document in documents(&written(&made)) {
        for group in document["groups"].as_array().unwrap() {
            for rule in group["rules"].as_array().unwrap() {
                promql_parser::parser::parse(rule["expr"].as_str().unwrap()).unwrap();
            }
        }
    }
}

#[test]
fn a_catalogue_wins_over_pyrra_s_shares() {
    let Some(mut google) = input("windows/google-28d.yaml") else {
        return;
    };
    let mut windows = google.alert_windows.remove(0).value;
    windows.period_ms = duration_ms("2w").unwrap();
    let settings = Settings {
        windows: vec![windows],
        ..settings()
    };
    let made = make(&catalog(&pyrra("2w", LATENCY)), &settings);
    let rule = &first_group(&made).groups()[0].rules[0];
    assert_eq!(rule.labels["sloth_window"], "5m");
}
