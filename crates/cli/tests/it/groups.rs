//! A budget for each group, from the terminal.

use serde_json::Value;
use tempfile::TempDir;
use tomoni_testkit::require;

use crate::lab::{AT, url};
use crate::run::{Ran, run};

/// As somebody has it who uses Pyrra.
const PYRRA: &str = r#"
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata:
  name: room-errors
  labels: {pyrra.dev/team: work}
spec:
  target: "99.9"
  window: 2w
  indicator:
    ratio:
      errors: {metric: 'http_requests_total{job="reservation-api",code=~"5.."}'}
      total: {metric: 'http_requests_total{job="reservation-api"}'}
      grouping: [path]
"#;

#[test]
fn a_group_is_called_by_its_slo_where_that_is_not_shown() {
    require!("prometheus", "promtool");
    let ran = ask(&["status", "--state", "ok"], &[]);
    let shown = |text: &str| ran.stdout.contains(text);
    assert!(shown("no objective; 1 group: 1 ok"), "{ran}");
    assert!(shown("room-errors path=/v1/rooms  work"), "{ran}");
    assert!(!shown("reservations"), "{ran}");
}

fn ask(verb: &[&str], rest: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    let document = folder.path().join("pyrra.yaml");
    std::fs::write(&document, PYRRA).unwrap();
    let document = document.to_str().unwrap();
    let shared = ["--specs", document, "--prometheus", url(), "--at", AT];
    run(&[verb, &shared, rest].concat())
}

#[test]
fn groups_stand_below_the_whole() {
    require!("prometheus", "promtool");
    insta::assert_snapshot!(ask(&["status"], &[]));
    let report = ask(&["status"], &["--output", "json"]);
    let report: Value = serde_json::from_str(&report.stdout).unwrap();
    let rows = report["slos"].as_array().unwrap();
    let (all, groups) = rows.split_first().unwrap();
    assert_eq!(all.get("group"), None);
    let sum = |name: &str| {
        groups
            .iter()
            .filter_map(|row| row[name].as_i64())
            .sum::<i64>()
    };
    assert_eq!(all["total"].as_i64(), Some(sum("total")));
    assert_eq!(all["bad"].as_i64(), Some(sum("bad")));
    for row in groups {
        assert_eq!(row["group"]["of"], "room-errors");
        let path = row["group"]["labels"]["path"].as_str().unwrap();
        let slug = path.replace('/', "~");
        assert_eq!(row["slo"], format!("room-errors:{slug}"));
    }
}

#[test]
fn a_group_can_be_explained() {
    require!("prometheus", "promtool");
    let name = "room-errors:~v1~rooms";
    let ran = ask(&["explain", name], &["--output", "json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let figures = &report["objectives"][0]["figures"];
    assert_eq!(figures["slo"], name);
    assert_eq!(figures["group"]["labels"]["path"], "/v1/rooms");
    // It is asked for as `status` shows it, too.
    let by_labels = ask(
        &["explain", "room-errors", "path=/v1/rooms"],
        &["--output", "json"],
    );
    let by_labels: Value = serde_json::from_str(&by_labels.stdout).unwrap();
    assert_eq!(by_labels["objectives"][0]["figures"]["slo"], name);
    let ran = ask(&["explain", "room-errors:~v1~room"], &[]);
    assert!(
        ran.stderr
            .contains("no SLO is called `room-errors:~v1~room`: is it `room-errors:~v1~rooms`?"),
        "{ran}"
    );
}

#[test]
fn groups_are_compared_as_well_as_the_whole() {
    require!("prometheus", "promtool");
    let slos = |verb: &str, list: &str, at: fn(&Value) -> &Value| {
        let report = ask(&[verb], &["--output", "json"]);
        let report: Value = serde_json::from_str(&report.stdout).unwrap();
        let rows = report[list].as_array().unwrap().iter();
        let mut slos: Vec<String> = rows.map(|row| at(row)["slo"].to_string()).collect();
        slos.sort();
        slos
    };
    let shown = slos("status", "slos", |row| row);
    assert!(shown.len() > 2, "{shown:?}");
    assert_eq!(slos("compare", "objectives", |row| &row["figures"]), shown);
}
