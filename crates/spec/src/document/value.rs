//! What a document says, as a JSON value.

use serde_json::{Map, Number, Value};

use super::Identity;
use crate::yaml::{self, Kind, Node, Scalar};

/// Whole numbers up to here are the same in JSON and in YAML.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// A node as a JSON value. Of repeated keys the first counts.
pub(crate) fn of(node: &Node<'_>) -> Value {
    match &node.value {
        yaml::Value::Scalar(scalar) => of_scalar(scalar),
        yaml::Value::List(items) => Value::Array(items.iter().map(of).collect()),
        yaml::Value::Map(entries) => {
            let mut map = Map::new();
            for entry in entries {
                map.entry(entry.key.as_ref())
                    .or_insert_with(|| of(&entry.node));
            }
            Value::Object(map)
        }
    }
}

fn of_scalar(scalar: &Scalar<'_>) -> Value {
    let text = || Value::String(scalar.text.as_ref().to_owned());
    match scalar.kind() {
        Kind::Null => Value::Null,
        Kind::Boolean(value) => Value::Bool(value),
        Kind::Number(number) if number.fract() == 0.0 && number.abs() < WHOLE_MAX => {
            Value::Number(Number::from(number as i64))
        }
        Kind::Number(number) => Number::from_f64(number).map_or_else(text, Value::Number),
        Kind::Text => text(),
    }
}

/// Keys whose texts name other objects, with the kinds of those.
const REFERENCES: [(&str, &str); 5] = [
    ("indicatorRef", "SLI"),
    ("metricSourceRef", "DataSource"),
    ("alertPolicyRef", "AlertPolicy"),
    ("conditionRef", "AlertCondition"),
    ("targetRef", "AlertNotificationTarget"),
];

/// Puts the objects that a value refers to. How deep values nest is bounded where they are read.
pub(super) fn references(value: &Value, found: &mut Vec<Identity>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(map) => {
            for (key, value) in map {
                let kind = REFERENCES.iter().find(|(known, _)| known == key);
                if let (Some((_, kind)), Some(name)) = (kind, value.as_str()) {
                    found.extend(Identity::new(kind, name));
                }
                references(value, found);
            }
        }
        _ => {}
    }
}
