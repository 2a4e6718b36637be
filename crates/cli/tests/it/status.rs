//! `tomoni status` over the lab.

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;
use tomoni_spec::SourceFile;
use tomoni_testkit::require;

use crate::lab::{AT, ask, url};
use crate::run::run;

#[test]
fn a_table_for_people() {
    require!("prometheus", "promtool");
    let ran = ask(&["status"], &[]);
    assert!(!ran.stdout.contains('\u{1b}'), "no colour in a pipe");
    assert_snapshot!(ran);
}

#[test]
fn json_has_the_shape_of_the_interface() {
    require!("prometheus", "promtool");
    let ran = ask(
        &["status"],
        &["--service", "unlock-api", "--output", "json"],
    );
    assert_snapshot!(ran);
}

#[test]
fn what_is_unknown_is_null() {
    require!("prometheus", "promtool");
    let ran = ask(
        &["status"],
        &["--service", "legacy-unlock-api", "--output", "json"],
    );
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let slo = &report["slos"][0];
    assert_eq!(slo["state"], "no_traffic");
    assert_eq!(slo["sli"], Value::Null);
    assert_eq!(slo["burn_rates"]["1h"], Value::Null);
    // These are facts.
    assert_eq!((&slo["total"], &slo["coverage"]), (&0.into(), &1.0.into()));
}

#[test]
fn yaml_says_what_json_says() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(
        &["status"],
        &["--service", "report-worker", "--output", "yaml"]
    ));
}

/// A period so short that several burn windows scale to the same minute.
const AN_HOUR: &str = r#"
apiVersion: openslo/v1
kind: SLO
metadata: {name: hourly}
spec:
  service: unlock-api
  budgetingMethod: Occurrences
  timeWindow: [{duration: 1h, isRolling: true}]
  indicator:
    metadata: {name: unlocks}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'http_requests_total{job="unlock-api",code=~"5.."}'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'http_requests_total{job="unlock-api"}'}}}
  objectives: [{target: 0.99}]
"#;

#[test]
fn no_key_is_written_twice() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let document = folder.path().join("hourly.yaml");
    std::fs::write(&document, AN_HOUR).unwrap();
    for output in ["json", "yaml"] {
        let documents = ["status", "--specs", document.to_str().unwrap()];
        let server = ["--prometheus", url(), "--at", AT, "--output", output];
        let ran = run(&[&documents[..], &server[..]].concat());
        assert!(ran.stdout.contains("burn_rates"), "{ran}");
        let written = SourceFile {
            name: output.into(),
            bytes: ran.stdout.into_bytes(),
        };
        // The report is no document; as YAML it is sound.
        let findings = tomoni_spec::read(&[written]).findings;
        let of_yaml: Vec<_> = findings
            .iter()
            .filter(|finding| finding.code.starts_with("yaml/"))
            .collect();
        assert!(of_yaml.is_empty(), "{of_yaml:?}");
    }
}

#[test]
fn a_team_sees_its_own() {
    require!("prometheus", "promtool");
    let ran = ask(&["status"], &["--team", "platform", "--output", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let slos = report["slos"].as_array().unwrap();
    let teams: Vec<&Value> = slos.iter().map(|slo| &slo["team"]).collect();
    assert_eq!(teams, ["platform"; 5]);
}

#[test]
fn what_is_asked_for_is_listed_as_it_is_asked_for() {
    require!("prometheus", "promtool");
    let listed = |rest: &[&str]| {
        let ran = ask(&["status"], &[rest, &["--output", "json"]].concat());
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let slos = report["slos"].as_array().unwrap();
        let name = |slo: &Value| slo["slo"].as_str().unwrap().to_owned();
        let names: Vec<String> = slos.iter().map(name).collect();
        let told = report["findings"].as_array().unwrap().len();
        (names, told)
    };
    // The worst first: what fires, then by state, then by what is left.
    let (worst, all) = listed(&["--sort", "worst"]);
    assert_eq!(worst.len(), 12);
    assert_eq!(worst[..2], ["reservation-availability", "hub-battery"]);
    assert_eq!(worst[11], "auth-success-ratio");
    let (by_name, _) = listed(&["--sort", "name"]);
    assert!(by_name.is_sorted() && by_name != worst);
    let (spent, of_them) = listed(&["--state", "exhausted,at-risk"]);
    assert_eq!(spent.len(), 3);
    assert!(of_them < all, "what is said of others alone is left out");
    let (firing, _) = listed(&["--firing"]);
    assert_eq!(firing, ["reservation-availability"]);
    let nothing = ask(&["status", "--state", "no-data"], &[]);
    assert_eq!(nothing.code, Some(0), "{nothing}");
    assert!(nothing.stdout.starts_with("no objective\n"), "{nothing}");
}

#[test]
fn the_past_is_as_it_was() {
    require!("prometheus", "promtool");
    // Twenty days earlier the server's history had only begun.
    let arguments = |at| {
        let server = ["--prometheus", url(), "--at", at];
        [
            &[
                "status",
                "--specs",
                "examples/lab",
                "--service",
                "unlock-api",
            ],
            &server[..],
        ]
        .concat()
    };
    let ran = run(&arguments("2026-02-28T09:00:00Z")).hiding(url(), "http://prometheus");
    assert_snapshot!(ran);
}

#[test]
fn a_server_that_went_away_leaves_what_was_kept() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    let data = folder.path().to_str().unwrap();
    let earlier = "2026-03-20T08:00:00Z";
    let arguments = |server, at| {
        let documents = [
            "status",
            "--specs",
            "examples/lab",
            "--service",
            "report-worker",
        ];
        let rest = ["--prometheus", server, "--at", at, "--data", data];
        [&documents[..], &rest[..]].concat()
    };
    assert_eq!(run(&arguments(url(), earlier)).code, Some(0));
    // An hour later nobody answers: the figures end where they ended, and that is said.
    let mut elsewhere = arguments("http://127.0.0.1:1", AT);
    let other = run(&elsewhere);
    assert_eq!(other.code, Some(2));
    assert!(other.stderr.contains("must not mix"), "{}", other.stderr);
    elsewhere.push("--prometheus-moved");
    assert_snapshot!(run(&elsewhere));
}

#[test]
fn objectives_without_data_are_something_to_look_at() {
    require!("prometheus", "promtool");
    // The lab's server does not watch itself.
    let server = ["--prometheus", url(), "--at", AT];
    let ran = run(&[&["status", "--specs", "examples/self/slos"], &server[..]].concat());
    assert_snapshot!(ran);
}

/// The same promise in every format.
const EVERYWHERE: [(&str, &str); 4] = [
    (
        "openslo.yaml",
        r#"
apiVersion: openslo/v1
kind: Service
metadata: {name: unlock-api}
---
apiVersion: openslo/v1
kind: SLO
metadata: {name: of-openslo}
spec:
  service: unlock-api
  budgetingMethod: Occurrences
  timeWindow: [{duration: 30d, isRolling: true}]
  indicator:
    metadata: {name: unlocks}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'http_requests_total{job="unlock-api",code=~"5.."}'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'http_requests_total{job="unlock-api"}'}}}
  objectives: [{targetPercent: 99.9}]
"#,
    ),
    (
        "sloth.yaml",
        r#"
version: prometheus/v1
service: unlock-api
slos:
  - name: of-sloth
    objective: 99.9
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="unlock-api",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total{job="unlock-api"}[{{.window}}]))
    alerting: {name: Unlocks}
"#,
    ),
    (
        "pyrra.yaml",
        r#"
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: of-pyrra, labels: {pyrra.dev/service: unlock-api}}
spec:
  target: "99.9"
  window: 30d
  indicator:
    ratio:
      errors: {metric: 'http_requests_total{job="unlock-api",code=~"5.."}'}
      total: {metric: 'http_requests_total{job="unlock-api"}'}
"#,
    ),
    (
        "v1alpha.yaml",
        r#"
apiVersion: openslo/v1alpha
kind: SLO
metadata: {name: of-v1alpha}
spec:
  service: unlock-api
  budgetingMethod: Occurrences
  timeWindows: [{unit: Day, count: 30, isRolling: true}]
  objectives:
    - target: 0.999
      value: 1
      ratioMetrics:
        incremental: true
        good: {source: prometheus, queryType: promql, query: 'http_requests_total{job="unlock-api",code!~"5.."}'}
        total: {source: prometheus, queryType: promql, query: 'http_requests_total{job="unlock-api"}'}
"#,
    ),
];

#[test]
fn every_format_gives_the_same_number() {
    require!("prometheus", "promtool");
    let folder = TempDir::new().unwrap();
    for (name, text) in EVERYWHERE {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let specs = folder.path().to_str().unwrap();
    let ran = run(&[
        "status",
        "--specs",
        specs,
        "--prometheus",
        url(),
        "--at",
        AT,
        "--output",
        "json",
    ]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let slos = report["slos"].as_array().unwrap();
    assert_eq!(slos.len(), 4, "{}", ran.stderr);
    for slo in slos {
        for figure in ["bad", "total", "sli", "budget", "window", "service"] {
            assert_eq!(slo[figure], slos[0][figure], "{figure} of {}", slo["slo"]);
        }
        assert!(slo["total"].as_f64().unwrap() > 0.0);
    }
}
