//! What a document refers to.

use serde_json::Value;

use crate::identity::Identity;

/// Keys whose texts name other objects, with the kinds of those.
const REFERENCES: [(&str, &str); 5] = [
    ("indicatorRef", "SLI"),
    ("metricSourceRef", "DataSource"),
    ("alertPolicyRef", "AlertPolicy"),
    ("conditionRef", "AlertCondition"),
    ("targetRef", "AlertNotificationTarget"),
];

/// Puts the objects that a value refers to. How deep values nest is bounded where they are read.
pub(super) fn of(value: &Value, found: &mut Vec<Identity>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| of(item, found)),
        Value::Object(map) => {
            for (key, value) in map {
                let kind = REFERENCES.iter().find(|(known, _)| known == key);
                if let (Some((_, kind)), Some(name)) = (kind, value.as_str()) {
                    found.extend(Identity::new(kind, name));
                }
                of(value, found);
            }
        }
        _ => {}
    }
}
