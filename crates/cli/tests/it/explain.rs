//! `tomoni explain` over the lab: one of every kind of objective.

use insta::assert_snapshot;
use serde_json::Value;
use tomoni_testkit::require;

use crate::lab::ask;

#[test]
fn events_of_counters() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(
        &["explain", "unlock-availability"],
        &["--minutes", "5"]
    ));
}

#[test]
fn slices() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "visitor-availability"], &[]));
}

#[test]
fn ratios_of_slices() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "reservation-latency"], &[]));
}

#[test]
fn a_calendar_window_in_another_zone() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "reservation-availability"], &[]));
}

#[test]
fn a_gauge_with_gaps_and_two_thresholds() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "hub-battery"], &[]));
}

#[test]
fn a_ready_made_ratio() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "auth-success-ratio"], &[]));
}

#[test]
fn history_that_is_too_short() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "auth-availability-quarter"], &[]));
}

#[test]
fn nothing_happened() {
    require!("prometheus", "promtool");
    assert_snapshot!(ask(&["explain", "legacy-unlock-availability"], &[]));
}

#[test]
fn json_tells_the_same() {
    require!("prometheus", "promtool");
    let arguments = ["--objective", "2", "--minutes", "2", "--output", "json"];
    let ran = ask(&["explain", "hub-battery"], &arguments);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let objective = &report["objectives"][0];
    assert_eq!(report["objectives"].as_array().map(Vec::len), Some(1));
    assert_eq!(objective["figures"]["objective"], 0.999);
    assert_eq!(objective["minutes"].as_array().map(Vec::len), Some(2));
    let result = |name: &str| {
        let steps = objective["arithmetic"].as_array().unwrap();
        let step = steps.iter().find(|step| step["name"] == name).unwrap();
        step["result"].as_f64().unwrap()
    };
    // The arithmetic that is shown is the arithmetic that was done.
    assert_eq!(Some(result("sli")), objective["figures"]["sli"].as_f64());
    let remaining = 1.0 - result("spent") / result("allowed");
    assert!((remaining - result("remaining")).abs() < 1e-12);
    // Every bad event is in one of the days.
    let days = objective["spending"]["days"].as_array().unwrap();
    let bad: i64 = days.iter().filter_map(|day| day["bad"].as_i64()).sum();
    assert_eq!(Some(bad), objective["figures"]["bad"].as_i64());
}
