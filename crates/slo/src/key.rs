//! Which ledger: the name under which minutes are kept.

use std::fmt;
use std::str::FromStr;

use crate::threshold::{Op, Threshold};

/// What an SLI counts, and from where: a 128-bit hash of the normalised indicator and its source.
///
/// Comments, order and names do not count, so a document can be tidied without losing its history;
/// anything that changes what is counted makes a new generation (semantics.md, "Revisions").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generation(u128);

impl Generation {
    /// From the hash's bits.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The hash's bits.
    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Generation({self})")
    }
}

/// Which ledger: one for each generation, and of a gauge one for each threshold.
///
/// Its text, such as `0f…3a` or `0f…3a:gte:0.2`, is stable: it names the ledger in storage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerKey {
    /// What is counted.
    pub generation: Generation,
    /// What makes a gauge's value good; `None` for events.
    pub threshold: Option<Threshold>,
}

/// A text is not a ledger's key, or not as keys are written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a ledger's key: 32 hex digits, and for a gauge `:op:value`")]
pub struct NotAKey(pub String);

impl fmt::Display for LedgerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.generation)?;
        match self.threshold {
            Some(Threshold { op, value }) => write!(f, ":{op}:{:?}", value + 0.0),
            None => Ok(()),
        }
    }
}

impl FromStr for Generation {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let error = || NotAKey(text.to_owned());
        let is_hex = text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if text.len() != 32 || !is_hex {
            return Err(error());
        }
        u128::from_str_radix(text, 16)
            .map(Self)
            .map_err(|_| error())
    }
}

impl FromStr for LedgerKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let error = || NotAKey(text.to_owned());
        let mut parts = text.splitn(3, ':');
        let generation = parts
            .next()
            .unwrap_or_default()
            .parse()
            .map_err(|_| error())?;
        let threshold = match (parts.next(), parts.next()) {
            (None, _) => None,
            (Some(op), Some(value)) => {
                let op: Op = op.parse().map_err(|_| error())?;
                let value: f64 = value.parse().map_err(|_| error())?;
                Some(Threshold { op, value })
            }
            (Some(_), None) => return Err(error()),
        };
        let key = Self {
            generation,
            threshold,
        };
        // One ledger has one name: no other spelling of the number, and no NaN, is a key.
        if key.to_string() == text && threshold.is_none_or(|threshold| threshold.value.is_finite())
        {
            Ok(key)
        } else {
            Err(error())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_survive_their_text() {
        let generation = Generation::from_bits(0x3031_3233_3435_3637_3839_6162_6364_6566);
        let keys = [
            (None, "30313233343536373839616263646566"),
            (
                Some((Op::Gte, 0.2)),
                "30313233343536373839616263646566:gte:0.2",
            ),
            (
                Some((Op::Lt, -0.0)),
                "30313233343536373839616263646566:lt:0.0",
            ),
            (
                Some((Op::Gt, 1e300)),
                "30313233343536373839616263646566:gt:1e300",
            ),
        ];
        for (threshold, text) in keys {
            let threshold = threshold.map(|(op, value)| Threshold { op, value });
            let key = LedgerKey {
                generation,
                threshold,
            };
            assert_eq!(key.to_string(), text);
            assert_eq!(text.parse(), Ok(key));
        }
    }

    #[test]
    fn other_texts_are_no_keys() {
        for text in [
            "",
            "30",
            "30313233343536373839616263646566:",
            "30313233343536373839616263646566:eq:1",
            "30313233343536373839616263646566:lt:x",
            "30313233343536373839616263646566:lt:-0.0",
            "30313233343536373839616263646566:lt:+1.0",
            "30313233343536373839616263646566:lt:1",
            "30313233343536373839616263646566:lt:NaN",
            "30313233343536373839616263646566:lt:inf",
            "30313233343536373839616263646566:lt:1.0:",
            "3031323334353637383961626364656G",
        ] {
            assert_eq!(text.parse::<LedgerKey>(), Err(NotAKey(text.to_owned())));
        }
    }
}
