//! From a place in a scalar's text to the place in the file.

use super::node::{Node, Style};
use crate::source::{Extent, floor};

/// The bytes of the file where a piece of a scalar's text begins: the character at `offset`, or the
/// scalar's end where the offset is behind it.
///
/// Folding, indentation and quoting change white space only, apart from escapes. So the place of
/// the n-th other character of the text is that of the n-th other character, or escape of one, in
/// the file.
pub(crate) fn extent_within(text: &str, node: &Node<'_>, offset: usize) -> Extent {
    let whole = node.extent;
    let Some((scalar, source)) = node.scalar().zip(text.get(whole.start..whole.end)) else {
        return whole;
    };
    let value = scalar.text.as_ref();
    let before = value.get(..offset).unwrap_or(value);
    let wanted = before.chars().filter(|c| !is_space(*c)).count();
    let is_at_end = value
        .get(offset..)
        .is_none_or(|rest| rest.chars().all(is_space));
    let mut units = Units {
        source,
        style: scalar.style,
        at: opening(source, scalar.style),
    };
    let unit = if is_at_end {
        // Behind the last character.
        units
            .nth(wanted.saturating_sub(1))
            .map(|(_, end)| (end, end))
    } else {
        units.nth(wanted)
    };
    match unit {
        Some((from, to)) if from <= to && to <= source.len() => {
            Extent::new(whole.start + from, whole.start + to)
        }
        _ => whole,
    }
}

/// As [`extent_within`], of the whole word that begins at `offset`.
pub(crate) fn word_within(text: &str, node: &Node<'_>, offset: usize) -> Extent {
    let value = node.scalar().map_or("", |s| s.text.as_ref());
    let rest = value.get(offset..).unwrap_or_default();
    let length = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    let start = extent_within(text, node, offset);
    match length {
        0 | 1 => start,
        _ => {
            let end = extent_within(text, node, floor(value, offset + length - 1));
            Extent::new(start.start, end.end.max(start.end))
        }
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// Where a scalar's text begins: behind tags, anchors, the quote.
fn opening(source: &str, style: Style) -> usize {
    let mut at = 0;
    loop {
        let rest = source.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        if !trimmed.starts_with(['!', '&']) {
            break;
        }
        at += trimmed.find(char::is_whitespace).unwrap_or(trimmed.len());
    }
    let rest = source.get(at..).unwrap_or_default();
    if at > 0 && style == Style::Block && rest.starts_with(['|', '>']) {
        // Behind tags and anchors the bytes begin before the header, else behind it.
        return rest.find('\n').map_or(source.len(), |i| at + i);
    }
    match style {
        Style::SingleQuoted | Style::DoubleQuoted => at + 1,
        Style::Plain | Style::Block => at,
    }
}

/// The characters of a scalar that are not white space, as they stand in the file: where each
/// begins and ends.
struct Units<'a> {
    source: &'a str,
    style: Style,
    at: usize,
}

impl Iterator for Units<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        loop {
            let start = self.at;
            let rest = self.source.get(start..)?;
            let first = rest.chars().next()?;
            let (length, is_space) = match (self.style, first) {
                (Style::SingleQuoted, '\'') if rest.starts_with("''") => (2, false),
                (Style::SingleQuoted, '\'') | (Style::DoubleQuoted, '"') => return None,
                (Style::DoubleQuoted, '\\') => escape(rest),
                (_, c) => (c.len_utf8(), is_space(c)),
            };
            self.at = start + length;
            if !is_space {
                return Some((start, self.at));
            }
        }
    }
}

/// An escape's length, and whether it stands for white space.
fn escape(rest: &str) -> (usize, bool) {
    let escaped = rest.chars().nth(1).unwrap_or(' ');
    let digits = match escaped {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let code = rest.get(2..2 + digits).unwrap_or_default();
    let is_space = match digits {
        0 => matches!(escaped, 'n' | 't' | 'r' | ' ' | '\t' | '\n' | '\r'),
        _ => u32::from_str_radix(code, 16)
            .ok()
            .and_then(char::from_u32)
            .is_some_and(is_space),
    };
    (1 + escaped.len_utf8() + digits, is_space)
}
