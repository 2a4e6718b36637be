//! A series' identity.

use std::fmt;

/// A series' labels with its name among them (`__name__`), sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Labels(Vec<(Box<str>, Box<str>)>);

impl Labels {
    pub(super) fn new(mut pairs: Vec<(Box<str>, Box<str>)>) -> Self {
        pairs.sort_unstable();
        Self(pairs)
    }

    /// The label's value; empty when the series has none.
    pub(super) fn get(&self, label: &str) -> &str {
        let at = self
            .0
            .binary_search_by(|(name, _)| name.as_ref().cmp(label));
        at.ok()
            .and_then(|i| self.0.get(i))
            .map_or("", |(_, value)| value)
    }
}

impl fmt::Display for Labels {
    /// As Prometheus writes a series.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.get("__name__"))?;
        let pairs: Vec<String> = self
            .0
            .iter()
            .filter(|(name, _)| name.as_ref() != "__name__")
            .map(|(name, value)| format!("{name}={value:?}"))
            .collect();
        write!(f, "{{{}}}", pairs.join(", "))
    }
}
