//! Counting.

/// One sample of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sample {
    /// When it was taken, in milliseconds since the Unix epoch.
    pub(super) at_ms: i64,
    /// What it says.
    pub(super) value: f64,
}
