//! A document as a tree.

use std::borrow::Cow;

use crate::source::Extent;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node<'a> {
    /// Its bytes; of a mapping or list from its first to its last entry.
    pub(crate) extent: Extent,
    /// What it is.
    pub(crate) value: Value<'a>,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    /// A text, number, truth value, or nothing.
    Scalar(Scalar<'a>),
    /// A list.
    List(Vec<Node<'a>>),
    /// A mapping, in the order of the text.
    Map(Vec<Entry<'a>>),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry<'a> {
    /// The key's text.
    pub(crate) key: Cow<'a, str>,
    /// Where the key stands.
    pub(crate) key_extent: Extent,
    /// The value.
    pub(crate) node: Node<'a>,
}

/// A scalar as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Scalar<'a> {
    /// Its text, without quotes, escapes and indentation.
    pub(crate) text: Cow<'a, str>,
    /// How it was written.
    pub(crate) style: Style,
    /// A tag that means nothing here, such as `!include`.
    pub(crate) tag: Option<String>,
}

/// How a scalar was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Bare: it may be a number, a truth value or nothing.
    Plain,
    /// In `'`.
    SingleQuoted,
    /// In `"`.
    DoubleQuoted,
    /// After `|` or `>`.
    Block,
}

/// What a scalar is, by YAML 1.2's core schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Nothing.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text,
}

impl<'a> Node<'a> {
    /// Whether it is nothing (`key:` with no value, `~`, `null`).
    pub(crate) fn is_null(&self) -> bool {
        self.scalar().is_some_and(|s| s.kind() == Kind::Null)
    }

    pub(crate) fn scalar(&self) -> Option<&Scalar<'a>> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar),
            Value::List(_) | Value::Map(_) => None,
        }
    }

    /// The text, where it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        self.scalar()
            .filter(|s| s.kind() == Kind::Text)
            .map(|s| s.text.as_ref())
    }

    /// The text, number or truth value as it was written, where it is one.
    pub(crate) fn word(&self) -> Option<&str> {
        self.scalar()
            .filter(|s| s.kind() != Kind::Null)
            .map(|s| s.text.as_ref())
    }

    /// The number, where it is one.
    pub(crate) fn number(&self) -> Option<f64> {
        match self.scalar()?.kind() {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The truth value, where it is one.
    pub(crate) fn boolean(&self) -> Option<bool> {
        match self.scalar()?.kind() {
            Kind::Boolean(value) => Some(value),
            _ => None,
        }
    }

    /// The entries of a mapping; none of anything else.
    pub(crate) fn entries(&self) -> &[Entry<'a>] {
        match &self.value {
            Value::Map(entries) => entries,
            Value::Scalar(_) | Value::List(_) => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(&self) -> &[Node<'a>] {
        match &self.value {
            Value::List(items) => items,
            Value::Scalar(_) | Value::Map(_) => &[],
        }
    }

    /// The entry of a key that has a value. Of repeated keys the first counts.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.entries()
            .iter()
            .find(|e| e.key == key)
            .filter(|e| !e.node.is_null())
    }

    /// The value of a key, unless it is nothing.
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entry(key).map(|e| &e.node)
    }

    /// The value at the end of a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node<'a>> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The text at the end of a path of keys.
    pub(crate) fn text_at(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.text()
    }

    /// What it is, in words, for findings.
    pub(crate) fn what(&self) -> String {
        match &self.value {
            Value::List(_) => String::from("a list"),
            Value::Map(_) => String::from("a mapping"),
            Value::Scalar(scalar) => match scalar.kind() {
                Kind::Null => String::from("nothing"),
                Kind::Boolean(value) => format!("the truth value {value}"),
                Kind::Number(_) => format!("the number {}", scalar.shortened()),
                Kind::Text => format!("the text `{}`", scalar.shortened()),
            },
        }
    }
}

impl Scalar<'_> {
    /// What it is.
    pub(crate) fn kind(&self) -> Kind {
        if self.style != Style::Plain {
            return Kind::Text;
        }
        match self.text.as_ref() {
            "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
            "true" | "True" | "TRUE" => Kind::Boolean(true),
            "false" | "False" | "FALSE" => Kind::Boolean(false),
            text => number(text).map_or(Kind::Text, Kind::Number),
        }
    }

    /// The text, cut to what fits in a sentence.
    pub(crate) fn shortened(&self) -> String {
        shortened(&self.text)
    }
}

/// A text cut to what fits in a sentence, on one line.
pub(crate) fn shortened(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let mut short: String = text
        .chars()
        .take(CHARS_MAX)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(CHARS_MAX).is_some() {
        short.push('…');
    }
    short
}

/// A number as YAML 1.2's core schema writes them.
fn number(text: &str) -> Option<f64> {
    let first = text.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'+' | b'-' | b'.')) {
        return None;
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return whole(digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return whole(digits, 8);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    match unsigned {
        ".inf" | ".Inf" | ".INF" => {
            return Some(if text.starts_with('-') {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            });
        }
        ".nan" | ".NaN" | ".NAN" => return Some(f64::NAN).filter(|_| text.starts_with('.')),
        _ => {}
    }
    // What Rust reads beyond the core schema (`inf`, `nan`) begins with a letter.
    let is_number = unsigned
        .bytes()
        .next()
        .is_some_and(|b| b.is_ascii_digit() || b == b'.')
        && unsigned.bytes().any(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

fn whole(digits: &str, radix: u32) -> Option<f64> {
    let is_clean = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    u64::from_str_radix(digits, radix)
        .ok()
        .filter(|_| is_clean)
        .map(|n| n as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Kind {
        let scalar = Scalar {
            text: text.into(),
            style: Style::Plain,
            tag: None,
        };
        scalar.kind()
    }

    #[test]
    fn plain_scalars_are_those_of_the_core_schema() {
        for text in ["", "~", "null"] {
            assert_eq!(plain(text), Kind::Null, "{text}");
        }
        assert_eq!(plain("true"), Kind::Boolean(true));
        assert_eq!(plain("FALSE"), Kind::Boolean(false));
        let numbers = [
            ("0", 0.0),
            ("-12", -12.0),
            ("+1.5", 1.5),
            (".5", 0.5),
            ("1e3", 1000.0),
            ("0x1F", 31.0),
            ("0o17", 15.0),
            ("99.", 99.0),
            (".inf", f64::INFINITY),
            ("-.inf", f64::NEG_INFINITY),
        ];
        for (text, number) in numbers {
            assert_eq!(plain(text), Kind::Number(number), "{text}");
        }
        for text in [
            "yes",
            "28d",
            "1_000",
            "inf",
            "nan",
            "infinity",
            "-inf",
            "+",
            ".",
            "0x",
            "1.2.3",
            "2022-01-01 12:00:00",
            "12:30",
            "0x+1",
            "tRue",
        ] {
            assert_eq!(plain(text), Kind::Text, "{text}");
        }
    }
}
