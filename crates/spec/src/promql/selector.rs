//! Which series are meant.

use std::fmt;
use std::hash::{Hash, Hasher};

use std::sync::Arc;

use regex::Regex;

use super::pattern;

/// The label that holds a series' name.
pub(super) const NAME: &str = "__name__";

/// A vector selector: a name and conditions on labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    /// The metric's name; `None` when it is left open, or matched by a matcher on `__name__`.
    pub metric: Option<String>,
    /// Conditions on labels, sorted, without repetitions.
    pub matchers: Vec<Matcher>,
}

/// A condition on one label.
#[derive(Clone, Debug)]
pub struct Matcher {
    /// The label's name.
    pub label: String,
    /// How the label's value is compared.
    pub op: MatchOp,
    /// With what.
    pub value: String,
    /// The compiled value where `op` is a regular expression.
    regex: Option<Arc<Regex>>,
}

/// How a label's value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    MatchesNot,
}

impl MatchOp {
    /// The operator as PromQL writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Matches => "=~",
            Self::MatchesNot => "!~",
        }
    }
}

impl Matcher {
    /// A condition on a label.
    ///
    /// # Errors
    ///
    /// When the value is to be a regular expression and is none; with what is wrong.
    pub fn new(label: &str, op: MatchOp, value: &str) -> Result<Self, String> {
        let regex = match op {
            MatchOp::Equal | MatchOp::NotEqual => None,
            MatchOp::Matches | MatchOp::MatchesNot => Some(pattern::compile(value)?),
        };
        Ok(Self {
            label: label.to_owned(),
            op,
            value: value.to_owned(),
            regex,
        })
    }

    /// The condition that a label has a value; an empty value means that the label is missing.
    pub fn equal(label: &str, value: &str) -> Self {
        Self {
            label: label.to_owned(),
            op: MatchOp::Equal,
            value: value.to_owned(),
            regex: None,
        }
    }

    /// Whether the label's value meets the condition; a missing label has the empty value.
    pub fn matches(&self, value: &str) -> bool {
        match self.op {
            MatchOp::Equal => self.value == value,
            MatchOp::NotEqual => self.value != value,
            MatchOp::Matches => self.regex.as_ref().is_some_and(|r| r.is_match(value)),
            MatchOp::MatchesNot => self.regex.as_ref().is_some_and(|r| !r.is_match(value)),
        }
    }

    fn key(&self) -> (&str, MatchOp, &str) {
        (&self.label, self.op, &self.value)
    }
}

impl PartialEq for Matcher {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}
impl Eq for Matcher {}
impl PartialOrd for Matcher {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Matcher {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}
impl Hash for Matcher {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl Selector {
    /// A selector in its normal form: `__name__="x"` is the name, matchers are sorted and unique.
    pub fn new(metric: Option<String>, mut matchers: Vec<Matcher>) -> Self {
        let mut metric = metric;
        if metric.is_none()
            && let Some(i) = matchers
                .iter()
                .position(|m| m.label == NAME && m.op == MatchOp::Equal)
        {
            metric = Some(matchers.remove(i).value);
        }
        matchers.sort();
        matchers.dedup();
        Self { metric, matchers }
    }

    /// Whether a series is meant, as Prometheus tells it. `label` gives the value of a label, the
    /// empty text where the series has none; the series' name is the label `__name__`.
    ///
    /// ```
    /// use tomoni_spec::promql::{Reading, read};
    /// let Reading::Counters(c) = read(r#"requests{code!="500",pod=""}"#)? else { panic!() };
    /// let labels = |label: &str| match label { "__name__" => "requests", "code" => "200", _ => "" };
    /// assert!(c.terms[0].selector.matches(labels));
    /// # Ok::<(), tomoni_spec::promql::PromqlError>(())
    /// ```
    pub fn matches<'a>(&self, label: impl Fn(&str) -> &'a str) -> bool {
        self.metric
            .as_deref()
            .is_none_or(|name| name == label(NAME))
            && self.matchers.iter().all(|m| m.matches(label(&m.label)))
    }

    /// Whether every series that `other` means is certainly meant by `self` too: the same name, and
    /// no condition that `other` does not have.
    pub fn covers(&self, other: &Self) -> bool {
        let is_name_free = self.metric.is_none() || self.metric == other.metric;
        is_name_free
            && self
                .matchers
                .iter()
                .all(|m| other.matchers.binary_search(m).is_ok())
    }

    /// The value that a label must have, where a matcher says so.
    pub fn required(&self, label: &str) -> Option<&str> {
        self.matchers
            .iter()
            .find(|m| m.label == label && m.op == MatchOp::Equal && !m.value.is_empty())
            .map(|m| m.value.as_str())
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain_name(&self.label) {
            write!(f, "{}{}", self.label, self.op.as_str())?;
        } else {
            write!(f, "{}{}", Quoted(&self.label), self.op.as_str())?;
        }
        write!(f, "{}", Quoted(&self.value))
    }
}

impl fmt::Display for Selector {
    /// The selector as PromQL, always in the same form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // PromQL takes a name once: before the braces, or as a matcher among others.
        let is_matched = self.matchers.iter().any(|m| m.label == NAME);
        let plain = self
            .metric
            .as_deref()
            .filter(|name| is_plain_metric(name) && !is_matched);
        f.write_str(plain.unwrap_or_default())?;
        let named = self.metric.as_deref().filter(|_| plain.is_none());
        let named = named.map(|name| Matcher::equal(NAME, name));
        let parts: Vec<String> = named
            .iter()
            .chain(&self.matchers)
            .map(ToString::to_string)
            .collect();
        if parts.is_empty() && plain.is_some() {
            return Ok(());
        }
        write!(f, "{{{}}}", parts.join(","))
    }
}

/// A PromQL string literal.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
    }
}

fn is_plain_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Names that can stand before the braces; of the language's words, those that cannot are left out.
fn is_plain_metric(name: &str) -> bool {
    const WORDS: [&str; 8] = [
        "inf",
        "nan",
        "bool",
        "on",
        "ignoring",
        "group_left",
        "group_right",
        "atan2",
    ];
    !WORDS.contains(&name.to_ascii_lowercase().as_str())
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}
