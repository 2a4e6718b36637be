//! What is measured: the queries whose answers are counted.

/// A query and where it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Query {
    /// The name of the data source that answers it; `None` is the configured server.
    pub source: Option<String>,
    /// The query, in PromQL. Placeholders may stand for a range.
    pub promql: String,
}

impl Query {
    /// A query to the configured server.
    pub fn new(promql: impl Into<String>) -> Self {
        Self {
            source: None,
            promql: promql.into(),
        }
    }
}

/// Which part of all events a ratio's other query counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// Events that met the condition.
    Good,
    /// Events that did not.
    Bad,
}

/// Whose value a threshold judges where a query finds several series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Several {
    /// Nobody's: the minute is unknown.
    #[default]
    Ambiguous,
    /// That of each: a minute is as many events as there are series.
    Each,
}

/// A service level indicator: OpenSLO's three kinds, and counts that are pushed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Indicator {
    /// Events of which some are good (OpenSLO's `ratioMetric` with `total`).
    Ratio {
        /// Which events `part_query` counts.
        part: Part,
        /// Good or bad events.
        part_query: Query,
        /// All events.
        total: Query,
        /// Whether the queries are counters that only rise, apart from resets.
        counter: bool,
    },
    /// A ratio in `0..=1` that somebody has computed already (`ratioMetric` with `raw`).
    Raw {
        /// Whether the ratio is that of good events to all (`rawType: success`) or of bad ones.
        rates_success: bool,
        /// The ratio.
        query: Query,
    },
    /// A value that an objective's threshold judges (`thresholdMetric`).
    Threshold {
        /// The value.
        query: Query,
        /// Whose value is judged where the query finds several series.
        several: Several,
    },
    /// Events that somebody counts elsewhere and pushes in batches (`type: tomoni.dev/push`).
    /// Nobody is asked for them.
    Pushed {
        /// The name under which they are pushed.
        sli: String,
    },
}

impl Indicator {
    /// All of its queries; of a ratio, the part's comes first. None where counts are pushed.
    pub fn queries(&self) -> Vec<&Query> {
        match self {
            Self::Ratio {
                part_query, total, ..
            } => vec![part_query, total],
            Self::Raw { query, .. } | Self::Threshold { query, .. } => vec![query],
            Self::Pushed { .. } => Vec::new(),
        }
    }

    /// The name under which its counts are pushed; `None` where they are read from a source.
    pub fn pushed(&self) -> Option<&str> {
        match self {
            Self::Pushed { sli } => Some(sli),
            Self::Ratio { .. } | Self::Raw { .. } | Self::Threshold { .. } => None,
        }
    }
}
