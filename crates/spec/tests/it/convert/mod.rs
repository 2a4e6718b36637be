//! Documents of other formats as OpenSLO, and back: nothing is lost.

mod edited;
mod lossy;
mod native;
mod random;
mod refused;
mod theirs;

use std::sync::Arc;

use serde_json::Value;
use tomoni_spec::{
    Catalog, Converted, Document, Losses, Severity, SourceFile, Target, convert, read,
};

use crate::support::file;

/// The document of an SLO of Sloth's with what OpenSLO has no place for, and scalars that JSON writes
/// otherwise.
const SLOTH: &str = r#"version: prometheus/v1
service: Unlock_API
labels:
  build: 1.10
  owner: "no"
  team: home
slos:
  - name: errors
    description: Doors open when asked to.
    objective: 99.90
    labels:
      tier: "2"
    sli:
      events:
        error_query: |
          sum(rate(errors_total[{{.window}}])) # all of them
        total_query: sum(rate(requests_total[{{.window}}]))
    alerting:
      name: UnlockErrors
      labels:
        flag: True
      page_alert:
        labels:
          severity: page
      ticket_alert:
        disable: true
  - name: raw
    objective: 95
    sli:
      raw:
        error_ratio_query: job:errors:ratio_rate{{.window}}
    alerting:
      name: UnlockRatio
    remark: kept
"#;

fn converted(text: &str, target: Target) -> Converted {
    convert(&[file("slos.yaml", text)], target, Losses::Refused)
}

/// Documents as one text.
fn joined(documents: &[String]) -> String {
    documents.join("---\n")
}

/// What documents say.
fn value(text: &str) -> Value {
    let document = Document {
        identity: None,
        file: Arc::from("slos.yaml"),
        line: 1,
        text: text.to_owned(),
    };
    let value = document.value();
    assert!(value.is_some(), "no YAML: {text}");
    value.unwrap()
}

fn values(documents: &[String]) -> Vec<Value> {
    documents.iter().map(|text| value(text)).collect()
}

fn errors(converted: &Converted) -> Vec<String> {
    let findings = converted.findings.iter();
    findings
        .filter(|f| f.severity == Severity::Error)
        .map(|f| format!("{} {}:{} {}", f.code, f.place.file, f.place.line, f.message))
        .collect()
}

fn slos(catalog: &Catalog) -> Vec<tomoni_slo::Slo> {
    catalog.slos.iter().map(|slo| slo.value.clone()).collect()
}

/// Files as OpenSLO in one text, which says the same without an error.
fn there(files: &[SourceFile]) -> String {
    let there = convert(files, Target::OpenSloV1, Losses::Refused);
    let text = joined(&there.documents);
    let (before, after) = (read(files), read(&[file("openslo.yaml", &text)]));
    assert_eq!(there.findings, before.findings, "{text}");
    let errors = after
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Error);
    assert_eq!(
        errors.collect::<Vec<_>>(),
        Vec::<&tomoni_spec::Finding>::new(),
        "{text}"
    );
    assert_eq!(slos(&after), slos(&before), "{text}");
    text
}

/// Holds that documents come back from OpenSLO as they were.
fn hold(documents: &[String], target: Target) {
    let text = joined(documents);
    let openslo = there(&[file("slos.yaml", &text)]);
    let back = converted(&openslo, target);
    assert_eq!(errors(&back), [""; 0], "{openslo}");
    assert_eq!(values(&back.documents), values(documents), "{openslo}");
    // And so again.
    let again = there(&[file("slos.yaml", &joined(&back.documents))]);
    assert_eq!(value_of_all(&again), value_of_all(&openslo));
}

/// What the documents of a text say.
fn value_of_all(text: &str) -> Vec<Value> {
    values(
        &text
            .split("---\n")
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>(),
    )
}

#[test]
fn a_document_comes_back_to_the_letter() {
    let openslo = there(&[file("slos.yaml", SLOTH)]);
    let back = converted(&openslo, Target::Sloth);
    assert_eq!(errors(&back), [""; 0]);
    assert_eq!(joined(&back.documents), SLOTH, "{openslo}");
}

#[test]
fn both_of_sloth_s_spellings_come_back() {
    hold(&[SLOTH.to_owned(), object(SLOTH)], Target::Sloth);
}

/// A document as a Kubernetes object, of another service.
fn object(document: &str) -> String {
    let spec = document
        .lines()
        .skip(1)
        .map(|line| format!("  {line}\n"))
        .collect::<String>();
    let spec = spec
        .replace("Unlock_API", "object")
        .replace("error_query", "errorQuery")
        .replace("error_ratio_query", "errorRatioQuery")
        .replace("total_query", "totalQuery")
        .replace("page_alert", "pageAlert")
        .replace("ticket_alert", "ticketAlert");
    format!(
        "apiVersion: sloth.slok.dev/v1\nkind: PrometheusServiceLevel\nmetadata:\n  name: doors\n  \
         annotations:\n    tomoni.dev/stage: shadow\n    note: kept\n  finalizers: [a]\nspec:\n{spec}\
         status:\n  promOpRulesGenerated: true\n"
    )
}

#[test]
fn what_an_slo_becomes() {
    crate::rules::see!(there(&[file("slos.yaml", SLOTH)]));
}
