//! Checks texts, numbers and other single values by what the table says of them.

use jiff::tz::TimeZoneDatabase;
use tomoni_slo::{Duration, Window};

use super::Kind;
use super::check::wrong_type;
use crate::codes::{self, Code};
use crate::near::{listed, nearest};
use crate::scope::Scope;
use crate::source::Extent;
use crate::yaml::{Kind as Scalar, Node, Style, Value};

/// The most characters of a name, by RFC 1123.
pub(crate) const NAME_CHARS_MAX: usize = 63;
/// The most characters of the part of an annotation's key before the slash.
const PREFIX_CHARS_MAX: usize = 253;

/// Checks a single value.
pub(crate) fn value(scope: &mut Scope<'_>, node: &Node<'_>, name: &str, kind: &'static Kind) {
    match kind {
        Kind::Text { chars_max } => {
            if let Some(text) = text(scope, node, name) {
                length(scope, node, name, (text, *chars_max));
            }
        }
        Kind::DisplayName => display_name(scope, node, name),
        Kind::Name => {
            if let Some(text) = text(scope, node, name) {
                self::name(scope, node, name, text);
            }
        }
        Kind::Number(range) => match node.number() {
            Some(number) if range.holds(number) => {}
            Some(number) => {
                let message = format!("`{name}` is {}, but this is {number}", range.in_words());
                scope.report(
                    scope.dialect().out_of_range,
                    node.extent,
                    message,
                    range_help(name, number),
                );
            }
            None => number_wanted(scope, node, name),
        },
        Kind::Boolean => {
            if node.boolean().is_none() {
                let message = format!("`{name}` is true or false, but this is {}", node.what());
                let help = "write `true` or `false`, without quotes";
                scope.report(scope.dialect().wrong_type, node.extent, message, help);
            }
        }
        Kind::Duration | Kind::Delay => {
            let is_zero = |text: &str| matches!(kind, Kind::Delay) && is_zero_duration(text);
            if let Some(number) = node.number() {
                let message = format!("`{name}` is a duration, but this is the number {number}");
                let help = "add its unit: m, h, d, w, M (months), Q (quarters) or Y, as in `28d`";
                scope.report(scope.dialect().duration, node.extent, message, help);
            } else if let Some(text) = text(scope, node, name).filter(|t| !is_zero(t)) {
                duration(scope, node, text);
            }
        }
        Kind::DurationOrMinutes => match node.number() {
            Some(_) => {}
            None => {
                if let Some(text) = text(scope, node, name) {
                    duration(scope, node, text);
                }
            }
        },
        Kind::DateTime => time(scope, node, name),
        Kind::TimeZone => time_zone(scope, node, name),
        Kind::Choice(words) => choice(scope, node, name, words),
        Kind::Word => {
            word(scope, node, name);
        }
        Kind::Object(_)
        | Kind::List { .. }
        | Kind::Labels
        | Kind::Annotations
        | Kind::Free
        | Kind::Anything
        | Kind::Apart(_)
        | Kind::Own(_) => {}
    }
}

fn length(scope: &mut Scope<'_>, node: &Node<'_>, name: &str, (text, most): (&str, Option<usize>)) {
    let count = text.chars().count();
    if let Some(most) = most.filter(|most| count > *most) {
        let message = format!("`{name}` takes at most {most} characters, but has {count}");
        let help = "shorten it; what is longer belongs into a page it can link to";
        scope.report(scope.dialect().too_long, node.extent, message, help);
    }
}

/// The text, number or truth value as it was written; what is none is reported.
pub(crate) fn word<'n>(scope: &mut Scope<'_>, node: &'n Node<'_>, name: &str) -> Option<&'n str> {
    match node.word() {
        Some(word) => Some(word),
        None => text(scope, node, name),
    }
}

/// The text; what is none is reported.
pub(crate) fn text<'n>(scope: &mut Scope<'_>, node: &'n Node<'_>, name: &str) -> Option<&'n str> {
    if let Some(text) = node.text() {
        return Some(text);
    }
    let message = format!("`{name}` is a text, but this is {}", node.what());
    let help = match node.scalar() {
        Some(scalar) => format!("put it in quotes: `\"{}\"`", scalar.shortened()),
        None => String::new(),
    };
    let extent = match node.value {
        Value::Scalar(_) => node.extent,
        _ => Extent::new(node.extent.start, node.extent.start + 1),
    };
    scope.report(scope.dialect().wrong_type, extent, message, help);
    None
}

fn number_wanted(scope: &mut Scope<'_>, node: &Node<'_>, name: &str) {
    let message = format!("`{name}` is a number, but this is {}", node.what());
    let quoted = node.scalar().filter(|s| s.style != Style::Plain);
    let help = match node.scalar().map(|s| s.text.trim()) {
        Some(text) if text.ends_with('%') => {
            "write a number without `%`; percent go to `targetPercent`".to_owned()
        }
        Some(text) if quoted.is_some() && text.parse::<f64>().is_ok() => {
            format!("take the quotes away: `{text}`")
        }
        _ => String::new(),
    };
    if node.scalar().is_some() {
        scope.report(scope.dialect().wrong_type, node.extent, message, help);
    } else {
        wrong_type(scope, node, &format!("`{name}` is a number"));
    }
}

fn range_help(name: &str, number: f64) -> String {
    match name {
        "target" if (number - 1.0).abs() < f64::EPSILON => {
            "a target of 1 leaves no error budget; nothing is up always".to_owned()
        }
        "target" if number > 1.0 && number < 100.0 => {
            format!("did you mean `targetPercent: {number}`?")
        }
        "targetPercent" if (number - 100.0).abs() < f64::EPSILON => {
            "a target of 100 % leaves no error budget; nothing is up always".to_owned()
        }
        _ => String::new(),
    }
}

fn display_name(scope: &mut Scope<'_>, node: &Node<'_>, name: &str) {
    let Some(text) = text(scope, node, name) else {
        return;
    };
    let count = text.chars().count();
    if count > NAME_CHARS_MAX {
        let message = format!(
            "the specification sets `{name}` no limit, but its SDK refuses more than \
             {NAME_CHARS_MAX} characters, and this has {count}"
        );
        let help = "shorten it, so that every tool reads it";
        scope.report(&codes::DISAGREEMENT, node.extent, message, help);
    }
}

/// Checks a name: an RFC 1123 label.
pub(crate) fn name(scope: &mut Scope<'_>, node: &Node<'_>, field: &str, text: &str) {
    if is_name(text) {
        return;
    }
    let message = if text.chars().count() > NAME_CHARS_MAX {
        format!(
            "`{field}` takes at most {NAME_CHARS_MAX} characters, but has {}",
            text.chars().count()
        )
    } else {
        format!("`{}` is no name", crate::yaml::shortened(text))
    };
    let mut help = String::from(
        "a name has lower-case letters, digits and `-`, begins and ends with a letter or digit, \
         and is 63 long at most",
    );
    let near = as_name(text);
    if is_name(&near) && near != text {
        help.push_str(&format!("; for example `{near}`"));
    }
    scope.report(scope.dialect().name, node.extent, message, help);
}

/// Whether a text is an RFC 1123 label.
pub(crate) fn is_name(text: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.len() <= NAME_CHARS_MAX
        && !text.is_empty()
        && text.bytes().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// The name that is nearest to a text.
pub(crate) fn as_name(text: &str) -> String {
    let mut name = String::new();
    let mut was_lower = false;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && was_lower {
                name.push('-');
            }
            name.push(c.to_ascii_lowercase());
        } else if !name.ends_with('-') {
            name.push('-');
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    name.trim_matches('-').to_owned()
}

fn is_zero_duration(text: &str) -> bool {
    let digits = text.trim_end_matches(|c| "mhdwMQY".contains(c));
    text.len() == digits.len() + 1 && !digits.is_empty() && digits.bytes().all(|b| b == b'0')
}

fn duration(scope: &mut Scope<'_>, node: &Node<'_>, text: &str) {
    if let Err(error) = text.parse::<Duration>() {
        report(scope, scope.dialect().duration, node.extent, &error);
    }
}

fn time(scope: &mut Scope<'_>, node: &Node<'_>, name: &str) {
    let Some(text) = text(scope, node, name) else {
        return;
    };
    if let Err(error) = Window::calendar("1d", "UTC", text) {
        report(scope, scope.dialect().time, node.extent, &error);
    }
}

fn time_zone(scope: &mut Scope<'_>, node: &Node<'_>, name: &str) {
    let Some(text) = text(scope, node, name) else {
        return;
    };
    let Err(error) = Window::calendar("1d", text, "2026-01-01 00:00:00") else {
        return;
    };
    // The zones that the program brings along: no file of this machine is asked.
    let known: Vec<String> = TimeZoneDatabase::bundled()
        .available()
        .map(|n| n.to_string())
        .collect();
    match nearest(text, known.iter().map(String::as_str)) {
        Some(near) => {
            let (message, _) = message_and_help(&error);
            let help = format!("did you mean `{near}`?");
            scope.report(scope.dialect().time, node.extent, message, help);
        }
        None => report(scope, scope.dialect().time, node.extent, &error),
    }
}

/// Reports an error of the layer below, whose text tells what to do behind a colon.
pub(crate) fn report(
    scope: &mut Scope<'_>,
    code: &'static Code,
    extent: Extent,
    error: &impl std::fmt::Display,
) {
    let (message, help) = message_and_help(error);
    scope.report(code, extent, message, help);
}

fn message_and_help(error: &impl std::fmt::Display) -> (String, String) {
    let text = error.to_string();
    match text.split_once(": ") {
        Some((message, help)) => (message.to_owned(), help.to_owned()),
        None => (text, String::new()),
    }
}

fn choice(scope: &mut Scope<'_>, node: &Node<'_>, name: &str, words: &'static [&'static str]) {
    let Some(text) = text(scope, node, name) else {
        return;
    };
    if words.contains(&text) {
        return;
    }
    let wanted = listed(words.iter().copied(), "or");
    let message = format!(
        "`{name}` is {wanted}, but this is `{}`",
        crate::yaml::shortened(text)
    );
    let help = nearest(text, words.iter().copied())
        .map_or(String::new(), |near| format!("did you mean `{near}`?"));
    scope.report(scope.dialect().wrong_value, node.extent, message, help);
}

/// Checks labels: keys, with a text or a list of texts each.
pub(crate) fn labels(scope: &mut Scope<'_>, node: &Node<'_>) {
    if !matches!(node.value, Value::Map(_)) {
        wrong_type(scope, node, "`labels` is a mapping");
        return;
    }
    for entry in node.entries() {
        if !is_key(&entry.key) {
            key_report(scope, entry.key_extent, &entry.key);
        }
        match &entry.node.value {
            Value::List(items) => {
                for item in items {
                    text(scope, item, &entry.key);
                }
            }
            Value::Scalar(_) | Value::Map(_) => {
                text(scope, &entry.node, &entry.key);
            }
        }
    }
}

/// Checks annotations: keys, with an optional prefix, and a text each.
pub(crate) fn annotations(scope: &mut Scope<'_>, node: &Node<'_>) {
    if !matches!(node.value, Value::Map(_)) {
        wrong_type(scope, node, "`annotations` is a mapping");
        return;
    }
    for entry in node.entries() {
        let (prefix, name) = match entry.key.split_once('/') {
            Some((prefix, name)) => (Some(prefix), name),
            None => (None, entry.key.as_ref()),
        };
        let is_prefixed =
            prefix.is_none_or(|p| p.len() <= PREFIX_CHARS_MAX && p.split('.').all(is_name));
        if !is_key(name) || !is_prefixed {
            key_report(scope, entry.key_extent, &entry.key);
        }
        let is_list = entry.node.scalar().is_none();
        if is_list {
            let message = format!(
                "the annotation `{}` is a text, but this is {}",
                entry.key,
                entry.node.what()
            );
            let help = "put `|` behind the colon: what follows is then a text";
            let extent = entry.key_extent;
            scope.report(scope.dialect().wrong_type, extent, message, help);
        } else if entry
            .node
            .scalar()
            .is_some_and(|s| s.kind() != Scalar::Text)
        {
            text(scope, &entry.node, &entry.key);
        }
    }
}

/// Whether a text is the name of a label in Prometheus.
pub(crate) fn is_label(text: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    !text.is_empty()
        && text.bytes().all(is_inner)
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether a text can be the key of a label.
pub(crate) fn is_key(key: &str) -> bool {
    let is_outer = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    key.len() <= NAME_CHARS_MAX
        && is_outer(key.chars().next())
        && is_outer(key.chars().next_back())
        && key.chars().all(is_inner)
}

fn key_report(scope: &mut Scope<'_>, extent: Extent, key: &str) {
    let message = format!("`{}` is no key", crate::yaml::shortened(key));
    let help = "a key has letters, digits, `-`, `_` and `.`, begins and ends with a letter or \
                digit, and is 63 long at most; an annotation's may have a domain and `/` before it";
    scope.report(scope.dialect().key, extent, message, help);
}
