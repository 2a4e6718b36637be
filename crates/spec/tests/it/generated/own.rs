//! Rules of our own documents, as they are written.

use tomoni_spec::codes::EXAMPLE_SLOTH;
use tomoni_spec::rules::{Settings, make, prometheus_rules};

use super::equal::{groups, rules};
use super::{catalog, made, written};
use crate::rules::see;

/// Everything that a document can say of rules, in Sloth's spelling for Kubernetes.
const OBJECT: &str = "\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata:
  name: unlock
  namespace: doors
  labels: {prometheus: home, app.kubernetes.io/managed-by: argo}
  annotations: {note: 'kept: \"as it is\"'}
spec:
  service: unlock-api
  labels: {team: home, tier: '2', both: service}
  slos:
    - name: errors
      objective: 99.95
      labels: {both: slo, motto: 'yes', city: 東京}
      sli:
        events:
          errorQuery: 'sum(rate(http_requests_total{code=~\"5..\"}[{{.window}}])) # all of them'
          totalQuery: sum(rate(http_requests_total[{{ .window }}]))
      alerting:
        name: UnlockErrors
        labels: {channel: '#doors', both: alerts}
        annotations: {runbook: 'https://example.com/unlock?a=1#x', summary: \"two\\nlines\"}
        pageAlert:
          labels: {both: page}
          annotations: {title: 'Doors stay shut: {{ $value }}'}
        ticketAlert: {disable: true}
";

#[test]
fn of_sloth_s_format() {
    see!(written(&made(EXAMPLE_SLOTH)));
}

#[test]
fn of_sloth_s_objects() {
    see!(prometheus_rules(&made(OBJECT).bundles).collect::<String>());
}

#[test]
fn of_openslo() {
    let ratio = format!(
        "      ratioMetric: {{counter: true, bad: {}, total: {}}}",
        metric("http_requests_total{code=~\"5..\"}"),
        metric("http_requests_total")
    );
    see!(written(&made(&openslo(&ratio, "}\n    - {target: 0.9995"))));
}

/// An SLO of OpenSLO whose indicator is this.
fn openslo(indicator: &str, objective: &str) -> String {
    format!(
        "apiVersion: openslo/v1
kind: SLO
metadata: {{name: slo}}
spec:
  service: svc
  budgetingMethod: Occurrences
  timeWindow: [{{duration: 28d, isRolling: true}}]
  indicator:
    metadata: {{name: sli}}
    spec:
{indicator}
  objectives:
    - {{target: 0.99{objective}}}
"
    )
}

fn metric(query: &str) -> String {
    format!("{{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}")
}

/// The expression over five minutes of an indicator.
fn expr(indicator: &str, objective: &str) -> String {
    let text = openslo(indicator, objective);
    let made = made(&text);
    assert_eq!(made.findings, [], "{text}");
    let rule = &made.bundles[0].groups()[0].rules[0];
    assert_eq!(rule.labels["sloth_window"], "5m");
    rule.expr.clone()
}

#[test]
fn queries_without_a_placeholder_are_asked_over_windows() {
    let ratio = |counter: &str, part: &str, one: &str, all: &str| {
        let (one, all) = (metric(one), metric(all));
        expr(
            &format!("      ratioMetric: {{counter: {counter}, {part}: {one}, total: {all}}}"),
            "",
        )
    };
    let text = [
        ratio("true", "bad", "e_total", "t_total{a=\"b\"}"),
        ratio(
            "true",
            "good",
            "sum(rate(g_total[5m])) - sum(rate(h_total[5m]))",
            "sum(increase(t_total[1h]))",
        ),
        ratio(
            "true",
            "bad",
            "sum(rate(e_total[{{.window}}]))",
            "sum(rate(t_total[{{.window}}]))",
        ),
        ratio("false", "bad", "e", "t"),
        expr(
            &format!(
                "      ratioMetric: {{rawType: failure, raw: {}}}",
                metric("r{{.window}}")
            ),
            "",
        ),
        expr(
            &format!(
                "      ratioMetric: {{rawType: success, raw: {}}}",
                metric("r # good")
            ),
            "",
        ),
        expr(
            &format!("      thresholdMetric: {}", metric("temperature")),
            ", op: lte, value: 0.25",
        ),
        expr(
            &format!("      thresholdMetric: {}", metric("max(temperature)")),
            ", op: gt, value: -1",
        ),
    ];
    for expr in &text {
        promql_parser::parser::parse(expr).unwrap();
    }
    see!(text.join("\n========\n"));
}

#[test]
fn settings_choose_what_is_made() {
    let of = |settings: &Settings| {
        let made = make(&catalog(OBJECT), settings);
        groups(&written(&made))
    };
    let recordings = of(&Settings {
        has_alerts: false,
        labels: [("team".to_owned(), "other".to_owned())].into(),
        ..Settings::default()
    });
    assert_eq!(recordings.len(), 2);
    for rule in recordings.iter().flat_map(rules) {
        assert_eq!(rule["labels"]["team"], "other");
    }
    let alerts = of(&Settings {
        has_recordings: false,
        ..Settings::default()
    });
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0]["name"], "sloth-slo-alerts-unlock-api-errors");
}

#[test]
fn what_is_written_is_what_was_made() {
    let made = made(OBJECT);
    let written = groups(&written(&made));
    for (group, written) in made.bundles[0].groups().iter().zip(&written) {
        assert_eq!(written["name"], group.name);
        for (rule, written) in group.rules.iter().zip(rules(written)) {
            assert_eq!(written["expr"], rule.expr);
            assert_eq!(written["labels"], serde_json::json!(rule.labels));
            if !rule.annotations.is_empty() {
                assert_eq!(written["annotations"], serde_json::json!(rule.annotations));
            }
        }
    }
}
