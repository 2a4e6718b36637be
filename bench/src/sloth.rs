//! The same SLOs as recording and alerting rules in the shape that Sloth gives them: per SLO a group
//! of error ratios over eight windows, a group of meta rules, and a group of two alerts.

use crate::documents::{TARGET, bad, total};
use crate::services::Service;

/// The windows whose ratios come from the services' own counters.
const WINDOWS: &[&str] = &["5m", "30m", "1h", "2h", "6h", "1d", "3d"];
/// The period's ratio comes from the recorded 5-minute ones.
const PERIOD: &str = "30d";
/// Severity; short window, long window and factor of each of its slots.
type Alert = (
    &'static str,
    [(&'static str, &'static str, &'static str); 2],
);
const ALERTS: [Alert; 2] = [
    ("page", [("5m", "1h", "14.4"), ("30m", "6h", "6")]),
    ("ticket", [("2h", "1d", "3"), ("6h", "3d", "1")]),
];

/// A rule file for so many services.
pub fn rules(services: usize) -> String {
    let mut text = String::from("groups:\n");
    for service in (0..services).map(Service) {
        groups(service, &mut text);
    }
    text
}

fn groups(service: Service, text: &mut String) {
    let slo = Slo::new(service);
    *text += &format!("- name: sloth-slo-sli-recordings-{}\n  rules:\n", slo.id);
    for window in WINDOWS {
        let (bad, total) = (bad(service), total(service));
        let ratio = format!("(sum(rate({bad}[{window}]))) / (sum(rate({total}[{window}])))");
        slo.record(&ratio_name(window), &ratio, Some(window), text);
    }
    let five = format!("{}{{{}}}", ratio_name("5m"), slo.matchers);
    let mean = format!(
        "sum_over_time({five}[{PERIOD}]) / ignoring (sloth_window) count_over_time({five}[{PERIOD}])"
    );
    slo.record(&ratio_name(PERIOD), &mean, Some(PERIOD), text);

    *text += &format!("- name: sloth-slo-meta-recordings-{}\n  rules:\n", slo.id);
    let on = "/ on(sloth_id, sloth_slo, sloth_service) group_left";
    let budget = format!("slo:error_budget:ratio{{{}}}", slo.matchers);
    let burn = |window: &str| format!("{}{{{}}} {on} {budget}", ratio_name(window), slo.matchers);
    let left = format!("1 - slo:period_burn_rate:ratio{{{}}}", slo.matchers);
    for (name, expression) in [
        ("slo:objective:ratio", format!("vector({TARGET})")),
        ("slo:error_budget:ratio", format!("vector(1-{TARGET})")),
        ("slo:time_period:days", "vector(30)".to_owned()),
        ("slo:current_burn_rate:ratio", burn("5m")),
        ("slo:period_burn_rate:ratio", burn(PERIOD)),
        ("slo:period_error_budget_remaining:ratio", left),
        ("sloth_slo_info", "vector(1)".to_owned()),
    ] {
        slo.record(name, &expression, None, text);
    }

    *text += &format!("- name: sloth-slo-alerts-{}\n  rules:\n", slo.id);
    for (severity, slots) in ALERTS {
        let slots = slots.map(|(short, long, factor)| slo.slot(short, long, factor));
        let expression = slots.join(" or ");
        *text += &format!(
            "  - alert: {}\n    expr: {expression}\n    labels: {{sloth_severity: {severity}}}\n",
            slo.id
        );
    }
}

struct Slo {
    id: String,
    matchers: String,
    labels: String,
}

impl Slo {
    fn new(service: Service) -> Self {
        let (name, slo) = (service.name(), "availability");
        let id = format!("{name}-{slo}");
        Self {
            matchers: format!(r#"sloth_id="{id}", sloth_service="{name}", sloth_slo="{slo}""#),
            labels: format!("sloth_id: {id}, sloth_service: {name}, sloth_slo: {slo}"),
            id,
        }
    }

    fn record(&self, name: &str, expression: &str, window: Option<&str>, text: &mut String) {
        let window = window.map_or(String::new(), |w| format!(", sloth_window: {w}"));
        *text += &format!(
            "  - record: {name}\n    expr: {expression}\n    labels: {{{}{window}}}\n",
            self.labels
        );
    }

    fn slot(&self, short: &str, long: &str, factor: &str) -> String {
        let above = |window: &str| {
            let ratio = ratio_name(window);
            format!(
                "max({ratio}{{{}}} > ({factor} * (1-{TARGET}))) without (sloth_window)",
                self.matchers
            )
        };
        format!("({} and {})", above(short), above(long))
    }
}

fn ratio_name(window: &str) -> String {
    format!("slo:sli_error:ratio_rate{window}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_slo_has_eight_ratios_seven_meta_rules_and_two_alerts() {
        let text = rules(2);
        let count = |word: &str| text.matches(word).count();
        assert_eq!(count("\n- name: ") + 1, 2 * 3 + 1, "groups");
        assert_eq!(count("record: slo:sli_error:ratio_rate"), 2 * 8);
        assert_eq!(count("- record: "), 2 * (8 + 7));
        assert_eq!(count("- alert: "), 2 * 2);
    }

    /// Prometheus' own tool reads it, where that is installed.
    #[test]
    fn promtool_accepts_the_rules() {
        tomoni_testkit::require!("promtool");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rules.yml");
        std::fs::write(&file, rules(3)).unwrap();
        let checked = std::process::Command::new("promtool")
            .args(["check", "rules"])
            .arg(&file)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&checked.stdout);
        assert!(checked.status.success(), "{said}");
        assert!(said.contains("51 rules found"), "{said}");
    }
}
