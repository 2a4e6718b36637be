//! `tomoni validate`: right and wrong documents, in every format.

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;
use tempfile::TempDir;
use tomoni_spec::codes::{EXAMPLE_PYRRA, EXAMPLE_SLOTH};

use crate::run::{Ran, run};
use crate::serving::NOWHERE;

/// Documents with a mistake of every kind, and one file that is no document at all.
const WRONG: [(&str, &str); 3] = [
    (
        "slo.yaml",
        "apiVersion: openslo/v1
kind: SLO
metadata:
  name: checkout
spec:
  service: shop
  indicatorRef: checkout-availabilty
  budgetingMethod: Occurences
  timeWindow:
  - duration: 28d
    isRolling: true
  objectives:
  - target: 99.9
",
    ),
    (
        "sli.yaml",
        "apiVersion: openslo/v1
kind: SLI
metadata:
  name: checkout-availability
spec:
  ratioMetric:
    counter: true
    bad:
      metricSource:
        type: Prometheus
        spec:
          query: sum(rate(http_requests_total{code=~\"5..\"}[5m])
    total:
      metricSource:
        type: Prometheus
        spec:
          query: sum(rate(http_requests_total[5m]))
",
    ),
    ("notes.yml", "just: [some, text\n"),
];

fn wrong(format: &str) -> Ran {
    let folder = TempDir::new().unwrap();
    for (name, text) in WRONG {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let path = folder.path().to_str().unwrap();
    run(&["validate", path, "--format", format]).hiding(path, "slos")
}

#[test]
fn right_documents() {
    assert_snapshot!(run(&["validate", "examples/lab"]));
}

#[test]
fn right_documents_are_an_empty_list() {
    let ran = run(&["validate", "examples/lab", "--format", "json"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str(), ran.stderr.as_str()),
        (Some(0), "[]\n", "")
    );
}

/// A folder as people have it: Sloth's and Pyrra's files, and manifests in between.
#[test]
fn documents_of_other_formats() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_str().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("sloth.yaml", EXAMPLE_SLOTH);
    write("pyrra.yaml", EXAMPLE_PYRRA);
    write("config.yaml", "apiVersion: v1\nkind: ConfigMap\ndata: {}\n");
    assert_snapshot!(run(&["validate", path]).hiding(path, "slos"));
    write(
        "sloth.yaml",
        &EXAMPLE_SLOTH.replace("objective: 99.9", "objective: 101"),
    );
    write("pyrra.yaml", &EXAMPLE_PYRRA.replace(",le=\"0.5\"", ""));
    assert_snapshot!(run(&["validate", path]).hiding(path, "slos"));
}

#[test]
fn wrong_documents_for_people() {
    assert_snapshot!(wrong("human"));
}

#[test]
fn wrong_documents_as_json() {
    assert_snapshot!(wrong("json"));
}

#[test]
fn wrong_documents_as_github_annotations() {
    assert_snapshot!(wrong("github"));
}

#[test]
fn wrong_documents_as_sarif() {
    let ran = wrong("sarif");
    let log: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &log["version"]), (Some(1), &"2.1.0".into()));
    let results = log["runs"][0]["results"].as_array().unwrap();
    let findings: Value = serde_json::from_str(&wrong("json").stdout).unwrap();
    assert_eq!(Some(results.len()), findings.as_array().map(Vec::len));
}

#[test]
fn paths_that_cannot_be_read() {
    assert_snapshot!(run(&["validate", "nowhere.yaml", "also/not/here"]));
    // So with every verb: a misspelt path is no finding.
    for words in [
        &["rules"][..],
        &["convert", "--to", "openslo-v1"],
        &["status", "--prometheus", NOWHERE, "--specs"],
        &["compare", "--prometheus", NOWHERE],
        &["apply", "--server", NOWHERE],
    ] {
        let ran = run(&[words, &["also/not/here"]].concat());
        assert_eq!(ran.code, Some(2), "{words:?}: {ran}");
        assert!(
            ran.stderr.contains("also/not/here: no such file or folder"),
            "{words:?}: {ran}"
        );
    }
}

#[test]
fn no_paths() {
    assert_snapshot!(run(&["validate"]));
}

#[test]
fn ten_megabytes_of_junk() {
    let folder = TempDir::new().unwrap();
    let junk: Vec<u8> = (0..10_u32 << 20)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    fs::write(folder.path().join("junk.yaml"), junk).unwrap();
    let path = folder.path().to_str().unwrap();
    assert_snapshot!(run(&["validate", path]).hiding(path, "slos"));
}

/// Ten documents of Sloth's, of which each is there twice, with a warning each.
fn many() -> TempDir {
    let folder = TempDir::new().unwrap();
    for i in 0..10 {
        let text = EXAMPLE_SLOTH.replace("unlock-api", &format!("api-{}", i / 2));
        fs::write(
            folder.path().join(format!("{i}.yaml")),
            text + "remark: ours\n",
        )
        .unwrap();
    }
    folder
}

#[test]
fn many_findings_are_counted_by_their_codes() {
    let folder = many();
    let path = folder.path().to_str().unwrap();
    let ran = run(&["validate", path]);
    assert_eq!(ran.code, Some(1));
    let end: Vec<&str> = ran.stdout.lines().rev().take(5).collect();
    assert_snapshot!(end.into_iter().rev().collect::<Vec<_>>().join("\n"));
}

#[test]
fn errors_alone_are_told_where_they_are_asked_for() {
    let folder = many();
    let path = folder.path().to_str().unwrap();
    let told = |flags: &[&str]| {
        let ran = run(&[&["validate", path, "--format", "json"], flags].concat());
        let told: Value = serde_json::from_str(&ran.stdout).unwrap();
        let severities = told
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["severity"].clone());
        (ran.code, severities.collect::<Vec<_>>())
    };
    assert!(told(&[]).1.contains(&"warning".into()));
    let (code, severities) = told(&["--errors-only"]);
    assert_eq!((code, severities), (Some(1), vec![Value::from("error"); 5]));
    let ran = run(&["validate", path, "--errors-only"]);
    assert!(
        ran.stdout
            .contains("5 errors, 10 warnings not shown, in 10 files"),
        "{ran}"
    );
    // Warnings alone are no reason to stop then.
    let one = folder.path().join("0.yaml");
    let one = one.to_str().unwrap();
    assert_eq!(run(&["validate", one]).code, Some(1));
    let ran = run(&["validate", one, "--errors-only"]);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert!(
        ran.stdout
            .starts_with("no errors, 1 warning not shown, in 1 file"),
        "{ran}"
    );
}
