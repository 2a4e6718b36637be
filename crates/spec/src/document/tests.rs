use super::*;
use crate::SourceFile;
use crate::codes::EXAMPLE;

fn file(text: &str) -> SourceFile {
    SourceFile {
        name: "a.yaml".into(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn shown(text: &str) -> (Vec<(String, usize, String)>, bool) {
    let split = split(&file(text));
    let documents = split.documents.into_iter().map(|d| {
        let identity = d.identity.map_or("?".to_owned(), |i| i.to_string());
        (identity, d.line, d.text)
    });
    (documents.collect(), split.is_whole)
}

fn service(name: &str) -> String {
    format!("apiVersion: openslo/v1\nkind: Service\nmetadata: {{name: {name}}}\n")
}

#[test]
fn documents_keep_their_texts_and_lines() {
    let (a, b) = (service("a"), service("b"));
    let text = format!("\n# Ours.\n%YAML 1.2\n---\n{a}# The end.\n\n--- # Theirs.\n{b}...\n");
    let (documents, is_whole) = shown(&text);
    assert!(is_whole);
    assert_eq!(
        documents,
        [
            (
                "Service a".to_owned(),
                2,
                format!("# Ours.\n\n   \n{a}# The end.\n")
            ),
            ("Service b".to_owned(), 10, format!("    # Theirs.\n{b}")),
        ]
    );
}

#[test]
fn a_mistake_does_not_move_the_edges_of_others() {
    let (a, b) = (service("a"), service("b"));
    let (documents, is_whole) = shown(&format!("{a}---\nkind: \"SLO\nx: [\n---\n{b}"));
    let identities: Vec<&str> = documents.iter().map(|d| d.0.as_str()).collect();
    assert_eq!(identities, ["Service a", "?", "Service b"]);
    assert!(!is_whole);
}

#[test]
fn what_hides_something_is_not_whole_and_other_yaml_hides_nothing() {
    for (text, is_whole) in [
        ("apiVersion: v1\nkind: Service\n", true),
        ("", true),
        ("# nothing\n", true),
        ("just a text\n", false),
        (
            "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: A b}\n",
            false,
        ),
        (
            "apiVersion: openslo/v1\nkind: Servise\nmetadata: {name: a}\n",
            false,
        ),
        (
            "apiVersion: openslo/v2\nkind: Service\nmetadata: {name: a}\n",
            false,
        ),
        ("a: \u{1}\n", false),
    ] {
        assert_eq!(shown(text).1, is_whole, "{text}");
    }
    let bytes = SourceFile {
        name: "a.yaml".into(),
        bytes: vec![0xff],
    };
    let split = split(&bytes);
    assert!(!split.is_whole && split.documents.is_empty());
    assert_eq!(split.findings[0].code, "file/not-utf8");
}

#[test]
fn items_of_a_list_are_documents() {
    let block = "- apiVersion: openslo/v1 # one\n  kind: Service\n  metadata: {name: a}\n  spec:\n    description: |\n      Two\n      lines.\n# Between.\n- apiVersion: openslo/v1\n  kind: Service\n  metadata: {name: b}\n";
    let (documents, is_whole) = shown(block);
    assert!(is_whole);
    let lines: Vec<(&str, usize)> = documents.iter().map(|d| (d.0.as_str(), d.1)).collect();
    assert_eq!(lines, [("Service a", 1), ("Service b", 9)]);
    assert!(
        documents[0]
            .2
            .starts_with("  apiVersion: openslo/v1 # one\n  kind")
    );
    let json = "[{\"apiVersion\": \"openslo/v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"a\"}},\n {\"apiVersion\": \"openslo/v1\", \"kind\": \"Service\", \"metadata\": {\"name\": \"b\"}}]";
    let (documents, _) = shown(json);
    assert_eq!(documents[1].1, 2);
    assert!(
        documents[1].2.starts_with(" {\"apiVersion\""),
        "{documents:?}"
    );
    let aliased = "- &a {apiVersion: openslo/v1, kind: Service, metadata: {name: a, labels: &l {team: x}}}\n- {apiVersion: openslo/v1, kind: Service, metadata: {name: b, labels: *l}}\n";
    let documents = split(&file(aliased)).documents;
    let value = documents[1].value().expect("YAML");
    assert_eq!(value["metadata"]["labels"]["team"], "x");
}

#[test]
fn documents_joined_again_are_the_same_documents() {
    let documents = split(&file(EXAMPLE)).documents;
    assert_eq!(documents.len(), 7);
    let texts: Vec<&str> = documents.iter().map(|d| d.text.as_str()).collect();
    let again = split(&file(&texts.join("---\n"))).documents;
    let texts_again: Vec<&str> = again.iter().map(|d| d.text.as_str()).collect();
    assert_eq!(texts, texts_again);
}

#[test]
fn documents_are_read_as_their_files_are() {
    let broken = EXAMPLE.replacen(
        "  indicatorRef: unlock-errors",
        "  indicatorRef: unlock-error",
        1,
    );
    for text in [EXAMPLE.to_owned(), broken] {
        let whole = read(&[file(&text)]);
        let (catalog, findings) = read_documents(&split(&file(&text)).documents);
        let names = |c: &Catalog| c.slos.iter().map(|s| s.value.clone()).collect::<Vec<_>>();
        assert_eq!(names(&catalog), names(&whole));
        let places = |f: &Finding| (f.code, f.place.line, f.place.column, f.message.clone());
        let found: Vec<_> = findings.concat().iter().map(places).collect();
        let wanted: Vec<_> = whole.findings.iter().map(places).collect();
        assert_eq!(found, wanted);
    }
}

#[test]
fn references_and_old_names_are_found() {
    let documents = split(&file(EXAMPLE)).documents;
    let of = |name: &str| {
        let found = documents
            .iter()
            .find(|d| d.identity.as_ref().is_some_and(|i| i.name() == name));
        let found = found.expect("it is there");
        let references = found.references();
        references
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("unlock-availability"),
        ["AlertPolicy page", "SLI unlock-errors"]
    );
    assert_eq!(of("unlock-errors"), ["DataSource metrics"]);
    let renamed = "metadata: {annotations: {tomoni.dev/renamed-from: old}}";
    let document = Document {
        identity: None,
        file: "a.yaml".into(),
        line: 1,
        text: renamed.to_owned(),
    };
    assert_eq!(document.renamed_from().as_deref(), Some("old"));
}
