use super::*;
use crate::codes::EXAMPLE_SLOTH;
use crate::yaml::{self, Limits};
use crate::{SourceFile, read as read_files};

fn file(text: &str) -> SourceFile {
    SourceFile {
        name: "a.yaml".into(),
        bytes: text.as_bytes().to_vec(),
    }
}

/// The OpenSLO v1 documents of a text, as JSON texts.
fn lowered(document: &str, carry: Carry) -> Vec<String> {
    let parsed = yaml::documents(document, &Limits::DEFAULT);
    let text = Text::new(0, "a.yaml".into(), document);
    let mut findings = Findings::new(1, 100);
    let root = parsed[0].root.as_ref().unwrap();
    let read = read(&text, root, carry, &mut findings).unwrap();
    let documents = read.lowered.iter();
    documents.map(|node| value::of(node).to_string()).collect()
}

/// A document with what OpenSLO cannot hold: long texts, odd names and labels.
fn odd() -> String {
    EXAMPLE_SLOTH
        .replace("name: availability", "name: Availability_1.x")
        .replace("Doors open when asked to.", &"long ".repeat(300))
        .replace("  team: home\n", "  team: home\n  \"a b\": c\n  tier: 2\n")
}

#[test]
fn what_comes_out_is_openslo_without_a_finding() {
    for document in [EXAMPLE_SLOTH.to_owned(), odd()] {
        let before = read_files(&[file(&document)]);
        assert_eq!(before.findings, []);
        for carry in [Carry::Meaning, Carry::All] {
            let lowered = lowered(&document, carry);
            let service =
                "\n---\napiVersion: openslo/v1\nkind: Service\nmetadata: {name: unlock-api}\n";
            let after = read_files(&[file(&format!("{}{service}", lowered[0]))]);
            assert_eq!(after.findings, [], "{carry:?}");
            assert_eq!(after.slos[0].value, before.slos[0].value, "{carry:?}");
        }
    }
}

#[test]
fn an_slo_carries_its_document_without_the_others() {
    let second =
        "  - {name: other, objective: 99, sli: {raw: {error_ratio_query: \"a{{.window}}\"}}}\n";
    let document = format!("{}{second}", odd());
    let lowered = lowered(&document, Carry::All);
    let first: serde_json::Value = serde_json::from_str(&lowered[0]).unwrap();
    let origin = first
        .pointer("/metadata/annotations/tomoni.dev~1sloth")
        .unwrap();
    let origin: serde_json::Value = serde_json::from_str(origin.as_str().unwrap()).unwrap();
    let slos = origin["slos"].as_array().unwrap();
    assert_eq!(slos.len(), 1);
    assert_eq!(slos[0]["name"], "Availability_1.x");
    assert_eq!(slos[0].get("sli"), None, "that has a place in OpenSLO");
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
