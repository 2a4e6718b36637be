//! SLOs that were written in OpenSLO, as documents of other formats.

use tomoni_spec::{Target, read};

use super::{converted, errors, joined, slos};
use crate::support::file;

/// An SLO and its service.
fn slo(indicator: &str, rest: &str) -> String {
    format!(
        "apiVersion: openslo/v1
kind: Service
metadata: {{name: unlock-api}}
---
apiVersion: openslo/v1
kind: SLO
metadata: {{name: unlock-api-errors, labels: {{team: home}}}}
spec:
  description: Doors open.
  service: unlock-api
  budgetingMethod: Occurrences
  timeWindow: [{{duration: 30d, isRolling: true}}]
  indicator:
    metadata: {{name: errors}}
    spec:
{indicator}{rest}"
    )
}

fn ratio(part: &str, total: &str) -> String {
    let metric =
        |query: &str| format!("{{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}");
    let (side, query) = part.split_once(' ').unwrap();
    format!(
        "      ratioMetric: {{counter: true, {side}: {}, total: {}}}\n",
        metric(query),
        metric(total)
    )
}

const TARGET: &str = "  objectives: [{target: 0.9995}]\n";

/// Holds that what comes out says what went in.
fn said(text: &str, target: Target) -> String {
    let out = converted(text, target);
    assert_eq!(errors(&out), [""; 0], "{text}");
    let document = joined(&out.documents);
    let (before, after) = (
        read(&[file("a.yaml", text)]),
        read(&[file("b.yaml", &document)]),
    );
    let errors = after
        .findings
        .iter()
        .filter(|f| f.severity == tomoni_spec::Severity::Error);
    assert_eq!(errors.count(), 0, "{document}");
    let (before, after) = (slos(&before), slos(&after));
    let promises = |slos: &[tomoni_slo::Slo]| -> Vec<_> {
        let promises = slos.iter().flat_map(|slo| slo.promises.clone());
        promises.map(|p| (p.key, p.objective)).collect()
    };
    assert_eq!(promises(&after), promises(&before), "{document}");
    let about = |slos: &[tomoni_slo::Slo]| -> Vec<_> {
        let slos = slos.iter();
        slos.map(|s| {
            (
                s.name.clone(),
                s.service.clone(),
                s.team.clone(),
                s.description.clone(),
            )
        })
        .collect()
    };
    assert_eq!(about(&after), about(&before), "{document}");
    document
}

#[test]
fn a_ratio_of_counters_is_said_by_all() {
    let bad = slo(
        &ratio("bad errors_total{job=\"a\"}", "requests_total{job=\"a\"}"),
        TARGET,
    );
    let mut text = said(&bad, Target::Sloth);
    text.push_str(&said(&bad, Target::Pyrra));
    let good = slo(&ratio("good good_total", "requests_total"), TARGET)
        .replace(", labels: {team: home}", "");
    text.push_str(&said(&good, Target::OpenSloV1Alpha));
    crate::rules::see!(text);
}

#[test]
fn good_events_are_the_rest_of_all() {
    let text = slo(
        &ratio("good sum(rate(good_total[5m]))", "sum(rate(all_total[5m]))"),
        TARGET,
    );
    let out = converted(&text, Target::Sloth);
    let error = "error_query: \"(sum(rate(all_total[{{.window}}]))) - (sum(rate(good_total[{{.window}}])))\"";
    assert!(out.documents[0].contains(error), "{out:?}");
}

#[test]
fn a_bucket_and_a_gauge_are_pyrra_s() {
    let latency = ratio("good seconds_bucket{le=\"0.5\"}", "seconds_count");
    assert!(said(&slo(&latency, TARGET), Target::Pyrra).contains("    latency:\n"));
    let gauge = "      thresholdMetric: {metricSource: {type: Prometheus, spec: {query: up, series: each}}}\n";
    let objective = "  objectives: [{op: gte, value: 1, targetPercent: 99}]\n";
    let grouped = slo(gauge, objective).replace(
        "labels: {team",
        "annotations: {tomoni.dev/group-by: 'job,pod', tomoni.dev/stage: shadow}, labels: {team",
    );
    let document = said(&grouped, Target::Pyrra);
    assert!(
        document.contains("      grouping:\n        - job\n        - pod\n"),
        "{document}"
    );
    assert!(document.contains("tomoni.dev/stage: shadow"), "{document}");
}

#[test]
fn an_indicator_that_stands_by_itself_is_written_out() {
    let text = slo(&ratio("bad errors_total", "requests_total"), TARGET);
    let (head, rest) = text.split_once("  indicator:\n").unwrap();
    let (_, rest) = rest.split_once("    spec:\n").unwrap();
    let (spec, objectives) = rest.split_once("  objectives").unwrap();
    let text = format!(
        "{head}  indicatorRef: errors\n  objectives{objectives}---\napiVersion: openslo/v1\nkind: SLI\n\
         metadata: {{name: errors}}\nspec:\n{spec}"
    );
    assert!(said(&text, Target::Sloth).contains("errors_total"));
}
