//! What is wrong with a text that is not YAML, in words that help.

use super::Problem;
use crate::codes;
use crate::source::{Extent, floor};

/// The first character that YAML does not allow. The parser would take a NUL for the text's end.
pub(crate) fn control_character(text: &str) -> Option<Problem> {
    let at = text
        .bytes()
        .position(|b| (b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f)?;
    let byte = text.as_bytes().get(at).copied().unwrap_or_default();
    let name = match byte {
        0 => String::from("a NUL byte"),
        other => format!("the control character U+{other:04X}"),
    };
    let message = format!("YAML cannot hold {name}");
    let problem = Problem::new(&codes::YAML_CONTROL, Extent::new(at, at + 1), message).help(
        "is this a text file? In a text in double quotes write it as an escape, such as `\\0`",
    );
    Some(problem)
}

/// The parser's word for a mistake, what it says of it, and what to do.
const KNOWN: &[(&str, &str, &str)] = &[
    (
        "mapping values are not allowed",
        "a second `: ` on this line, or a line indented further than its key allows",
        "put the value in quotes when it holds `: `, or check the indentation of this line and the one above",
    ),
    ("tab", "a tab where YAML wants spaces", "indent with spaces"),
    (
        "found unknown anchor",
        "an alias whose anchor does not come before it in this document",
        "put the value in quotes when it starts with `*`, or define the anchor with `&name` first",
    ),
    (
        "recursion limit",
        "brackets nest too deep",
        "no format that is read here nests so deep; this is probably not meant for it",
    ),
    (
        "found unexpected end of stream",
        "a quote that is never closed",
        "close it, or put the whole value in the other kind of quotes",
    ),
    (
        "found unexpected document indicator",
        "a quote that is still open when the next document begins",
        "close it, or put the whole value in the other kind of quotes",
    ),
    (
        "invalid trailing content after double-quoted scalar",
        "something follows the closing quote",
        "put the whole value in single quotes, or write `\\\"` for a quote inside",
    ),
    (
        "unknown escape character",
        "an escape that YAML does not know",
        "in double quotes a backslash begins an escape; write `\\\\`, or use single quotes",
    ),
    (
        "did not find expected key",
        "this line does not fit the mapping it stands in",
        "write `key: value`, indented as the lines of its mapping",
    ),
    (
        "simple key expect",
        "this line is neither `key: value` nor part of the value before it",
        "write `key: value`, or indent it as part of the text above",
    ),
    (
        "did not find expected '-' indicator",
        "this line does not fit the list it stands in",
        "start it with `- `, indented as the list's other items",
    ),
    (
        "expected ',' or ']'",
        "a list in brackets that is not closed, or a comma that is missing",
        "put a comma between items and `]` after the last",
    ),
    (
        "expected ',' or '}'",
        "a mapping in braces that is not closed, or a comma that is missing",
        "put a comma between entries and `}` after the last; a value that starts with `{` needs quotes",
    ),
    (
        "did not find expected <document start>",
        "something stands after the document's end",
        "put `---` on a line of its own before the next document, or check the indentation",
    ),
    (
        "block sequence entries are not allowed",
        "a list's item where none can stand",
        "start the list on a line of its own below its key",
    ),
    (
        "byte order mark",
        "a byte order mark inside the file",
        "take it away: files that were joined keep their marks",
    ),
];

/// Turns the parser's message into a finding.
pub(super) fn explain(info: &str, at: usize, text: &str, base: usize) -> Problem {
    // The parser may stand behind the last line break; the mistake is at its end.
    let within = at.saturating_sub(base).min(text.len());
    let seen = text.get(..within).unwrap_or(text);
    let start = if within == text.len() {
        seen.trim_end().len()
    } else {
        floor(text, within)
    };
    let length = text
        .get(start..)
        .and_then(|t| t.chars().next())
        .filter(|c| !c.is_whitespace())
        .map_or(0, char::len_utf8);
    let extent = Extent::new(base + start, base + start + length);
    let known = KNOWN.iter().find(|(word, ..)| info.contains(word));
    match known {
        Some((_, message, help)) => {
            Problem::new(&codes::YAML_SYNTAX, extent, format!("not YAML: {message}")).help(*help)
        }
        None => Problem::new(&codes::YAML_SYNTAX, extent, format!("not YAML: {info}")),
    }
}
