//! Prometheus' regular expressions (RE2, fully anchored) in the `regex` crate's dialect.
//!
//! The dialects differ in what matters to labels in two points. RE2's `\d`, `\w`, `\s` and `\b` are
//! ASCII, those of `regex` are Unicode; and RE2 takes a `{` that begins no repetition for itself,
//! where `regex` refuses it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use regex::{Regex, RegexBuilder};

/// A compiled expression may take this many bytes.
const PROGRAM_BYTES_MAX: usize = 1 << 20;

/// How many compiled patterns are kept.
const KEPT_MAX: usize = 256;
/// Longer patterns are not kept.
const KEPT_BYTES_MAX: usize = 256;

/// Patterns that were compiled. A folder of SLOs has the same few again and again, and compiling
/// one takes longer than all else that is done with a query.
///
/// They are shared, not cloned: a clone would work out anew what the first one learnt of its states.
static KEPT: LazyLock<Mutex<HashMap<String, Arc<Regex>>>> = LazyLock::new(Mutex::default);

/// Compiles a matcher's pattern so that it matches whole values only.
pub(super) fn compile(pattern: &str) -> Result<Arc<Regex>, String> {
    // What a thread left behind that panicked is as good as any.
    let kept = || KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = kept().get(pattern) {
        return Ok(Arc::clone(regex));
    }
    let regex = Arc::new(build(pattern)?);
    if pattern.len() <= KEPT_BYTES_MAX {
        let mut kept = kept();
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), Arc::clone(&regex));
    }
    Ok(regex)
}

fn build(pattern: &str) -> Result<Regex, String> {
    let anchored = format!("^(?s:{})$", translate(pattern));
    RegexBuilder::new(&anchored)
        .size_limit(PROGRAM_BYTES_MAX)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                format!(
                    "the regular expression `{}` is too large",
                    shortened(pattern)
                )
            }
            _ => format!("`{}` is not a regular expression", shortened(pattern)),
        })
}

fn shortened(pattern: &str) -> String {
    let mut text: String = pattern.chars().take(80).collect();
    if text.len() < pattern.len() {
        text.push('…');
    }
    text
}

fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    // Whether we stand inside a class such as `[a-z]`.
    let mut in_class = false;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '\\' => {
                let escaped = rest[1..].chars().next();
                length += escaped.map_or(0, char::len_utf8);
                match escaped.and_then(|e| ascii_class(e, in_class)) {
                    Some(class) => out.push_str(class),
                    None => out.push_str(&rest[..length]),
                }
            }
            '[' if in_class && !rest.starts_with("[:") => out.push_str("\\["),
            '[' if in_class => {
                // A POSIX class, `[:alpha:]`, as a whole.
                length = rest.find(":]").map_or(1, |i| i + 2);
                out.push_str(&rest[..length]);
            }
            '[' => {
                in_class = true;
                // A `]` right after the opening stands for itself.
                length = class_opening(rest);
                out.push_str(&rest[..length]);
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            // In classes `regex` knows set operations that RE2 does not.
            '&' | '~' | '-' if in_class && rest[1..].starts_with(c) => {
                out.push('\\');
                out.push(c);
            }
            '{' if !in_class && !begins_repetition(rest) => out.push_str("\\{"),
            _ => out.push(c),
        }
        rest = &rest[length..];
    }
    out
}

fn class_opening(rest: &str) -> usize {
    let mut length = if rest.starts_with("[^") { 2 } else { 1 };
    if rest[length..].starts_with(']') {
        length += 1;
    }
    length
}

/// `regex`'s words for an ASCII class of RE2.
fn ascii_class(escaped: char, in_class: bool) -> Option<&'static str> {
    Some(match (escaped, in_class) {
        ('d', false) => "[0-9]",
        ('D', false) => "[^0-9]",
        ('w', false) => "[0-9A-Za-z_]",
        ('W', false) => "[^0-9A-Za-z_]",
        ('s', false) => r"[\t\n\f\r ]",
        ('S', false) => r"[^\t\n\f\r ]",
        ('b', false) => r"(?-u:\b)",
        ('d', true) => "0-9",
        ('D', true) => "[^0-9]",
        ('w', true) => "0-9A-Za-z_",
        ('W', true) => "[^0-9A-Za-z_]",
        ('s', true) => r"\t\n\f\r ",
        ('S', true) => r"[^\t\n\f\r ]",
        _ => return None,
    })
}

fn begins_repetition(rest: &str) -> bool {
    let Some(end) = rest.find('}') else {
        return false;
    };
    let inner = &rest[1..end];
    let (least, most) = inner.split_once(',').unwrap_or((inner, ""));
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    !least.is_empty() && is_number(least) && is_number(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, value: &str) -> bool {
        compile(pattern).unwrap().is_match(value)
    }

    #[test]
    fn whole_values_only() {
        assert!(matches("5..", "503"));
        assert!(!matches("5..", "5030"));
        assert!(!matches("5", "503"));
        assert!(matches("4..|5..", "404"));
        assert!(!matches("a|b", "xb"));
        assert!(matches(".*", ""));
        assert!(matches(".", "é"), "a dot is a character, not a byte");
        assert!(matches("a.b", "a\nb"));
    }

    #[test]
    fn classes_are_ascii_as_in_re2() {
        assert!(matches(r"\d+", "42"));
        assert!(!matches(r"\d+", "４２"), "full-width digits");
        assert!(matches(r"[\w-]+", "a_b-c"));
        assert!(!matches(r"\w+", "日本"));
        assert!(matches(r"[^\s]+", "日本"));
        assert!(matches(r"[\D]", "x"));
        assert!(matches(r"[[:alpha:]]+", "abc"));
        assert!(matches(r"[]a]+", "]a"));
        assert!(matches(r"[^]a]+", "xy"));
        assert!(matches(r"[a[]+", "[a"));
        assert!(matches(r"[a&&b]+", "&ab"), "no set operations");
    }

    #[test]
    fn a_brace_that_repeats_nothing_stands_for_itself() {
        assert!(matches("a{bbb}c", "a{bbb}c"));
        assert!(matches("/users/{id}", "/users/{id}"));
        assert!(matches("a{2,3}", "aaa"));
        assert!(matches("a{2}", "aa"));
        assert!(matches(r"a\{2}", "a{2}"));
    }

    #[test]
    fn what_cannot_be_compiled_is_said() {
        assert_eq!(compile("(").unwrap_err(), "`(` is not a regular expression");
        let bomb = "((((a{100}){100}){100}){100}){100}";
        assert!(compile(bomb).unwrap_err().contains("too large"));
    }
}
