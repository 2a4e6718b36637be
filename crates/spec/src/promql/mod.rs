//! What a PromQL text counts.
//!
//! An SLO's ratio is a number of events over a number of events. `rate()` and `increase()` only
//! estimate those numbers, so this module looks *through* them: it parses the text and tells
//! whether it is a sum or difference of counters ([`Reading::Counters`]), whose raw samples can
//! then be counted exactly, or something that only the server can evaluate
//! ([`Reading::Expression`]). The rule stands in the design's semantics.md, "Counting from a
//! Prometheus-compatible server".
//!
//! ```
//! use tomoni_spec::promql::{Reading, read};
//!
//! let reading = read(r#"sum(rate(http_requests_total{code=~"5..", job="api"}[{{.window}}]))"#)?;
//! let Reading::Counters(counters) = reading else { panic!("it can be counted") };
//! assert_eq!(counters.to_string(), r#"http_requests_total{code=~"5..",job="api"}"#);
//!
//! let quantile = read("histogram_quantile(0.99, sum by (le) (rate(latency_bucket[5m])))")?;
//! assert!(matches!(quantile, Reading::Expression(_)));
//! # Ok::<(), tomoni_spec::promql::PromqlError>(())
//! ```
//!
//! What passes for a sum of counters: a selector; `sum`, `sum by`, `sum without` of one; `rate`,
//! `increase` or `irate` of one, summed or not; `+`, `-`, parentheses and unary minus between
//! those; and `… or vector(0)` (also `or 0 * …`), which adds nothing but an element with the value
//! zero, so it is looked through: that an absent part is zero is the ledger's rule anyway.
//! What does not: `offset` and `@` (another time), other functions, other operators, `group_left`
//! (it repeats what it counts), and sums that mix counters with rates, or increases over different
//! ranges, because their units differ.

mod canonical;
mod facts;
mod identity;
mod narrow;
mod pattern;
mod scan;
mod selector;
mod template;
mod unwrap;
mod walk;

#[cfg(test)]
mod tests;

use std::fmt;

pub use canonical::canonical;
pub use facts::Facts;
pub use identity::generation;
pub(crate) use identity::generation_of;
pub use narrow::{narrow, selectors};
pub(crate) use selector::Quoted;
pub use selector::{MatchOp, Matcher, Selector};
pub use template::Template;
pub(crate) use template::{WINDOW, enclosable};

/// The longest text that is read, in bytes.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;

/// What a PromQL text is to us.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// A sum or difference of counters: their raw samples can be counted.
    Counters(Counters),
    /// Anything else: only the server can evaluate it.
    Expression(Template),
}

/// A sum or difference of counters.
#[derive(Clone, Debug, PartialEq)]
pub struct Counters {
    /// What is added and taken away, in the order of the text; never empty.
    pub terms: Vec<Term>,
    /// What the text made of the counters, which tells what it would evaluate to.
    pub measure: Measure,
    /// The text itself, for where it must be evaluated after all.
    pub text: Template,
}

impl Counters {
    /// What they count in a second, over a range: `sum(rate(a[5m])) - sum(rate(b[5m]))`. `sum` is what
    /// puts series together, such as `sum by (job) `.
    pub(crate) fn rates(&self, sum: &str, range: &str) -> String {
        let mut text = String::new();
        for (i, term) in self.terms.iter().enumerate() {
            text.push_str(match (i, term.negative) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => " + ",
                (_, true) => " - ",
            });
            text.push_str(&format!("{sum}(rate({}[{range}]))", term.selector));
        }
        text
    }
}

/// One counter of a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Whether it is taken away.
    pub negative: bool,
    /// Which series it sums.
    pub selector: Selector,
}

/// What a text makes of a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Its bare value.
    Value,
    /// Its events a second (`rate`, `irate`).
    Rate,
    /// Its events in a range (`increase`), in milliseconds.
    Increase {
        /// The range.
        range_ms: u64,
    },
}

/// Why a text is not PromQL, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PromqlError {
    /// What is wrong, starting in lower case, and where possible what to write instead.
    pub message: String,
    /// The byte of the text where it is wrong; `None` when the place is not known.
    pub offset: Option<usize>,
}

impl PromqlError {
    fn at(offset: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset: Some(offset),
        }
    }

    fn somewhere(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            offset: None,
        }
    }
}

/// Reads a PromQL text.
///
/// Placeholders for a range (`{{.window}}` as Sloth writes it, Grafana's `$__rate_interval`,
/// `$__interval` and `$__range`) are understood.
///
/// # Errors
///
/// When the text is not PromQL, longer than [`TEXT_BYTES_MAX`], nested too deeply, or contains a
/// regular expression that cannot be compiled.
pub fn read(text: &str) -> Result<Reading, PromqlError> {
    Parsed::new(text)?.read()
}

/// Reads a PromQL text as one side of an OpenSLO ratio: a bare selector that the document says is
/// *not* a counter (`counter: false`) is a value to be evaluated.
///
/// # Errors
///
/// As [`read`].
pub fn read_events(text: &str, is_counter: bool) -> Result<Reading, PromqlError> {
    Parsed::new(text)?.read_events(is_counter)
}

/// Reads a PromQL text as a gauge: the one selector whose samples are its values, or `None` where
/// the server has to evaluate the text.
///
/// # Errors
///
/// As [`read`].
pub fn read_gauge(text: &str) -> Result<Option<Selector>, PromqlError> {
    Parsed::new(text)?.read_gauge()
}

/// What can be said about a text beyond whether it is right, for findings.
///
/// # Errors
///
/// As [`read`].
pub fn facts(text: &str) -> Result<Facts, PromqlError> {
    Ok(Parsed::new(text)?.facts())
}

/// A text that was parsed once, for all that is asked of it: parsing is what costs.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    template: Template,
    expr: promql_parser::parser::Expr,
}

impl Parsed {
    /// See [`read`].
    pub(crate) fn new(text: &str) -> Result<Self, PromqlError> {
        if text.len() > TEXT_BYTES_MAX {
            let message = format!(
                "the query is {} bytes long; at most {TEXT_BYTES_MAX} are read",
                text.len()
            );
            return Err(PromqlError::at(TEXT_BYTES_MAX, message));
        }
        let template = Template::new(text);
        let sample = template.sample();
        let expr = scan::check(&sample.text)
            .and_then(|tokens| {
                promql_parser::parser::parse(&sample.text)
                    .map_err(|message| scan::place(&tokens, &sample.text, message))
            })
            .map_err(|error| sample.place(error))?;
        Ok(Self { template, expr })
    }

    /// See [`read`].
    pub(crate) fn read(&self) -> Result<Reading, PromqlError> {
        let text = self.template.clone();
        Ok(match unwrap::counters(&self.expr)? {
            Some((terms, measure)) => Reading::Counters(Counters {
                terms,
                measure,
                text,
            }),
            None => Reading::Expression(text),
        })
    }

    /// See [`read_events`].
    pub(crate) fn read_events(&self, is_counter: bool) -> Result<Reading, PromqlError> {
        Ok(match self.read()? {
            Reading::Counters(c) if !is_counter && c.measure == Measure::Value => {
                Reading::Expression(c.text)
            }
            reading => reading,
        })
    }

    /// See [`read_gauge`].
    pub(crate) fn read_gauge(&self) -> Result<Option<Selector>, PromqlError> {
        unwrap::plain_selector(&self.expr)
    }

    /// See [`facts`].
    pub(crate) fn facts(&self) -> Facts {
        facts::gather(&self.template, &self.expr)
    }

    /// The normal form as an expression, which looks through nothing.
    fn expression(&self) -> Result<String, PromqlError> {
        canonical::of_expr(&self.expr)
    }
}

impl fmt::Display for Counters {
    /// The sum as PromQL over bare selectors, in canonical order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&canonical::of_terms(&self.terms))
    }
}
