//! A first pass over the text: limits, and the places of mistakes.
//!
//! The grammar belongs to `promql-parser`. It tells what is wrong but not where, recurses over what
//! it has built, and panics on ranges beyond what a `Duration` holds; so the text is cut into
//! tokens here first, what would harm it is refused, and the commonest mistakes get their place.

use super::PromqlError;

/// How deep brackets may nest.
const NESTING_MAX: usize = 64;
/// How many operators a text may have: the parser's tree gets that deep.
const OPERATORS_MAX: usize = 500;
/// The longest range or offset, in seconds (a hundred years).
const RANGE_S_MAX: f64 = 100.0 * 365.0 * 86_400.0;

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    pub(super) at: usize,
}

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    Text,
    Operator,
    Open,
    Close,
    Other,
}

/// Cuts the text into tokens and refuses what would harm the parser.
pub(super) fn check(text: &str) -> Result<Vec<Token<'_>>, PromqlError> {
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Err(PromqlError::at(0, "the query is empty"));
    }
    check_brackets(&tokens)?;
    check_operators(&tokens)?;
    check_ranges(&tokens)?;
    Ok(tokens)
}

/// Gives the parser's message a place.
pub(super) fn place(tokens: &[Token<'_>], text: &str, message: String) -> PromqlError {
    if message == "invalid promql query" || message == "ParseError" {
        return misshapen(tokens, text);
    }
    if let Some(pattern) = message.strip_prefix("illegal regex for ") {
        let token = tokens
            .iter()
            .find(|t| t.kind == Kind::Text && unquoted(t.text) == pattern);
        let message = format!("`{pattern}` is not a regular expression");
        return PromqlError {
            message,
            offset: token.map(|t| t.at),
        };
    }
    let offset = quoted(&message)
        .and_then(|name| {
            tokens
                .iter()
                .find(|t| t.text == name || unquoted(t.text) == name)
        })
        .map(|token| token.at);
    PromqlError { message, offset }
}

/// Cuts the text into tokens.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, PromqlError> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let (kind, length) = match first {
            c if c.is_ascii_whitespace() => (None, 1),
            '#' => (None, rest.find(['\n', '\r']).unwrap_or(rest.len())),
            '"' | '\'' | '`' => (Some(Kind::Text), string(rest, first, at)?),
            c if c.is_ascii_alphabetic() || c == '_' || c == ':' => {
                (Some(word_kind(rest)), word(rest))
            }
            c if c.is_ascii_digit() || c == '.' => (Some(Kind::Number), number(rest)),
            '(' | '[' | '{' => (Some(Kind::Open), 1),
            ')' | ']' | '}' => (Some(Kind::Close), 1),
            '+' | '-' | '*' | '/' | '%' | '^' | '=' | '!' | '<' | '>' | '~' => {
                (Some(Kind::Operator), operator(rest))
            }
            ',' | '@' => (Some(Kind::Other), 1),
            '$' => return Err(PromqlError::at(at, unknown_variable(rest))),
            other => {
                return Err(PromqlError::at(
                    at,
                    format!("unexpected character {other:?}"),
                ));
            }
        };
        if let Some(kind) = kind {
            tokens.push(Token {
                kind,
                text: &rest[..length],
                at,
            });
        }
        at += length;
    }
    Ok(tokens)
}

fn unknown_variable(rest: &str) -> String {
    let end = rest[1..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '{');
    let name = &rest[..end.map_or(rest.len(), |i| i + 1)];
    format!(
        "unknown variable `{name}`: only the ranges {{{{.window}}}}, $__rate_interval, \
         $__interval and $__range can be left open"
    )
}

fn word(rest: &str) -> usize {
    rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))
        .unwrap_or(rest.len())
}

fn word_kind(rest: &str) -> Kind {
    match rest[..word(rest)].to_ascii_lowercase().as_str() {
        ":" => Kind::Other,
        "and" | "or" | "unless" | "atan2" => Kind::Operator,
        "inf" | "nan" => Kind::Number,
        _ => Kind::Word,
    }
}

/// Numbers and durations alike: digits, letters, dots, and a sign after an exponent.
fn number(rest: &str) -> usize {
    let is_hex = rest.starts_with("0x") || rest.starts_with("0X");
    let mut before = ' ';
    for (i, c) in rest.char_indices() {
        let is_exponent_sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !is_hex;
        if !(c.is_ascii_alphanumeric() || c == '.' || c == '_' || is_exponent_sign) {
            return i;
        }
        before = c;
    }
    rest.len()
}

fn operator(rest: &str) -> usize {
    let two = ["==", "!=", "=~", "!~", "<=", ">="];
    if two.iter().any(|o| rest.starts_with(o)) {
        2
    } else {
        1
    }
}

fn string(rest: &str, quote: char, at: usize) -> Result<usize, PromqlError> {
    let mut is_escaped = false;
    for (i, c) in rest.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' && quote != '`' {
            is_escaped = true;
        } else if c == quote {
            return Ok(i + 1);
        }
    }
    Err(PromqlError::at(at, format!("this {quote} is never closed")))
}

fn check_brackets(tokens: &[Token<'_>]) -> Result<(), PromqlError> {
    let mut open: Vec<&Token<'_>> = Vec::new();
    for token in tokens {
        match token.kind {
            Kind::Open => {
                if token.text == "{" && open.last().is_some_and(|t| t.text == "{") {
                    let message = "unexpected `{` inside braces; of placeholders only {{.window}} \
                                   is known";
                    return Err(PromqlError::at(token.at, message));
                }
                open.push(token);
                if open.len() > NESTING_MAX {
                    let message = format!("brackets nest deeper than {NESTING_MAX}");
                    return Err(PromqlError::at(token.at, message));
                }
            }
            Kind::Close => match open.pop() {
                Some(opener) if closes(opener.text, token.text) => {}
                Some(opener) => {
                    let message = format!(
                        "`{}` does not close the `{}` before it",
                        token.text, opener.text
                    );
                    return Err(PromqlError::at(token.at, message));
                }
                None => {
                    let message = format!("nothing is open that `{}` could close", token.text);
                    return Err(PromqlError::at(token.at, message));
                }
            },
            _ => {}
        }
    }
    open.pop().map_or(Ok(()), |token| {
        Err(PromqlError::at(
            token.at,
            format!("this `{}` is never closed", token.text),
        ))
    })
}

fn closes(open: &str, close: &str) -> bool {
    matches!((open, close), ("(", ")") | ("[", "]") | ("{", "}"))
}

fn check_operators(tokens: &[Token<'_>]) -> Result<(), PromqlError> {
    let mut operators = tokens.iter().filter(|t| t.kind == Kind::Operator);
    operators.nth(OPERATORS_MAX).map_or(Ok(()), |token| {
        let message = format!("the query has more than {OPERATORS_MAX} operators");
        Err(PromqlError::at(token.at, message))
    })
}

/// Ranges, steps and offsets: no number that is not a sensible number of seconds.
fn check_ranges(tokens: &[Token<'_>]) -> Result<(), PromqlError> {
    let mut is_range = false;
    for token in tokens {
        match (token.kind, token.text) {
            (Kind::Open, "[") => is_range = true,
            (Kind::Word, word) if word.eq_ignore_ascii_case("offset") => is_range = true,
            // A sign before the offset; the colon before a subquery's step.
            (Kind::Operator, "+" | "-") | (Kind::Other, ":") => {}
            (Kind::Number, text) => {
                check_number(token, text, is_range)?;
            }
            _ => is_range = false,
        }
    }
    Ok(())
}

fn check_number(token: &Token<'_>, text: &str, is_range: bool) -> Result<(), PromqlError> {
    let seconds = if is_duration(text) {
        duration_s(text)
    } else if is_range {
        text.parse::<f64>().ok()
    } else {
        return Ok(());
    };
    match seconds {
        Some(s) if s.is_finite() && s <= RANGE_S_MAX => Ok(()),
        _ => {
            let message = format!(
                "`{text}` is not a range: write a number and a unit (ms, s, m, h, d, w, y), \
                 at most 100y"
            );
            Err(PromqlError::at(token.at, message))
        }
    }
}

fn is_duration(text: &str) -> bool {
    let is_hex = text.starts_with("0x") || text.starts_with("0X");
    text.starts_with(|c: char| c.is_ascii_digit())
        && !is_hex
        && text.contains(['s', 'm', 'h', 'd', 'w', 'y'])
}

/// The seconds of a duration such as `1h30m`; `None` when it is none.
fn duration_s(text: &str) -> Option<f64> {
    let mut sum = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: u32 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let units = [
            ("ms", 0.001),
            ("s", 1.0),
            ("m", 60.0),
            ("h", 3_600.0),
            ("d", 86_400.0),
            ("w", 604_800.0),
            ("y", 31_536_000.0),
        ];
        let (unit, seconds) = units.into_iter().find(|(unit, _)| rest.starts_with(unit))?;
        sum += f64::from(count) * seconds;
        rest = &rest[unit.len()..];
    }
    Some(sum)
}

/// Words before a list of labels, or after an operator.
pub(super) const MODIFIERS: [&str; 8] = [
    "by",
    "without",
    "on",
    "ignoring",
    "group_left",
    "group_right",
    "bool",
    "offset",
];
/// Words that begin an aggregation.
pub(super) const AGGREGATIONS: [&str; 12] = [
    "sum",
    "avg",
    "min",
    "max",
    "count",
    "topk",
    "bottomk",
    "quantile",
    "stddev",
    "stdvar",
    "group",
    "count_values",
];

/// Whether a token is one of these words, in whatever case.
pub(super) fn is_one_of(token: &Token<'_>, words: &[&str]) -> bool {
    words.contains(&token.text.to_ascii_lowercase().as_str())
}

/// Finds the first place where two tokens cannot follow each other.
fn misshapen(tokens: &[Token<'_>], text: &str) -> PromqlError {
    // Of each open bracket, whether it holds a modifier's labels.
    let mut open = Vec::new();
    let mut last: Option<&Token<'_>> = None;
    // Whether the token before closes a modifier's labels, behind which an operand can follow.
    let mut ends_labels = false;
    for token in tokens {
        if let Some(before) = last
            && let Some(message) = clash(before, token, ends_labels)
        {
            return PromqlError::at(token.at, message);
        }
        ends_labels = match token.kind {
            Kind::Open => {
                open.push(last.is_some_and(|t| is_one_of(t, &MODIFIERS)));
                false
            }
            Kind::Close => open.pop().unwrap_or(false),
            _ => false,
        };
        last = Some(token);
    }
    match last {
        Some(last) if last.kind == Kind::Operator => PromqlError::at(
            text.trim_end().len(),
            format!("an operand is missing after `{}`", last.text),
        ),
        _ => PromqlError::somewhere("this is not a PromQL expression"),
    }
}

fn clash(before: &Token<'_>, after: &Token<'_>, ends_labels: bool) -> Option<String> {
    use Kind::{Close, Number, Open, Operator, Other, Text, Word};
    let ends_operand = matches!(before.kind, Word | Number | Text | Close)
        && !ends_labels
        && !is_one_of(before, &MODIFIERS)
        && !is_one_of(before, &AGGREGATIONS);
    let starts_operand =
        matches!(after.kind, Word | Number | Text) && !is_one_of(after, &MODIFIERS);
    if ends_operand && starts_operand {
        return Some(format!("an operator is missing before `{}`", after.text));
    }
    let wants_operand = matches!(before.kind, Operator) || before.text == ",";
    let is_unary = matches!(after.text, "+" | "-");
    match after.kind {
        Operator if matches!(before.kind, Operator | Open) && !is_unary => {
            Some(format!("an operand is missing before `{}`", after.text))
        }
        Close if wants_operand && before.kind == Operator => {
            Some(format!("an operand is missing before `{}`", after.text))
        }
        Other if after.text == "," && wants_operand => {
            Some("an operand is missing before `,`".into())
        }
        _ => None,
    }
}

/// The first thing that a message quotes.
fn quoted(message: &str) -> Option<&str> {
    let from = message.find('\'')? + 1;
    let length = message[from..].find('\'')?;
    Some(&message[from..from + length])
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\'', '`'])
}
