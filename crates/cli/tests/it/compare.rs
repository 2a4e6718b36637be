//! `tomoni compare`, and `tomoni explain --as`: the peers' numbers beside ours, over the lab.

use insta::assert_snapshot;
use serde_json::Value;
use tomoni_testkit::require;

use crate::lab::{AT, ask, url};
use crate::run::{Ran, run};

fn compare(rest: &[&str]) -> Ran {
    let words = ["compare", "examples/lab", "--prometheus", url(), "--at", AT];
    run(&[&words, rest].concat()).hiding(url(), "http://prometheus")
}

#[test]
fn a_whole_folder() {
    require!("prometheus", "promtool");
    assert_snapshot!(compare(&[]));
}

#[test]
fn one_objective_as_sloth_has_it() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "unlock-availability"], &["--as", "sloth"]));
}

#[test]
fn few_events_as_sloth_has_them() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "report-success"], &["--as", "sloth"]));
}

#[test]
fn what_a_peer_cannot_say() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(
        &["explain", "visitor-availability"],
        &["--as", "pyrra"]
    ));
}

#[test]
fn json_of_both_verbs_is_the_same_and_ranked() {
    require!("prometheus", "promtool");
    let report: Value = serde_json::from_str(&compare(&["--output", "json"]).stdout).unwrap();
    let rows = report["objectives"].as_array().unwrap();
    let greatest = |row: &Value| {
        let peers = row["peers"]["theirs"].as_array().unwrap();
        let differences = peers.iter().filter_map(|peer| peer["difference"].as_f64());
        differences.map(f64::abs).fold(0.0, f64::max)
    };
    let ranked: Vec<f64> = rows.iter().map(greatest).collect();
    assert!(ranked.is_sorted_by(|a, b| a >= b), "{ranked:?}");
    assert!(ranked[0] > 0.02 && ranked.len() == 12, "{ranked:?}");

    let name = "unlock-availability";
    let json = ["--as", "sloth", "--output", "json"];
    let explained = ask(&["explain", name], &json).stdout;
    let explained: Value = serde_json::from_str(&explained).unwrap();
    let told = &explained["objectives"][0]["peers"]["theirs"];
    assert_eq!(told.as_array().map(Vec::len), Some(1));
    let row = rows.iter().find(|row| row["figures"]["slo"] == name);
    assert_eq!(row.unwrap()["peers"]["theirs"][0], told[0]);
}

#[test]
fn paths_stand_for_specs_and_are_needed() {
    let nothing = run(&["compare"]);
    assert_eq!(nothing.code, Some(2), "{nothing}");
    let nowhere = run(&[
        "compare",
        "nowhere.yaml",
        "--prometheus",
        "http://127.0.0.1:1",
    ]);
    assert_eq!(nowhere.code, Some(2), "{nowhere}");
    assert!(nowhere.stderr.contains("nowhere.yaml"), "{nowhere}");
}
