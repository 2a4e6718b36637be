//! The schema says what the reader says: both are made of one table, and these tests hold them to
//! each other, with a validator of the few keywords that the schema has.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use super::*;
use crate::codes::{self, EXAMPLE, Example};
use crate::finding::Finding;
use crate::openslo;
use crate::scope::Findings;
use crate::source::Text;
use crate::yaml::{self, Limits, Node};

/// What a schema can say of a document; the rest only the reader can.
const SAID_BY_BOTH: [&str; 12] = [
    "openslo/duration",
    "openslo/exclusive-fields",
    "openslo/key",
    "openslo/kind",
    "openslo/list-length",
    "openslo/missing-field",
    "openslo/name",
    "openslo/out-of-range",
    "openslo/too-long",
    "openslo/unknown-field",
    "openslo/wrong-type",
    "openslo/wrong-value",
];

/// Whether a value is valid by a part of the schema.
fn is_valid(root: &Value, schema: &Value, value: &Value) -> bool {
    let Value::Object(keywords) = schema else {
        return schema.as_bool().unwrap_or(true);
    };
    keywords
        .iter()
        .all(|(keyword, rule)| match keyword.as_str() {
            "if" => {
                let then = keywords.get("then").unwrap();
                !is_valid(root, rule, value) || is_valid(root, then, value)
            }
            "$ref" => {
                let pointer = rule.as_str().unwrap().trim_start_matches('#');
                is_valid(root, root.pointer(pointer).unwrap(), value)
            }
            "allOf" => rule
                .as_array()
                .unwrap()
                .iter()
                .all(|s| is_valid(root, s, value)),
            "anyOf" => rule
                .as_array()
                .unwrap()
                .iter()
                .any(|s| is_valid(root, s, value)),
            "oneOf" => {
                let all = rule.as_array().unwrap().iter();
                all.filter(|s| is_valid(root, s, value)).count() == 1
            }
            "not" => !is_valid(root, rule, value),
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "type" => match rule {
                Value::Array(kinds) => kinds.iter().any(|k| is_of(value, k)),
                kind => is_of(value, kind),
            },
            _ => holds(root, keywords, keyword, rule, value),
        })
}

fn is_of(value: &Value, kind: &Value) -> bool {
    match kind.as_str().unwrap() {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type of JSON: {other}"),
    }
}

/// Keywords that say something of values of one type only.
fn holds(
    root: &Value,
    keywords: &Map<String, Value>,
    keyword: &str,
    rule: &Value,
    value: &Value,
) -> bool {
    let bound = || usize::try_from(rule.as_u64().unwrap()).unwrap();
    match (keyword, value) {
        ("pattern", Value::String(text)) => {
            Regex::new(rule.as_str().unwrap()).unwrap().is_match(text)
        }
        ("maxLength", Value::String(text)) => text.chars().count() <= bound(),
        ("minLength", Value::String(text)) => text.chars().count() >= bound(),
        ("minItems", Value::Array(items)) => items.len() >= bound(),
        ("maxItems", Value::Array(items)) => items.len() <= bound(),
        ("items", Value::Array(items)) => items.iter().all(|i| is_valid(root, rule, i)),
        ("minProperties", Value::Object(map)) => map.len() >= bound(),
        ("required", Value::Object(map)) => {
            let names = rule.as_array().unwrap().iter();
            names
                .map(|n| n.as_str().unwrap())
                .all(|n| map.contains_key(n))
        }
        ("properties", Value::Object(map)) => {
            let known = rule.as_object().unwrap();
            map.iter()
                .all(|(k, v)| known.get(k).is_none_or(|s| is_valid(root, s, v)))
        }
        ("additionalProperties", Value::Object(map)) => {
            let known = keywords.get("properties").and_then(Value::as_object);
            let others = map
                .iter()
                .filter(|(k, _)| known.is_none_or(|known| !known.contains_key(*k)));
            others.into_iter().all(|(_, v)| is_valid(root, rule, v))
        }
        ("propertyNames", Value::Object(map)) => map
            .keys()
            .all(|k| is_valid(root, rule, &Value::String(k.clone()))),
        (_, Value::Number(number)) => {
            let number = number.as_f64().unwrap();
            let limit = || rule.as_f64().unwrap();
            match keyword {
                "minimum" => number >= limit(),
                "maximum" => number <= limit(),
                "exclusiveMinimum" => number > limit(),
                "exclusiveMaximum" => number < limit(),
                "multipleOf" => (number / limit()).fract() == 0.0,
                _ => is_known(keyword),
            }
        }
        _ => is_known(keyword),
    }
}

/// A keyword that says nothing here. One that is not known would be passed over, and must not be.
fn is_known(keyword: &str) -> bool {
    const KNOWN: [&str; 25] = [
        "$schema",
        "$defs",
        "title",
        "description",
        "examples",
        "then",
        "pattern",
        "maxLength",
        "minLength",
        "minItems",
        "maxItems",
        "items",
        "minProperties",
        "required",
        "properties",
        "additionalProperties",
        "propertyNames",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "enum",
        "const",
        "type",
    ];
    assert!(
        KNOWN.contains(&keyword),
        "the validator does not know {keyword}"
    );
    true
}

fn to_json(node: &Node<'_>) -> Value {
    match &node.value {
        yaml::Value::List(items) => items.iter().map(to_json).collect(),
        yaml::Value::Map(entries) => {
            // A key without a value is as good as none.
            let there = entries.iter().filter(|e| !e.node.is_null());
            there
                .map(|e| (e.key.to_string(), to_json(&e.node)))
                .collect()
        }
        yaml::Value::Scalar(scalar) => match scalar.kind() {
            yaml::Kind::Null => Value::Null,
            yaml::Kind::Boolean(value) => json!(value),
            yaml::Kind::Number(number) => json!(number),
            yaml::Kind::Text => json!(scalar.text),
        },
    }
}

/// What the reader says of a document by itself, and what the schema says.
fn both(schema: &Value, text: &str) -> Option<(Vec<Finding>, bool)> {
    let parsed = yaml::documents(text, &Limits::DEFAULT);
    let [document] = parsed.as_slice() else {
        return None;
    };
    let root = document
        .root
        .as_ref()
        .filter(|_| document.problems.is_empty())?;
    let text = Text::new(0, "a.yaml".into(), text);
    let mut findings = Findings::new(100);
    openslo::inspect(&text, root, &mut findings);
    let is_valid = is_valid(schema, schema, &to_json(root));
    let told = findings.finish(&[text]).into_iter().map(|(_, f)| f);
    Some((told.collect(), is_valid))
}

/// Holds reader and schema to each other; how many documents were not valid.
fn hold(texts: impl IntoIterator<Item = String>) -> usize {
    let schema = schema();
    let mut refused = 0;
    for text in texts {
        for document in text
            .split("---\n")
            .filter(|d| d.starts_with("apiVersion: openslo/v1\n"))
        {
            let Some((findings, is_valid)) = both(&schema, document) else {
                continue;
            };
            let is_said = findings.iter().any(|f| {
                // The schema knows the form of a start, but no time zones.
                SAID_BY_BOTH.contains(&f.code) || f.message.contains("start of a calendar")
            });
            assert_eq!(
                is_said, !is_valid,
                "reader and schema differ on\n{document}\n{findings:#?}"
            );
            refused += usize::from(!is_valid);
        }
    }
    refused
}

#[test]
fn every_reference_leads_to_a_definition() {
    let schema = schema();
    let mut references = Vec::new();
    let mut open = vec![&schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                references.extend(map.get("$ref").and_then(Value::as_str));
                open.extend(map.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        let definition = schema.pointer(pointer);
        assert!(definition.is_some_and(Value::is_object), "{reference}");
    }
}

#[test]
fn shapes_have_names_of_their_own() {
    let schema = schema();
    let definitions = schema["$defs"].as_object().unwrap();
    let described: BTreeSet<&str> = definitions
        .values()
        .map(|d| d["description"].as_str().unwrap())
        .collect();
    assert!(described.len() > 15, "{described:?}");
    assert!(definitions.contains_key("slo-spec") && definitions.contains_key("alertpolicy-spec"));
}

#[test]
fn the_schema_and_the_reader_agree_on_every_example() {
    assert_eq!(hold([EXAMPLE.to_owned()]), 0);
    let wrong = codes::ALL.iter().filter_map(|code| match code.example {
        Example::Change { .. } => code.example.files().map(|(wrong, _)| wrong),
        Example::ChangeOf { .. } | Example::Whole { .. } | Example::Told => None,
    });
    assert!(hold(wrong) >= 9);
}

#[test]
fn the_schema_and_the_reader_agree_when_lines_are_lost_or_changed() {
    let lines: Vec<&str> = EXAMPLE.lines().collect();
    let mut texts = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let with = |other: Option<String>| -> String {
            let before = lines[..at].iter().map(|l| format!("{l}\n"));
            let after = lines[at + 1..].iter().map(|l| format!("{l}\n"));
            before
                .chain(other.map(|o| format!("{o}\n")))
                .chain(after)
                .collect()
        };
        texts.push(with(None));
        // What is inside of texts is not the schema's matter, nor is what only the reader says.
        let key = line.split_once(": ").map(|(key, _)| key);
        let is_inner = line.starts_with("      - from") || line.contains("apiVersion");
        if let Some(key) = key.filter(|_| !is_inner) {
            for value in ["7", "[]", "true", "{}", "x y", "-1", "'x'", "1.5", "28d"] {
                texts.push(with(Some(format!("{key}: {value}"))));
            }
        }
    }
    assert!(hold(texts) > 100);
}
