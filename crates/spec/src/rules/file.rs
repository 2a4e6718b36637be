//! Rules as the files that Prometheus and its operator read.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter;

use rayon::prelude::*;

use super::{Bundle, Group, Makes, Rule};
use crate::kubernetes::Metadata;
use crate::print::{Texts, Value, print, print_items};

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

/// Whether a file holds rules that were made here, and nothing that somebody wrote.
pub fn is_made(file: &[u8]) -> bool {
    file.starts_with(OPENING.as_bytes())
}

/// So many bundles are written at once, by all of the machine.
const BUNDLES_AT_ONCE: usize = 128;

/// All groups as one rules file of Prometheus, which reads no more than one document of a file. The text
/// comes in pieces, so that never all of it is held.
pub fn rules_file(bundles: &[Bundle]) -> impl Iterator<Item = String> {
    let start = match bundles {
        [] => "groups: []\n",
        _ => "groups:\n",
    };
    let groups = in_order(bundles, |bundle| {
        let groups = bundle.groups();
        let items: Vec<Value<'_>> = groups.iter().map(group).collect();
        print_items(&items, Texts::Readable)
    });
    [OPENING.to_owned(), start.to_owned()]
        .into_iter()
        .chain(groups)
}

/// The groups as `PrometheusRule` objects of Prometheus' operator: one for each object that an SLO
/// stood in, and one for each service of the others. The text comes in pieces, as [`rules_file`]'s does.
pub fn prometheus_rules(bundles: &[Bundle]) -> impl Iterator<Item = String> {
    let objects = in_order(bundles, |bundle| {
        let groups = bundle.groups();
        let groups = Value::List(groups.iter().map(group).collect());
        let object = Value::Map(vec![
            entry("apiVersion", Value::text("monitoring.coreos.com/v1")),
            entry("kind", Value::text("PrometheusRule")),
            entry("metadata", metadata(&bundle.metadata)),
            entry("spec", Value::Map(vec![entry("groups", groups)])),
        ]);
        format!("---\n{}", print(&object, Texts::Readable))
    });
    iter::once(OPENING.to_owned()).chain(objects)
}

/// What is written of each bundle, in their order.
fn in_order(
    bundles: &[Bundle],
    text: impl Fn(&Bundle) -> String + Sync,
) -> impl Iterator<Item = String> {
    let chunks = bundles.chunks(BUNDLES_AT_ONCE);
    chunks.flat_map(move |some| some.par_iter().map(&text).collect::<Vec<_>>())
}

fn entry<'v>(key: &'v str, value: Value<'v>) -> (Cow<'v, str>, Value<'v>) {
    (key.into(), value)
}

fn metadata(metadata: &Metadata) -> Value<'_> {
    let mut labels: BTreeMap<&str, &str> = LABELS.into();
    let own = metadata.labels.iter();
    labels.extend(own.map(|(key, value)| (key.as_str(), value.as_str())));
    let labels = labels
        .into_iter()
        .map(|(key, value)| entry(key, Value::text(value)));
    let mut entries = vec![entry("name", Value::text(&metadata.name))];
    if let Some(namespace) = &metadata.namespace {
        entries.push(entry("namespace", Value::text(namespace)));
    }
    entries.push(entry("labels", Value::Map(labels.collect())));
    if !metadata.annotations.is_empty() {
        entries.push(entry("annotations", Value::texts(&metadata.annotations)));
    }
    Value::Map(entries)
}

fn group(group: &Group) -> Value<'_> {
    let rules = group.rules.iter().map(rule).collect();
    Value::Map(vec![
        entry("name", Value::text(&group.name)),
        entry("rules", Value::List(rules)),
    ])
}

fn rule(rule: &Rule) -> Value<'_> {
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
