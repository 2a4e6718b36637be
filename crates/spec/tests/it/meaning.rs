//! What documents come to mean, beyond whether they are right.

use tomoni_ledger::Minute;
use tomoni_slo::{Method, MissingData, Slo, Stage};
use tomoni_spec::codes::EXAMPLE;
use tomoni_spec::{Catalog, read};

use crate::support::{changed, file};

fn catalog(text: &str) -> Catalog {
    read(&[file("slo.yaml", text)])
}

/// The SLO over errors, of the documents of the examples with one thing put for another.
fn unlock(right: &str, other: &str) -> Slo {
    slo(&catalog(&changed(right, other)), "unlock-availability").unwrap()
}

fn slo(catalog: &Catalog, name: &str) -> Option<Slo> {
    let mut slos = catalog.slos.iter().map(|s| &s.value);
    slos.find(|s| s.name == name).cloned()
}

const IGNORE: &str = "    tomoni.dev/missing-data: ignore\n";
const OWNER: &str = "    tomoni.dev/owner: home\n";
const URL: &str = "    url: http://prometheus.example.com:9090\n";

#[test]
fn annotations_decide_how_an_slo_is_evaluated() {
    let plain = unlock(IGNORE, IGNORE);
    assert_eq!(plain.stage, Stage::Active);
    assert_eq!(plain.promises[0].resolution_minutes, 5);
    assert_eq!(
        plain.promises[0].objective.missing_data,
        MissingData::Ignore
    );
    let bad = unlock(IGNORE, "    tomoni.dev/missing-data: bad\n");
    assert_eq!(bad.promises[0].objective.missing_data, MissingData::Bad);
    let shadow = unlock(IGNORE, "    tomoni.dev/stage: shadow\n");
    assert_eq!(shadow.stage, Stage::Shadow);
    let coarse = unlock(IGNORE, "    tomoni.dev/resolution: 1h\n");
    assert_eq!(coarse.promises[0].resolution_minutes, 60);
}

#[test]
fn every_minute_of_which_a_part_is_excluded_is_excluded() {
    let slo = unlock("01:00:00+09:00", "01:00:30.5+09:00");
    let [exclusion] = slo.exclusions.as_slice() else {
        panic!("one exclusion")
    };
    // 2026-01-31T16:00:00Z and two hours later.
    let from = Minute::holding_ms(1_769_875_200_000);
    assert_eq!(exclusion.span.after, from);
    assert_eq!(exclusion.span.until, from + 120);
    assert_eq!(slo.promises[0].objective.exclusions.len(), 120);
    assert_eq!(exclusion.category, "maintenance");
    assert_eq!(exclusion.author, "naoko");
    let late = unlock("03:00:00+09:00", "03:00:01+09:00");
    assert_eq!(late.promises[0].objective.exclusions.len(), 121);
}

#[test]
fn the_owner_is_the_first_that_is_named() {
    let team = |text: &str| slo(&catalog(text), "unlock-availability").unwrap().team;
    let label = EXAMPLE.replacen("    tier: one\n", "    team: [label]\n", 1);
    let own = label.replacen(IGNORE, "    tomoni.dev/owner: own\n", 1);
    assert_eq!(team(&own).as_deref(), Some("own"));
    assert_eq!(team(&label).as_deref(), Some("home"), "the service's owner");
    let no_owner = label.replacen(OWNER, "    other: x\n", 1);
    assert_eq!(team(&no_owner).as_deref(), Some("label"));
    let two = no_owner.replacen("[label]", "[label, another]", 1);
    assert_eq!(team(&two), None, "of two nobody answers");
}

#[test]
fn a_percentage_is_the_fraction_that_it_says() {
    for (percent, fraction) in [
        ("99.95", 0.9995),
        ("99.9", 0.999),
        ("0", 0.0),
        ("57.3", 0.573),
    ] {
        let text = changed("targetPercent: 99.5", &format!("targetPercent: {percent}"));
        let slo = slo(&catalog(&text), "hub-battery").unwrap();
        let target = slo.promises[0].objective.target.fraction();
        assert_eq!(target.to_bits(), f64::to_bits(fraction), "{percent}");
    }
}

#[test]
fn a_number_of_minutes_is_a_slice() {
    let slo = unlock("timeSliceWindow: 5m", "timeSliceWindow: 15");
    let method = Method::Timeslices {
        target: 0.95,
        width_minutes: 15,
    };
    assert_eq!(slo.promises[0].objective.method, method);
}

#[test]
fn another_server_or_tenant_is_another_generation() {
    let key = |other: &str| unlock(URL, other).promises[0].key.clone();
    let plain = key(URL);
    assert_eq!(plain, key(&format!("{URL}    timeout: 5s\n")));
    assert_ne!(plain, key("    url: http://other.example.com:9090\n"));
    let one = key(&format!("{URL}    headers: {{X-Scope-OrgID: one}}\n"));
    assert_ne!(plain, one);
    assert_eq!(
        one,
        key(&format!("{URL}    headers:\n      - x-scope-orgid: one\n"))
    );
}

#[test]
fn a_tidied_document_keeps_its_history() {
    let key = |right: &str, other: &str| unlock(right, other).promises[0].key.clone();
    let plain = key(IGNORE, IGNORE);
    let same = [
        (
            "          query: http_requests_total{job=\"unlock-api\"}\n",
            "          query: |\n            # all of them\n            sum(rate(http_requests_total{job=\"unlock-api\"}[5m]))\n",
        ),
        ("    - duration: 28d\n", "    - duration: 7d\n"),
        ("    - target: 0.999\n", "    - target: 0.99\n"),
    ];
    for (right, other) in same {
        assert_eq!(plain, key(right, other), "{other}");
    }
    assert_ne!(plain, key("code=~\"5..\"", "code=~\"5..|429\""));
}

#[test]
fn what_is_wrong_with_alerts_touches_no_figure_and_all_else_does() {
    let has = |right: &str, wrong: &str| {
        let catalog = catalog(&changed(right, wrong));
        assert!(!catalog.findings.is_empty());
        slo(&catalog, "unlock-availability").is_some()
    };
    assert!(has(
        "    - alertPolicyRef: page\n",
        "    - alertPolicyRef: nobody\n"
    ));
    assert!(has(
        "    - alertPolicyRef: page\n",
        "    - alertPolicy: page\n"
    ));
    assert!(has(
        "  alertPolicies:\n    - alertPolicyRef: page\n",
        "  alertPolicies: page\n"
    ));
    assert!(!has(
        "  service: unlock-api\n  indicatorRef: unlock-errors\n",
        "  service: unlock-api\n  indicatorRef: nobody\n"
    ));
    assert!(!has("    counter: true\n", "    counter: maybe\n"));
    assert!(!has(URL, "    url: nowhere\n"));
    assert!(!has("    tier: one\n", "    tier: 1\n"));
    assert!(!has(IGNORE, "    tomoni.dev/stage: none\n"));
    assert!(!has("code=~\"5..\"", "code=~\"5(\""));
}

#[test]
fn of_two_with_one_name_the_first_counts() {
    let text = changed(
        "  name: hub-battery\nspec:\n  service",
        "  name: unlock-availability\nspec:\n  service",
    );
    let catalog = catalog(&text);
    assert_eq!(catalog.slos.len(), 1);
    assert!(catalog.slos[0].value.promises[0].threshold.is_none());
}

#[test]
fn a_slice_fits_into_its_calendar_period() {
    let with = |slice: &str| {
        catalog(&format!(
            r#"
apiVersion: openslo/v1
kind: SLO
metadata: {{name: daily}}
spec:
  service: unlock-api
  budgetingMethod: Timeslices
  timeWindow:
    - duration: 1d
      calendar: {{startTime: "2024-01-01 00:00:00", timeZone: Europe/Berlin}}
  indicator:
    metadata: {{name: unlocks}}
    spec:
      ratioMetric:
        counter: true
        bad: {{metricSource: {{type: Prometheus, spec: {{query: 'x{{code="500"}}'}}}}}}
        total: {{metricSource: {{type: Prometheus, spec: {{query: x}}}}}}
  objectives: [{{target: 0.99, timeSliceTarget: 0.9, timeSliceWindow: {slice}}}]
"#
        ))
    };
    let about_slices = |catalog: &Catalog| {
        let mut findings = catalog.findings.iter();
        let found = findings.find(|finding| finding.code == "openslo/time-slice");
        found.map(|finding| finding.message.clone())
    };
    let fits = with("24h");
    assert_eq!((about_slices(&fits), fits.slos.len()), (None, 1));
    let wide = with("25h");
    assert_eq!(
        about_slices(&wide).as_deref(),
        Some("a time slice is wider than the window of 1d")
    );
    assert!(wide.slos.is_empty());
}

#[test]
fn pushed_counts_are_kept_under_their_name() {
    let of = |sli: &str, name: &str| {
        let text = format!(
            "apiVersion: openslo/v1
kind: SLO
metadata: {{name: {name}}}
spec:
  service: firmware
  indicator:
    metadata: {{name: updates}}
    spec:
      ratioMetric:
        rawType: success
        raw: {{metricSource: {{type: tomoni.dev/push, spec: {{sli: {sli}}}}}}}
  timeWindow: [{{duration: 28d, isRolling: true}}]
  budgetingMethod: Occurrences
  objectives: [{{target: 0.99}}]
"
        );
        slo(&catalog(&text), name)
            .expect("it can be evaluated")
            .promises[0]
            .clone()
    };
    let updates = of("updates", "firmware-updates");
    assert_eq!(updates.indicator.pushed(), Some("updates"));
    assert!(updates.indicator.queries().is_empty());
    assert_eq!(updates.key, of("updates", "other").key);
    assert_ne!(updates.key, of("update", "firmware-updates").key);
    assert_eq!(updates.key.threshold, None);
}
