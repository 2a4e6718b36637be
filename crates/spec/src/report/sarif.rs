//! Findings as SARIF 2.1.0, which code hosts and editors read.

use serde_json::{Value, json};

use crate::codes;
use crate::finding::{Finding, Severity};

/// The findings as a SARIF log of one run of a tool's version.
pub fn sarif(findings: &[Finding], version: &str) -> Value {
    let rules: Vec<Value> = codes::ALL
        .iter()
        .map(|code| {
            json!({
                "id": code.id,
                "shortDescription": {"text": code.title},
                "defaultConfiguration": {"level": level(code.severity)},
            })
        })
        .collect();
    let results: Vec<Value> = findings.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "tomoni", "version": version, "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(finding: &Finding) -> Value {
    let text = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    };
    let place = &finding.place;
    let mut physical = json!({"artifactLocation": {"uri": uri(&place.file)}});
    if place.line > 0
        && let Value::Object(map) = &mut physical
    {
        let (offset, length) = place.bytes;
        let region = json!({
            "startLine": place.line,
            "startColumn": place.column,
            "byteOffset": offset,
            "byteLength": length,
        });
        map.insert("region".to_owned(), region);
    }
    let mut location = json!({"physicalLocation": physical});
    if let (Some(object), Value::Object(map)) = (&finding.object, &mut location) {
        let logical = json!([{"fullyQualifiedName": object}]);
        map.insert("logicalLocations".to_owned(), logical);
    }
    json!({
        "ruleId": finding.code,
        "ruleIndex": codes::ALL.iter().position(|c| c.id == finding.code),
        "level": level(finding.severity),
        "message": {"text": text},
        "locations": [location],
    })
}

/// A file's name as a reference: relative names stay so, absolute ones become `file:` addresses.
fn uri(name: &str) -> String {
    let slashed = name.replace('\\', "/");
    let is_drive = slashed.as_bytes().get(1) == Some(&b':')
        && slashed.starts_with(|c: char| c.is_ascii_alphabetic());
    let start = match (slashed.starts_with('/'), is_drive) {
        (true, _) => "file://",
        (false, true) => "file:///",
        (false, false) => "",
    };
    let mut uri = String::from(start);
    for (i, byte) in slashed.bytes().enumerate() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if is_plain || (byte == b':' && is_drive && i == 1) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
