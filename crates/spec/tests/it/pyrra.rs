//! Pyrra's documents: read as they are, or refused as Pyrra refuses them.

use tomoni_slo::{Indicator, Part, Several, Target};
use tomoni_spec::codes::EXAMPLE_PYRRA;
use tomoni_spec::{Catalog, pyrra, read, split};

use crate::rules::see;
use crate::support::{file, seen};

fn catalog(text: &str) -> Catalog {
    read(&[file("slo.yaml", text)])
}

fn codes(text: &str) -> Vec<&'static str> {
    let catalog = catalog(text);
    catalog.findings.iter().map(|f| f.code).collect()
}

/// The example with another indicator.
fn with(indicator: &str) -> String {
    let (head, rest) = EXAMPLE_PYRRA.split_once("    latency:\n").unwrap();
    let (_, tail) = rest.split_once("  alerting:\n").unwrap();
    format!("{head}{indicator}  alerting:\n{tail}")
}

const RATIO: &str = "    ratio:
      errors:
        metric: unlocks_total{job=\"unlock-api\",code=~\"5..\"}
      total:
        metric: unlocks_total{job=\"unlock-api\"}
      grouping: [handler, method]
";
const GAUGE: &str = "    bool_gauge:
      metric: probe_success{job=\"doors\"}
      grouping:
        - target
";

#[test]
fn a_latency_counts_what_was_fast_enough() {
    let catalog = catalog(EXAMPLE_PYRRA);
    assert_eq!(catalog.findings, []);
    let slo = &catalog.slos[0].value;
    // Nobody names a service: the objective alone is one.
    assert_eq!(
        (slo.name.as_str(), slo.service.as_str()),
        ("home-unlock-latency", "home-unlock-latency")
    );
    assert_eq!(slo.team.as_deref(), Some("home"));
    assert_eq!(slo.description.as_deref(), Some("Doors open soon."));
    assert_eq!(slo.group_by, Vec::<String>::new());
    let promise = &slo.promises[0];
    let Indicator::Ratio {
        part,
        counter,
        total,
        ..
    } = &promise.indicator
    else {
        panic!("{:?}", promise.indicator);
    };
    assert_eq!((part, counter), (&Part::Good, &true));
    assert_eq!(total.promql, "unlock_seconds_count{job=\"unlock-api\"}");
    assert_eq!(
        promise.objective.target,
        Target::from_percent(99.0).unwrap()
    );
    assert_eq!(promise.objective.window.to_string(), "4w");
}

#[test]
fn a_ratio_counts_errors_and_knows_its_groups() {
    let catalog = catalog(&with(RATIO));
    assert_eq!(catalog.findings, []);
    let slo = &catalog.slos[0].value;
    assert_eq!(slo.group_by, ["handler", "method"]);
    assert!(matches!(
        slo.promises[0].indicator,
        Indicator::Ratio {
            part: Part::Bad,
            ..
        }
    ));
    let model = &catalog.objectives[0].value;
    assert_eq!(model.grouping, ["handler", "method"]);
    assert!(matches!(&model.indicator, pyrra::Indicator::Ratio { .. }));
    assert_eq!(model.labels()["team"], "home");
}

#[test]
fn of_a_gauge_each_series_counts() {
    let catalog = catalog(&with(GAUGE));
    assert_eq!(catalog.findings, []);
    let slo = &catalog.slos[0].value;
    assert_eq!(slo.group_by, ["target"]);
    let promise = &slo.promises[0];
    assert!(matches!(
        &promise.indicator,
        Indicator::Threshold {
            several: Several::Each,
            ..
        }
    ));
    let threshold = promise.threshold.unwrap();
    assert!(threshold.is_good(1.0) && !threshold.is_good(0.0));
}

#[test]
fn a_window_is_whole_minutes_in_any_spelling() {
    let window = |text: &str| {
        let catalog = catalog(&EXAMPLE_PYRRA.replace("window: 4w", &format!("window: {text}")));
        let slo = catalog.slos.first();
        slo.map(|slo| slo.value.promises[0].objective.window.to_string())
    };
    assert_eq!(window("4w").as_deref(), Some("4w"));
    assert_eq!(window("1w3d").as_deref(), Some("10d"));
    assert_eq!(window("1y").as_deref(), Some("365d"));
    assert_eq!(window("90h30m").as_deref(), Some("5430m"));
    for text in ["1M", "90s", "0", "28", "200y", "\"\"", "[]"] {
        assert_eq!(window(text), None, "{text}");
    }
}

#[test]
fn targets_are_percent() {
    let target = |text: &str| codes(&EXAMPLE_PYRRA.replace("\"99\"", text));
    assert_eq!(target("99.5"), [""; 0]);
    assert_eq!(target("\"100\""), ["formats/no-budget"]);
    assert_eq!(target("\"0.99\""), ["pyrra/fraction"]);
    assert_eq!(target("\"0\""), [""; 0]);
    for text in ["\"101\"", "\"-1\"", "\"99%\"", "\"nan\"", "\"\"", "{}"] {
        assert_eq!(target(text), ["pyrra/wrong-value"], "{text}");
    }
}

#[test]
fn alerts_that_are_off_are_told() {
    for (key, value, told) in [
        ("burnrates", true, false),
        ("burnrates", false, true),
        ("disabled", true, true),
        ("disabled", false, false),
    ] {
        let codes = codes(&EXAMPLE_PYRRA.replace("burnrates: true", &format!("{key}: {value}")));
        assert_eq!(
            codes.contains(&"formats/no-page-alert"),
            told,
            "{key}: {value}"
        );
    }
}

#[test]
fn what_is_wrong_is_told_where_it_stands() {
    let documents = [
        with(&RATIO.replace(
            "unlocks_total{job=\"unlock-api\"}\n",
            "unlocks_total{job=\"unlock-api\"\n",
        )),
        EXAMPLE_PYRRA.replace(",le=\"0.5\"", ""),
        EXAMPLE_PYRRA.replace("le=\"0.5\"", "le=~\".*\""),
        with(&format!("{RATIO}{GAUGE}")),
        with(
            "    latencyNative:\n      latency: 1s\n      total:\n        metric: unlock_seconds{}\n",
        ),
        EXAMPLE_PYRRA.replace("window: 4w", "window: 1d"),
        EXAMPLE_PYRRA.replace("kind: ServiceLevelObjective", "kind: ServiceLevelIndicator"),
        EXAMPLE_PYRRA.replace("v1alpha1", "v1"),
    ];
    let named = documents.iter().enumerate();
    let documents: Vec<String> = named
        .map(|(i, d)| d.replace("name: unlock-latency", &format!("name: unlock-{i}")))
        .collect();
    see!(seen(&documents.join("---\n")));
}

#[test]
fn documents_are_told_apart_by_namespace_and_name() {
    let elsewhere = EXAMPLE_PYRRA.replace("namespace: home", "namespace: work");
    let split = split(&file("a.yaml", &format!("{EXAMPLE_PYRRA}---\n{elsewhere}")));
    assert!(split.is_whole);
    let documents = split.documents.iter();
    let identities: Vec<String> = documents
        .map(|d| d.identity.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(
        identities,
        [
            "ServiceLevelObjective home-unlock-latency",
            "ServiceLevelObjective work-unlock-latency",
        ]
    );
}
