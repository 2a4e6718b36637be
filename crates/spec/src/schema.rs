//! The JSON Schema of the documents that are read, for editors.
//!
//! It is made of the table by which documents are checked. What no schema can say (references,
//! PromQL, time zones, whether a window's calendar fits) only the reader checks.

use serde_json::{Map, Value, json};

use crate::openslo::annotations::KNOWN;
use crate::openslo::table::{API_VERSION, KINDS, kind_names};
use crate::shape::{Field, Kind, Range, Rule, Shape};

#[cfg(test)]
mod tests;

/// The JSON Schema (draft 2020-12) of an OpenSLO v1 document.
///
/// ```
/// let schema = tomoni_spec::schema();
/// let service = &schema["$defs"]["slo-spec"]["properties"]["service"];
/// assert_eq!(service["type"], "string");
/// ```
pub fn schema() -> Value {
    let mut definitions = Map::new();
    let mut choices = Vec::new();
    for (kind, shape) in KINDS {
        define(&mut definitions, shape);
        choices.push(json!({
            "if": {"required": ["kind"], "properties": {"kind": {"const": kind}}},
            "then": {"$ref": reference(shape)},
        }));
    }
    let kinds: Vec<&str> = kind_names().collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "OpenSLO v1",
        "description": "A document that defines service level objectives, or what they refer to.",
        "type": "object",
        "required": ["apiVersion", "kind"],
        "properties": {
            "apiVersion": {"const": API_VERSION, "description": "The format's version."},
            "kind": {"enum": kinds, "description": "What the document defines."},
        },
        "allOf": choices,
        "$defs": definitions,
    })
}

/// A shape's name among the definitions.
fn slug(shape: &Shape) -> String {
    let name = shape
        .name
        .strip_prefix("an ")
        .or_else(|| shape.name.strip_prefix("a "))
        .unwrap_or(shape.name);
    name.replace("'s", "").replace(' ', "-").to_lowercase()
}

fn reference(shape: &Shape) -> String {
    format!("#/$defs/{}", slug(shape))
}

/// Adds a shape, and those it holds, to the definitions.
fn define(definitions: &mut Map<String, Value>, shape: &'static Shape) {
    let name = slug(shape);
    if definitions.contains_key(&name) {
        return;
    }
    // It must be there before its fields are looked at: shapes could hold each other.
    definitions.insert(name.clone(), Value::Null);
    let mut properties = Map::new();
    for field in shape.fields {
        properties.insert(field.name.to_owned(), property(definitions, field));
    }
    let required: Vec<&str> = shape
        .fields
        .iter()
        .filter(|f| f.is_required)
        .map(|f| f.name)
        .collect();
    let mut object = json!({
        "description": shape.doc,
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        put(&mut object, "required", json!(required));
    }
    let rules: Vec<Value> = shape.rules.iter().map(rule).collect();
    if !rules.is_empty() {
        put(&mut object, "allOf", json!(rules));
    }
    definitions.insert(name, object);
}

fn put(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = object {
        map.insert(key.to_owned(), value);
    }
}

fn property(definitions: &mut Map<String, Value>, field: &'static Field) -> Value {
    let mut value = kind(definitions, &field.kind);
    if !field.is_required {
        value = or_nothing(value);
    }
    put(&mut value, "description", json!(field.doc));
    value
}

/// A key without a value is as good as none.
fn or_nothing(mut value: Value) -> Value {
    match value.get_mut("type") {
        Some(kind @ Value::String(_)) => {
            *kind = json!([kind.clone(), "null"]);
            if let Some(Value::Array(words)) = value.get_mut("enum") {
                words.push(Value::Null);
            }
            value
        }
        _ => json!({"anyOf": [value, {"type": "null"}]}),
    }
}

fn kind(definitions: &mut Map<String, Value>, kind: &'static Kind) -> Value {
    match kind {
        Kind::Text { chars_max: None } | Kind::DisplayName | Kind::Word => {
            json!({"type": "string"})
        }
        Kind::Text {
            chars_max: Some(most),
        } => json!({"type": "string", "maxLength": most}),
        Kind::Name => json!({
            "type": "string",
            "pattern": "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
            "maxLength": 63,
        }),
        Kind::Number(range) => number(*range),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Duration => duration(),
        Kind::Delay => json!({"type": "string", "pattern": "^[0-9]+[mhdwMQY]$"}),
        Kind::DurationOrMinutes => {
            json!({"anyOf": [duration(), {"type": "number", "minimum": 1, "multipleOf": 1}]})
        }
        Kind::DateTime => json!({
            "type": "string",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
        }),
        Kind::TimeZone => json!({"type": "string", "minLength": 1}),
        Kind::Choice(words) => json!({"type": "string", "enum": words}),
        Kind::Object(shape) | Kind::Apart(shape) => {
            define(definitions, shape);
            json!({"$ref": reference(shape)})
        }
        Kind::List { of, least, most } => json!({
            "type": "array",
            "items": self::kind(definitions, of),
            "minItems": least,
            "maxItems": most,
        }),
        Kind::Labels => json!({
            "type": "object",
            "propertyNames": {"pattern": KEY, "maxLength": 63},
            "additionalProperties": {
                "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
            },
        }),
        Kind::Annotations => annotations(),
        Kind::Free => json!({"type": "object", "minProperties": 1}),
        Kind::Anything | Kind::Own(_) => json!({}),
    }
}

/// A label's key, or the end of an annotation's.
const KEY: &str = "^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$";

fn duration() -> Value {
    json!({"type": "string", "pattern": "^0*[1-9][0-9]*[mhdwMQY]$"})
}

fn number(range: Range) -> Value {
    let mut value = json!({"type": "number"});
    let ends = [
        (range.from, "minimum", "exclusiveMinimum"),
        (range.to, "maximum", "exclusiveMaximum"),
    ];
    for (end, closed, open) in ends {
        if let Some((number, is_in)) = end {
            put(&mut value, if is_in { closed } else { open }, json!(number));
        }
    }
    value
}

fn annotations() -> Value {
    let mut properties = Map::new();
    for known in KNOWN {
        let about = json!({
            "type": "string",
            "description": format!("{} On: {}.", known.doc, known.kinds.join(", ")),
            "examples": [known.example],
        });
        properties.insert(format!("tomoni.dev/{}", known.name), about);
    }
    json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": {"type": "string"},
    })
}

fn rule(rule: &Rule) -> Value {
    let all = |names: &[&str]| json!({"required": names});
    match rule {
        Rule::OneOf(names) | Rule::OneOfHereOrIn { names, .. } => {
            let one: Vec<Value> = names.iter().map(|n| all(&[n])).collect();
            json!({"oneOf": one})
        }
        Rule::AtMostOneOf(names) => json!({"not": all(names)}),
        Rule::With(name, others) => {
            let mut needed: Vec<&str> = vec![name];
            needed.extend(*others);
            json!({"if": all(&[name]), "then": all(&needed)})
        }
        Rule::Without(name, others) => {
            let both: Vec<Value> = others.iter().map(|o| all(&[name, o])).collect();
            json!({"not": {"anyOf": both}})
        }
    }
}
