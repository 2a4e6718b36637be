use super::*;
use crate::codes::EXAMPLE_PYRRA;
use crate::lower::tests::{self, hold};

/// A gauge with what OpenSLO cannot hold.
fn gauge() -> String {
    let (head, rest) = EXAMPLE_PYRRA.split_once("    latency:\n").unwrap();
    let (_, tail) = rest.split_once("  alerting:\n").unwrap();
    let gauge = "    bool_gauge: {metric: probe_success, grouping: [target]}\n";
    format!("{head}{gauge}  alerting:\n    absentName: Gone\n{tail}")
        .replace("window: 4w", "window: 1w3d")
        .replace("Doors open soon.", &"long ".repeat(300))
        .replace("name: unlock-latency", "name: unlock.latency")
}

#[test]
fn what_comes_out_is_openslo_without_a_finding() {
    hold(EXAMPLE_PYRRA, lowered);
    hold(&gauge(), lowered);
}

#[test]
fn an_objective_carries_what_openslo_has_no_place_for() {
    let lowered = tests::lowered(&gauge(), Carry::All, lowered);
    let document: serde_json::Value = serde_json::from_str(&lowered[0]).unwrap();
    assert_eq!(document["metadata"]["name"], "home-unlock-latency");
    let annotations = &document["metadata"]["annotations"];
    assert_eq!(annotations["tomoni.dev/group-by"], "target");
    let origin = annotations["tomoni.dev/pyrra"].as_str().unwrap();
    let origin: serde_json::Value = serde_json::from_str(origin).unwrap();
    let origin = &origin["document"];
    assert_eq!(origin["metadata"]["name"], "unlock.latency");
    assert_eq!(origin["spec"]["window"], "1w3d");
    assert_eq!(origin["spec"]["alerting"]["absentName"], "Gone");

    assert!(origin["spec"]["description"].as_str().unwrap().len() > 1_050);
    assert_eq!(
        origin["spec"]["indicator"],
        serde_json::json!({"bool_gauge": {"grouping": ["target"]}}),
        "what is asked has a place in OpenSLO"
    );
    assert_eq!(origin["spec"].get("target"), None, "so has this");
}
