//! Reports as YAML.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use tomoni_spec::print::{Texts, Value, print};

/// A value as JSON has it, in the order of its maps.
struct Node(Value<'static>);

/// The value as a YAML document.
pub(crate) fn text(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let Node(value) = serde_json::from_str(&serde_json::to_string(value)?)?;
    Ok(print(&value, Texts::Quoted))
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node(Value::Number(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node(Value::Number(value.into())))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        let number = serde_json::Number::from_f64(value);
        Ok(Node(number.map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node(Value::text(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(Node(item)) = seq.next_element()? {
            list.push(item);
        }
        Ok(Node(Value::List(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some((key, Node(value))) = access.next_entry::<String, _>()? {
            map.push((key.into(), value));
        }
        Ok(Node(Value::Map(map)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::text;

    #[test]
    fn values_are_yaml() {
        let value = json!({
            "a": [], "b": {}, "c": [1, -0.5, 1e-7, 1e300], "d": {"5m": null, "no": true},
            "e": [[1, [2]], {"x": "y: # z", "z": [{"k": "解錠\n\"\\\u{7}\u{2028}"}]}],
        });
        let yaml = r#"a: []
b: {}
c:
  - 1
  - -0.5
  - 1.0e-7
  - 1.0e+300
d:
  "5m": null
  "no": true
e:
  -
    - 1
    -
      - 2
  - x: "y: # z"
    z:
      - k: "解錠\n\"\\\u0007\u2028"
"#;
        assert_eq!(text(&value).unwrap(), yaml);
        assert_eq!(text(&json!(null)).unwrap(), "null\n");
        assert_eq!(text(&json!([])).unwrap(), "[]\n");
    }
}
