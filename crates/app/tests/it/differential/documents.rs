//! SLOs over services of a world, and the rules that are made of them.

use std::collections::BTreeMap;

use tomoni_app::documents::Documents;
use tomoni_spec::rules::{Bundle, Made, Makes, Rule, Settings, make};
use tomoni_spec::{SourceFile, read};
use tomoni_testkit::Recording;

/// What Sloth would take for a period of seven days.
const WINDOWS: &str = "\
apiVersion: sloth.slok.dev/v1
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

/// The recorded ratio that Sloth's mean is of.
const SHORTEST: &str = "slo:sli_error:ratio_rate5m";

/// A selector of a service's bad requests, and one of all.
pub(super) fn selectors(service: &str) -> [String; 2] {
    [",code=~\"5..\"", ""].map(|code| format!("http_requests_total{{job=\"{service}\"{code}}}"))
}

/// An SLO over a service, of the same name: queries as people write them for Sloth.
fn slo(service: &str, target: f64) -> String {
    let [bad, total] = selectors(service).map(|selector| {
        let query = format!("sum(rate({selector}[{{{{.window}}}}]))");
        format!("{{metricSource: {{type: Prometheus, spec: {{query: '{query}'}}}}}}")
    });
    format!(
        "\
apiVersion: openslo/v1
kind: SLO
metadata: {{name: {service}}}
spec:
  service: {service}
  indicator:
    metadata: {{name: {service}}}
    spec:
      ratioMetric:
        counter: true
        bad: {bad}
        total: {total}
  timeWindow: [{{duration: 7d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{targetPercent: {target}}}]
---
"
    )
}

/// SLOs over these services, each with its target in percent.
pub(super) fn documents(services: &[(&str, f64)]) -> Documents {
    let slos = services
        .iter()
        .map(|(service, target)| slo(service, *target));
    let text: String = slos.chain([WINDOWS.to_owned()]).collect();
    let file = SourceFile {
        name: "slos.yaml".into(),
        bytes: text.into_bytes(),
    };
    let catalog = read(&[file]);
    let errors: Vec<_> = catalog
        .findings
        .iter()
        .filter(|finding| finding.severity == tomoni_spec::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    Documents {
        files: Vec::new(),
        catalog,
    }
}

/// The rules that `tomoni rules` exports.
pub(super) fn made(documents: &Documents) -> Made {
    let made = make(&documents.catalog, &Settings::default());
    assert!(made.findings.is_empty(), "{:?}", made.findings);
    made
}

/// All rules that were made, in order.
pub(super) fn rules(made: &Made) -> Vec<Rule> {
    let groups = made.bundles.iter().flat_map(Bundle::groups);
    groups.flat_map(|group| group.rules).collect()
}

fn recordings(rules: &[Rule]) -> impl Iterator<Item = (&str, &Rule)> {
    rules.iter().filter_map(|rule| match &rule.makes {
        Makes::Record(name) => Some((name.as_str(), rule)),
        Makes::Alert(_) => None,
    })
}

/// Those that record the ratio of the last five minutes.
pub(super) fn shortest(rules: &[Rule]) -> Vec<Recording<'_>> {
    let shortest = recordings(rules).filter(|(name, _)| *name == SHORTEST);
    shortest
        .map(|(record, rule)| Recording {
            record,
            labels: &rule.labels,
            expr: &rule.expr,
        })
        .collect()
}

/// The expressions of the period's ratio, by service.
pub(super) fn periods(rules: &[Rule]) -> BTreeMap<&str, &str> {
    let periods = recordings(rules).filter(|(name, _)| *name == "slo:sli_error:ratio_rate1w");
    periods
        .map(|(_, rule)| (rule.labels["sloth_service"].as_str(), rule.expr.as_str()))
        .collect()
}
