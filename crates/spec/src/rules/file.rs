//! Rules as the files that Prometheus and its operator read.

use super::{Bundle, Group, Makes, Rule};
use crate::kubernetes::Metadata;
use crate::print::{Texts, Value, print};

/// What stands above all output.
const OPENING: &str = "\
# Rules that Tomoni made of SLOs, as Sloth makes them: `tomoni rules`.
# Do not change them here; change the SLOs, and make them again.
";

/// The labels on what Sloth gives to Prometheus' operator, by which people select it.
const LABELS: [(&str, &str); 2] = [
    ("app.kubernetes.io/component", "SLO"),
    ("app.kubernetes.io/managed-by", "sloth"),
];

/// All groups as one rules file of Prometheus, which reads no more than one document of a file.
pub fn rules_file(bundles: &[Bundle]) -> String {
    let groups = bundles.iter().flat_map(|bundle| &bundle.groups);
    let file = Value::Map(vec![entry("groups", of_groups(groups))]);
    format!("{OPENING}{}", print(&file, Texts::Readable))
}

/// The groups as `PrometheusRule` objects of Prometheus' operator: one for each object that an SLO
/// stood in, and one for each service of the others.
pub fn prometheus_rules(bundles: &[Bundle]) -> String {
    let mut text = OPENING.to_owned();
    for bundle in bundles {
        let object = Value::Map(vec![
            entry("apiVersion", Value::text("monitoring.coreos.com/v1")),
            entry("kind", Value::text("PrometheusRule")),
            entry("metadata", metadata(&bundle.metadata)),
            entry(
                "spec",
                Value::Map(vec![entry("groups", of_groups(&bundle.groups))]),
            ),
        ]);
        text.push_str("---\n");
        text.push_str(&print(&object, Texts::Readable));
    }
    text
}

fn entry(key: &str, value: Value) -> (String, Value) {
    (key.to_owned(), value)
}

fn metadata(metadata: &Metadata) -> Value {
    let mut labels = metadata.labels.clone();
    for (key, value) in LABELS {
        labels
            .entry(key.to_owned())
            .or_insert_with(|| value.to_owned());
    }
    let mut entries = vec![entry("name", Value::text(&metadata.name))];
    if let Some(namespace) = &metadata.namespace {
        entries.push(entry("namespace", Value::text(namespace)));
    }
    entries.push(entry("labels", Value::texts(&labels)));
    if !metadata.annotations.is_empty() {
        entries.push(entry("annotations", Value::texts(&metadata.annotations)));
    }
    Value::Map(entries)
}

fn of_groups<'g>(groups: impl IntoIterator<Item = &'g Group>) -> Value {
    let group = |group: &Group| {
        let rules = group.rules.iter().map(rule).collect();
        Value::Map(vec![
            entry("name", Value::text(&group.name)),
            entry("rules", Value::List(rules)),
        ])
    };
    Value::List(groups.into_iter().map(group).collect())
}

fn rule(rule: &Rule) -> Value {
    let (kind, name) = match &rule.makes {
        Makes::Record(name) => ("record", name),
        Makes::Alert(name) => ("alert", name),
    };
    let mut entries = vec![
        entry(kind, Value::text(name)),
        entry("expr", Value::text(&rule.expr)),
        entry("labels", Value::texts(&rule.labels)),
    ];
    if !rule.annotations.is_empty() {
        entries.push(entry("annotations", Value::texts(&rule.annotations)));
    }
    Value::Map(entries)
}
