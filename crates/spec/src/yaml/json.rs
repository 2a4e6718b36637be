//! What a document says, as a JSON value.

use serde_json::{Map, Number, Value};

use super::node::{Kind, Node, Scalar, Value as Tree};

/// Whole numbers up to here are the same in JSON and in YAML.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// A node as a JSON value. Of repeated keys the first counts.
pub(crate) fn of(node: &Node<'_>) -> Value {
    match &node.value {
        Tree::Scalar(scalar) => of_scalar(scalar),
        Tree::List(items) => Value::Array(items.iter().map(of).collect()),
        Tree::Map(entries) => {
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
