//! Whether a value is what a JSON schema says; as much of it as docs/openapi.json uses.

use serde_json::Value;

/// What is wrong with a value, with its place; nothing when it fits.
pub(crate) fn faults(api: &Value, schema: &Value, value: &Value, place: &str) -> Vec<String> {
    let mut faults = Vec::new();
    check(api, schema, value, place, &mut faults);
    faults
}

fn resolve<'a>(api: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        None => schema,
        Some(name) => {
            let found = api.pointer(name.trim_start_matches('#'));
            resolve(api, found.unwrap_or_else(|| panic!("{name} is nowhere")))
        }
    }
}

fn is_a(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("what is a {other}?"),
    }
}

/// The properties of an object's schema, with those of the schemas it is made of.
fn properties<'a>(
    api: &'a Value,
    schema: &'a Value,
    into: &mut Vec<(&'a str, &'a Value)>,
    required: &mut Vec<&'a str>,
) {
    let schema = resolve(api, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        properties(api, part, into, required);
    }
    if let Some(map) = schema["properties"].as_object() {
        into.extend(map.iter().map(|(name, schema)| (name.as_str(), schema)));
    }
    let names = schema["required"].as_array().into_iter().flatten();
    required.extend(names.filter_map(Value::as_str));
}

fn check(api: &Value, schema: &Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    let schema = resolve(api, schema);
    let says = [
        "type",
        "properties",
        "allOf",
        "oneOf",
        "additionalProperties",
    ];
    if says.iter().all(|key| schema[key].is_null()) {
        // Any value at all.
        return;
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &&Value| {
            let mut inner = Vec::new();
            check(api, choice, value, place, &mut inner);
            inner.is_empty()
        };
        if choices.iter().filter(fits).count() != 1 {
            faults.push(format!("{place}: not one of the choices: {value}"));
        }
        return;
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.iter().any(|kind| is_a(value, kind)) {
        faults.push(format!("{place}: {value} is not {kinds:?}"));
        return;
    }
    if let Value::Array(items) = value {
        for (number, item) in items.iter().enumerate() {
            check(
                api,
                &schema["items"],
                item,
                &format!("{place}[{number}]"),
                faults,
            );
        }
    }
    if let Value::Object(members) = value {
        let (mut known, mut required) = (Vec::new(), Vec::new());
        properties(api, schema, &mut known, &mut required);
        for name in required {
            if !members.contains_key(name) {
                faults.push(format!("{place}.{name} is missing"));
            }
        }
        for (name, member) in members {
            let place = format!("{place}.{name}");
            let other = &schema["additionalProperties"];
            match known.iter().find(|(known, _)| known == name) {
                Some((_, schema)) => check(api, schema, member, &place, faults),
                None if other.is_object() => check(api, other, member, &place, faults),
                None => faults.push(format!("{place} is not described")),
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_found() {
    let api = serde_json::json!({ "schemas": { "A": {
        "type": "object", "required": ["x"],
        "properties": { "x": { "type": ["number", "null"] }, "y": { "type": "array", "items": { "type": "string" } } },
    } } });
    let schema = serde_json::json!({ "$ref": "#/schemas/A" });
    let count = |value: Value| faults(&api, &schema, &value, "").len();
    assert_eq!(count(serde_json::json!({ "x": null })), 0);
    assert_eq!(count(serde_json::json!({ "x": 1.5, "y": ["a"] })), 0);
    assert_eq!(count(serde_json::json!({ "y": [1], "z": 1 })), 3);
    assert_eq!(count(serde_json::json!([])), 1);
}
