//! JSON's values as YAML, for people who read and diff it.
//!
//! Only what reports consist of is written, so that nothing can be read in two ways: block maps and
//! lists, strings always in double quotes (JSON's escapes are YAML's), and numbers that YAML 1.1
//! and 1.2 both read as numbers.

use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value that keeps the order of its maps.
#[derive(Debug)]
enum Node {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// The value as a YAML document.
pub(crate) fn text(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let node: Node = serde_json::from_str(&serde_json::to_string(value)?)?;
    let mut text = String::new();
    match &node {
        Node::Map(map) if !map.is_empty() => write_map(&mut text, map, 0, true),
        Node::List(list) if !list.is_empty() => write_list(&mut text, list, 0),
        scalar => {
            write_scalar(&mut text, scalar);
            text.push('\n');
        }
    }
    Ok(text)
}

/// `at_line_start` tells whether the first key begins a line of its own or follows a dash.
fn write_map(text: &mut String, map: &[(String, Node)], indent: usize, at_line_start: bool) {
    for (i, (key, value)) in map.iter().enumerate() {
        if i > 0 || at_line_start {
            text.push_str(&" ".repeat(indent));
        }
        write_key(text, key);
        text.push(':');
        match value {
            Node::Map(map) if !map.is_empty() => {
                text.push('\n');
                write_map(text, map, indent + 2, true);
            }
            Node::List(list) if !list.is_empty() => {
                text.push('\n');
                write_list(text, list, indent + 2);
            }
            scalar => {
                text.push(' ');
                write_scalar(text, scalar);
                text.push('\n');
            }
        }
    }
}

fn write_list(text: &mut String, list: &[Node], indent: usize) {
    for item in list {
        text.push_str(&" ".repeat(indent));
        text.push('-');
        match item {
            Node::Map(map) if !map.is_empty() => {
                text.push(' ');
                write_map(text, map, indent + 2, false);
            }
            Node::List(list) if !list.is_empty() => {
                text.push('\n');
                write_list(text, list, indent + 2);
            }
            scalar => {
                text.push(' ');
                write_scalar(text, scalar);
                text.push('\n');
            }
        }
    }
}

/// Names of ours stand bare; anything that could be read as something else is quoted.
fn write_key(text: &mut String, key: &str) {
    let is_name = key.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && key
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let is_word = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"].contains(&key);
    if is_name && !is_word {
        text.push_str(key);
    } else {
        write_quoted(text, key);
    }
}

fn write_scalar(text: &mut String, node: &Node) {
    match node {
        Node::Null => text.push_str("null"),
        Node::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Node::Number(number) => write_number(text, &number.to_string()),
        Node::Text(value) => write_quoted(text, value),
        Node::List(_) => text.push_str("[]"),
        Node::Map(_) => text.push_str("{}"),
    }
}

/// YAML 1.1 wants a point in the mantissa and a sign in the exponent, or it reads a string.
fn write_number(text: &mut String, number: &str) {
    let Some((mantissa, exponent)) = number.split_once('e') else {
        text.push_str(number);
        return;
    };
    text.push_str(mantissa);
    if !mantissa.contains('.') {
        text.push_str(".0");
    }
    text.push('e');
    if !exponent.starts_with(['+', '-']) {
        text.push('+');
    }
    text.push_str(exponent);
}

fn write_quoted(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            // Control characters, and what some YAML readers take for the end of a line.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                text.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => text.push(c),
        }
    }
    text.push('"');
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
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = access.next_entry()? {
            map.push(entry);
        }
        Ok(Node::Map(map))
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
