use super::*;
use crate::codes::EXAMPLE_PYRRA;
use crate::lower::tests::{hold, lowered};

fn reader<'a>(
    text: &Text<'_>,
    root: &Node<'a>,
    carry: Carry,
    findings: &mut Findings,
) -> Vec<Node<'a>> {
    let read = read(text, root, carry, findings);
    read.and_then(|read| read.lowered).into_iter().collect()
}

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
    hold(EXAMPLE_PYRRA, reader);
    hold(&gauge(), reader);
}

#[test]
fn an_objective_carries_what_openslo_has_no_place_for() {
    let lowered = lowered(&gauge(), Carry::All, reader);
    let document: serde_json::Value = serde_json::from_str(&lowered[0]).unwrap();
    assert_eq!(document["metadata"]["name"], "home-unlock-latency");
    let annotations = &document["metadata"]["annotations"];
    assert_eq!(annotations["tomoni.dev/group-by"], "target");
    let origin = annotations["tomoni.dev/pyrra"].as_str().unwrap();
    let origin: serde_json::Value = serde_json::from_str(origin).unwrap();
    assert_eq!(origin["metadata"]["name"], "unlock.latency");
    assert_eq!(origin["spec"]["window"], "1w3d");
    assert_eq!(origin["spec"]["alerting"]["absentName"], "Gone");
    assert_eq!(origin["spec"]["grouping"], serde_json::json!(["target"]));
    assert!(origin["spec"]["description"].as_str().unwrap().len() > 1_050);
    assert_eq!(
        origin["spec"].get("indicator"),
        None,
        "that has a place in OpenSLO"
    );
}
