//! Whether two files of rules are equal: the same groups, names, labels and annotations, and
//! expressions that parse to the same tree, with numbers equal to 1e-9.

use std::sync::{Arc, LazyLock};

use promql_parser::parser::parse;
use regex::Regex;
use serde_json::Value;
use tomoni_spec::Document;

/// How far apart two numbers may be that count as equal.
const TOLERANCE: f64 = 1e-9;

/// A number in a tree as it is printed.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"NumberLiteral \{ val: ([^ ]+) \}").unwrap());

/// In what two files differ; nothing where they are equal. Documents of a file are one.
pub(super) fn differences(ours: &str, theirs: &str) -> Vec<String> {
    let (ours, theirs) = (groups(ours), groups(theirs));
    let mut found = Vec::new();
    compare(
        "names of groups",
        &names(&ours),
        &names(&theirs),
        &mut found,
    );
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let group = ours["name"].as_str().unwrap();
        let (ours, theirs) = (rules(ours), rules(theirs));
        compare(group, &kinds(&ours), &kinds(&theirs), &mut found);
        for (ours, theirs) in ours.iter().zip(&theirs) {
            let place = format!("{group}: {}", kind(ours));
            for field in ["labels", "annotations"] {
                let place = format!("{place}, {field}");
                compare(&place, &ours[field], &theirs[field], &mut found);
            }
            let [ours, theirs] = [ours, theirs].map(|rule| rule["expr"].as_str().unwrap());
            if !same_tree(ours, theirs) {
                found.push(format!("{place}, expr:\n{ours}\n-- theirs\n{theirs}"));
            }
        }
    }
    found
}

/// The documents of a file.
pub(super) fn documents(text: &str) -> Vec<Value> {
    let parts = text.split("---\n");
    let values = parts.map(|part| {
        let document = Document {
            identity: None,
            file: Arc::from("rules.yaml"),
            line: 1,
            text: part.to_owned(),
        };
        document.value()
    });
    values.flatten().filter(|value| !value.is_null()).collect()
}

/// The groups of a file, whether it is Prometheus' or its operator's.
pub(super) fn groups(text: &str) -> Vec<Value> {
    let mut groups = Vec::new();
    for document in documents(text) {
        let list = document
            .get("groups")
            .or_else(|| document.pointer("/spec/groups"));
        groups.extend(list.unwrap().as_array().unwrap().iter().cloned());
    }
    groups
}

pub(super) fn rules(group: &Value) -> Vec<Value> {
    group["rules"].as_array().unwrap().clone()
}

fn names(groups: &[Value]) -> Vec<String> {
    let names = groups.iter().map(|group| group["name"].as_str().unwrap());
    names.map(ToOwned::to_owned).collect()
}

fn kinds(rules: &[Value]) -> Vec<String> {
    rules.iter().map(kind).collect()
}

/// What a rule makes.
fn kind(rule: &Value) -> String {
    let of = |key: &str| Some(format!("{key} {}", rule.get(key)?.as_str()?));
    of("record").or_else(|| of("alert")).unwrap()
}

fn compare<T: PartialEq + std::fmt::Debug>(
    place: &str,
    ours: &T,
    theirs: &T,
    found: &mut Vec<String>,
) {
    if ours != theirs {
        found.push(format!("{place}: {ours:?}\n-- theirs\n{theirs:?}"));
    }
}

fn same_tree(ours: &str, theirs: &str) -> bool {
    let ((our_tree, our_numbers), (tree, numbers)) = (tree(ours), tree(theirs));
    let is_near = |(a, b): (&f64, &f64)| (a - b).abs() <= TOLERANCE;
    our_tree == tree && our_numbers.iter().zip(&numbers).all(is_near)
}

/// An expression's tree with its numbers taken out, and those.
fn tree(expr: &str) -> (String, Vec<f64>) {
    let tree = format!("{:?}", parse(expr).unwrap());
    let numbers = NUMBER
        .captures_iter(&tree)
        .map(|found| found[1].parse().unwrap());
    let numbers = numbers.collect();
    (NUMBER.replace_all(&tree, "number").into_owned(), numbers)
}

/// A file with one rule.
fn one(record: &str, label: &str, expr: &str) -> String {
    format!(
        "groups:\n- name: g\n  rules:\n  - record: {record}\n    labels: {{l: {label}}}\n    expr: {expr}\n"
    )
}

#[test]
fn what_differs_is_found() {
    let right = one("a", "v", "sum(rate(a{b=\"c\"}[5m])) > 0.1");
    let same = one("a", "v", "sum( rate( a{b='c'}[300s] ) ) > 0.10000000005");
    assert_eq!(differences(&right, &same), [""; 0]);
    for other in [
        one("b", "v", "sum(rate(a{b=\"c\"}[5m])) > 0.1"),
        one("a", "w", "sum(rate(a{b=\"c\"}[5m])) > 0.1"),
        one("a", "v", "sum(rate(a{b=\"d\"}[5m])) > 0.1"),
        one("a", "v", "sum(rate(a{b=\"c\"}[6m])) > 0.1"),
        one("a", "v", "sum(rate(a{b=\"c\"}[5m])) > 0.10001"),
        one("a", "v", "(sum(rate(a{b=\"c\"}[5m]))) > 0.1"),
        one("a", "v", "sum(rate(a{b=\"c\"}[5m])) >= 0.1"),
        right.replace("name: g", "name: h"),
    ] {
        assert_eq!(differences(&right, &other).len(), 1, "{other}");
    }
}
