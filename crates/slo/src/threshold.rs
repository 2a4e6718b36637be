//! What makes a gauge's value good.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// How a value is compared with a threshold (OpenSLO's `op`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// Less than.
    Lt,
    /// Less than or equal.
    Lte,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Gte,
}

impl Op {
    /// The operator's name in OpenSLO.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
        }
    }

    /// The operator as PromQL writes it.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Lt => "<",
            Self::Lte => "<=",
            Self::Gt => ">",
            Self::Gte => ">=",
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was written is no operator; there are `lt`, `lte`, `gt` and `gte`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a comparison: write lt, lte, gt or gte")]
pub struct UnknownOp(pub String);

impl FromStr for Op {
    type Err = UnknownOp;

    fn from_str(text: &str) -> Result<Self, UnknownOp> {
        [Self::Lt, Self::Lte, Self::Gt, Self::Gte]
            .into_iter()
            .find(|op| op.as_str() == text)
            .ok_or_else(|| UnknownOp(text.to_owned()))
    }
}

/// A condition on a value: it is good when `value op threshold` holds.
///
/// Equality and order are total (bit for bit, apart from the sign of zero), since thresholds are
/// part of a ledger's key.
#[derive(Clone, Copy, Debug)]
pub struct Threshold {
    /// How a value is compared.
    pub op: Op,
    /// With what, in the query's unit; finite.
    pub value: f64,
}

impl Threshold {
    /// Whether a value is good. A NaN is never good.
    ///
    /// ```
    /// use tomoni_slo::{Op, Threshold};
    /// let at_least_a_fifth = Threshold { op: Op::Gte, value: 0.2 };
    /// assert!(at_least_a_fifth.is_good(0.2));
    /// assert!(!at_least_a_fifth.is_good(0.19));
    /// ```
    pub fn is_good(&self, value: f64) -> bool {
        match self.op {
            Op::Lt => value < self.value,
            Op::Lte => value <= self.value,
            Op::Gt => value > self.value,
            Op::Gte => value >= self.value,
        }
    }

    /// The value with one zero only.
    fn normal(&self) -> f64 {
        self.value + 0.0
    }
}

impl PartialEq for Threshold {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Threshold {}
impl PartialOrd for Threshold {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Threshold {
    fn cmp(&self, other: &Self) -> Ordering {
        self.op
            .cmp(&other.op)
            .then_with(|| self.normal().total_cmp(&other.normal()))
    }
}
impl Hash for Threshold {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.op.hash(state);
        self.normal().to_bits().hash(state);
    }
}
