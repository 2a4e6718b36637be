//! What a document says, as a JSON value.

use serde_json::{Map, Number, Value, json};

use super::node::{Kind, Node, Scalar, Value as Tree};

/// Whole numbers up to here are the same in JSON and in YAML.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// The one key of a mapping that stands for a scalar as it was written.
const PLAIN: &str = "$plain";

/// A node as a JSON value. Of repeated keys the first counts.
pub(crate) fn of(node: &Node<'_>) -> Value {
    with(node, of_scalar)
}

/// As [`of`], but what JSON would write otherwise is kept: `1.10`, which may be the text of a label,
/// as `{"$plain": "1.10"}`.
pub(crate) fn as_written(node: &Node<'_>) -> Value {
    with(node, |scalar| match is_same_in_json(scalar) {
        true => of_scalar(scalar),
        false => json!({PLAIN: scalar.text}),
    })
}

/// The scalar for which a value of [`as_written`] stands, where JSON writes it otherwise.
pub(crate) fn plain(value: &Value) -> Option<&str> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.get(PLAIN)?.as_str()
}

/// Whether JSON writes a scalar as it was written.
pub(crate) fn is_same_in_json(scalar: &Scalar<'_>) -> bool {
    match scalar.kind() {
        Kind::Null | Kind::Text => true,
        Kind::Boolean(_) | Kind::Number(_) => of_scalar(scalar).to_string() == scalar.text,
    }
}

fn with(node: &Node<'_>, scalar: fn(&Scalar<'_>) -> Value) -> Value {
    match &node.value {
        Tree::Scalar(one) => scalar(one),
        Tree::List(items) => Value::Array(items.iter().map(|item| with(item, scalar)).collect()),
        Tree::Map(entries) => {
            let mut map = Map::new();
            for entry in entries {
                map.entry(entry.key.as_ref())
                    .or_insert_with(|| with(&entry.node, scalar));
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
