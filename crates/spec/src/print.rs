//! Values as YAML, for people who read and diff it.
//!
//! A stable layout, and nothing that can be read in two ways: block mappings and lists, numbers that
//! YAML 1.1 and 1.2 both read as numbers, and texts that both read as texts.

mod text;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

/// A value that keeps the order of its mappings.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'v> {
    /// Nothing.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(serde_json::Number),
    /// A number or truth value as somebody wrote it, such as `1.10`.
    Plain(Cow<'v, str>),
    /// A text.
    Text(Cow<'v, str>),
    /// A list.
    List(Vec<Self>),
    /// A mapping.
    Map(Vec<(Cow<'v, str>, Self)>),
}

/// How texts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Always in double quotes, each on one line.
    Quoted,
    /// Bare where that cannot be misread, lines below each other.
    Readable,
}

impl<'v> Value<'v> {
    /// A text.
    pub fn text(text: impl Into<Cow<'v, str>>) -> Self {
        Self::Text(text.into())
    }

    /// A mapping of texts.
    pub fn texts(texts: impl IntoIterator<Item = (&'v String, &'v String)>) -> Self {
        let entries = texts.into_iter();
        Self::Map(
            entries
                .map(|(key, value)| (key.into(), Self::text(value)))
                .collect(),
        )
    }
}

/// The value as a YAML document.
///
/// ```
/// use tomoni_spec::print::{Texts, Value, print};
///
/// let rule = Value::Map(vec![
///     ("record".into(), Value::text("job:up:sum")),
///     ("expr".into(), Value::text("sum(\n  up\n)\n")),
///     ("labels".into(), Value::Map(vec![("tier".into(), Value::text("2"))])),
/// ]);
/// assert_eq!(print(&rule, Texts::Readable), "\
/// record: job:up:sum
/// expr: |
///   sum(
///     up
///   )
/// labels:
///   tier: \"2\"
/// ");
/// ```
pub fn print(value: &Value<'_>, texts: Texts) -> String {
    let mut printer = Printer::new(texts);
    match value {
        Value::Map(map) if !map.is_empty() => printer.map(map, 0, true),
        Value::List(list) if !list.is_empty() => printer.list(list, 0),
        scalar => {
            printer.scalar(scalar, 0);
            printer.text.push('\n');
        }
    }
    printer.text
}

/// Items of a list that stands below a key of the document's: the lines of some of them, so that a long
/// list need not be held as a whole.
pub(crate) fn print_items(items: &[Value<'_>], texts: Texts) -> String {
    let mut printer = Printer::new(texts);
    printer.list(items, INDENT);
    printer.text
}

/// How far what belongs to a key is indented below it.
const INDENT: usize = 2;

struct Printer {
    text: String,
    texts: Texts,
}

impl Printer {
    fn new(texts: Texts) -> Self {
        Self {
            text: String::new(),
            texts,
        }
    }

    /// `at_line_start` tells whether the first key begins a line of its own or follows a dash.
    fn map(&mut self, map: &[(Cow<'_, str>, Value<'_>)], indent: usize, at_line_start: bool) {
        for (i, (key, value)) in map.iter().enumerate() {
            if i > 0 || at_line_start {
                self.indent(indent);
            }
            self.key(key);
            self.text.push(':');
            match value {
                Value::Map(map) if !map.is_empty() => {
                    self.text.push('\n');
                    self.map(map, indent + INDENT, true);
                }
                Value::List(list) if !list.is_empty() => {
                    self.text.push('\n');
                    self.list(list, indent + INDENT);
                }
                scalar => self.scalar_line(scalar, indent + INDENT),
            }
        }
    }

    fn list(&mut self, list: &[Value<'_>], indent: usize) {
        for item in list {
            self.indent(indent);
            self.text.push('-');
            match item {
                Value::Map(map) if !map.is_empty() => {
                    self.text.push(' ');
                    self.map(map, indent + INDENT, false);
                }
                Value::List(list) if !list.is_empty() => {
                    self.text.push('\n');
                    self.list(list, indent + INDENT);
                }
                scalar => self.scalar_line(scalar, indent + INDENT),
            }
        }
    }

    fn indent(&mut self, indent: usize) {
        text::write_indent(&mut self.text, indent);
    }

    fn key(&mut self, key: &str) {
        match self.texts {
            Texts::Quoted => text::write_name(&mut self.text, key),
            Texts::Readable => text::write_line(&mut self.text, key),
        }
    }

    fn scalar_line(&mut self, value: &Value<'_>, indent: usize) {
        self.text.push(' ');
        self.scalar(value, indent);
        self.text.push('\n');
    }

    fn scalar(&mut self, value: &Value<'_>, indent: usize) {
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(value) => self.text.push_str(if *value { "true" } else { "false" }),
            Value::Number(number) => write_number(&mut self.text, &number.to_string()),
            Value::Plain(value) => self.text.push_str(value),
            Value::Text(value) => match self.texts {
                Texts::Quoted => text::write_quoted(&mut self.text, value),
                Texts::Readable => text::write(&mut self.text, value, indent),
            },
            Value::List(_) => self.text.push_str("[]"),
            Value::Map(_) => self.text.push_str("{}"),
        }
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
