use super::*;
use crate::codes::EXAMPLE_SLOTH;
use crate::lower::tests::{hold, lowered};
use crate::yaml::{self, Limits};

/// A document with what OpenSLO cannot hold: long texts, odd names and labels.
fn odd() -> String {
    EXAMPLE_SLOTH
        .replace("name: availability", "name: Availability_1.x")
        .replace("Doors open when asked to.", &"long ".repeat(300))
        .replace("  team: home\n", "  team: home\n  \"a b\": c\n  tier: 2\n")
}

#[test]
fn what_comes_out_is_openslo_without_a_finding() {
    hold(EXAMPLE_SLOTH, lower);
    hold(&odd(), lower);
}

#[test]
fn an_slo_carries_its_document_without_the_others() {
    let second =
        "  - {name: other, objective: 99, sli: {raw: {error_ratio_query: \"a{{.window}}\"}}}\n";
    let document = format!("{}{second}", odd());
    let lowered = lowered(&document, Carry::All, lower);
    let first: serde_json::Value = serde_json::from_str(&lowered[0]).unwrap();
    let origin = first
        .pointer("/metadata/annotations/tomoni.dev~1sloth")
        .unwrap();
    let origin: serde_json::Value = serde_json::from_str(origin.as_str().unwrap()).unwrap();
    assert_eq!(
        (&origin["group"], &origin["position"]),
        (
            &serde_json::json!("unlock-api-availability-1-x"),
            &serde_json::json!(1)
        )
    );
    let origin = &origin["document"];
    let slos = origin["slos"].as_array().unwrap();
    assert_eq!(slos.len(), 1);
    assert_eq!(slos[0]["name"], "Availability_1.x");
    assert_eq!(
        slos[0]["sli"],
        serde_json::json!({"events": {}}),
        "that has a place in OpenSLO"
    );
    assert!(slos[0]["description"].as_str().unwrap().len() > 1_050);
    assert_eq!(origin["labels"]["a b"], "c");
    assert_eq!(first["metadata"]["labels"]["tier"], "2");
    assert_eq!(first["metadata"]["name"], "unlock-api-availability-1-x");
}

#[test]
fn what_a_document_is_called() {
    let name = |text: &str| {
        let parsed = yaml::documents(text, &Limits::DEFAULT);
        let root = parsed[0].root.as_ref().unwrap();
        (name_of(root), windows_name(root))
    };
    assert_eq!(
        name(EXAMPLE_SLOTH).0.as_deref(),
        Some("unlock-api-availability")
    );
    let object = "apiVersion: sloth.slok.dev/v1\nmetadata: {name: x.y, namespace: ops}\n";
    assert_eq!(name(object).0.as_deref(), Some("ops-x-y"));
    assert_eq!(name("apiVersion: sloth.slok.dev/v1\n").0, None);
    let windows = |period: &str| name(&format!("spec: {{sloPeriod: {period}}}\n")).1;
    assert_eq!(windows("7d").as_deref(), Some("1w"));
    assert_eq!(windows("168h").as_deref(), Some("1w"));
    assert_eq!(windows("0s"), None);
}
