//! Documents as they are printed: fields in the order of the tables.

use serde_json::{Map, Value as Json};

use crate::print::{Texts, Value, print};
use crate::shape::{Kind, Shape};
use crate::yaml::{self, Node, Scalar, json};

/// What stands first in mappings that have no table.
const FIRST: [&str; 3] = ["name", "namespace", "labels"];

/// A document as YAML, as it was written but for comments and layout.
pub(super) fn as_written(root: &Node<'_>) -> String {
    print(&of_node(root), Texts::Readable)
}

/// A document as YAML, in the order of a table.
pub(super) fn by_table(document: &Json, shape: Option<&'static Shape>) -> String {
    print(&of_json(document, shape), Texts::Readable)
}

fn of_node<'v>(node: &'v Node<'_>) -> Value<'v> {
    match &node.value {
        yaml::Value::Scalar(scalar) => of_scalar(scalar),
        yaml::Value::List(items) => Value::List(items.iter().map(of_node).collect()),
        yaml::Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|e| (e.key.as_ref().into(), of_node(&e.node)))
                .collect(),
        ),
    }
}

fn of_scalar<'v>(scalar: &'v Scalar<'_>) -> Value<'v> {
    let text = scalar.text.as_ref();
    match scalar.kind() {
        yaml::Kind::Null => Value::Null,
        yaml::Kind::Text => Value::text(text),
        yaml::Kind::Boolean(_) | yaml::Kind::Number(_) => Value::Plain(text.into()),
    }
}

fn of_json<'v>(json: &'v Json, shape: Option<&'static Shape>) -> Value<'v> {
    if let Some(plain) = json::plain(json) {
        return Value::Plain(plain.into());
    }
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(number.clone()),
        Json::String(text) => Value::text(text),
        Json::Array(items) => Value::List(items.iter().map(|i| of_json(i, shape)).collect()),
        Json::Object(map) => of_map(map, shape),
    }
}

fn of_map<'v>(map: &'v Map<String, Json>, shape: Option<&'static Shape>) -> Value<'v> {
    let known: Vec<&str> = match shape {
        Some(shape) => shape.keys().collect(),
        None => FIRST.to_vec(),
    };
    let rest = map.keys().map(String::as_str);
    let rest = rest.filter(|key| !known.contains(key));
    let keys = known.iter().copied().chain(rest);
    let entries = keys.filter_map(|key| Some((key, map.get(key)?)));
    Value::Map(
        entries
            .map(|(key, value)| {
                let kind = shape.and_then(|shape| shape.field(key)).map(|f| &f.kind);
                (key.into(), of_json(value, kind.and_then(shape_of)))
            })
            .collect(),
    )
}

/// The shape of a field's value, or of its items.
fn shape_of(kind: &'static Kind) -> Option<&'static Shape> {
    match kind {
        Kind::Object(shape) | Kind::Apart(shape) => Some(shape),
        Kind::List { of, .. } => shape_of(of),
        _ => None,
    }
}
