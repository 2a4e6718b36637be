//! What is worth telling about a read beside its facts.

use tomoni_ledger::Minute;

/// Something that was seen while reading, beside the facts.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// Minutes were evaluated and spread, not counted.
    Approximate {
        /// Why.
        reason: ApproximateReason,
    },
    /// Series of the total began, ended or started again.
    ///
    /// What a process counted after its last scrape is lost when it dies: at most the events of one
    /// scrape interval for each of `deaths` and `resets`.
    Series {
        /// Series that began.
        births: u64,
        /// Series that ended.
        deaths: u64,
        /// Counters that dropped and counted anew.
        resets: u64,
        /// The usual time between two samples of a series, in milliseconds.
        interval_ms: Option<i64>,
    },
    /// A series began at a value too large to be traffic, by itself or together with all that began
    /// in the same scrape (more than a hundred times the total's events of the hour before): it was
    /// taken as a relabelling and not counted.
    RefusedBirth {
        /// The series.
        series: String,
        /// The minute of its first sample.
        minute: Minute,
        /// The value that was not counted.
        value: f64,
        /// The total's events in the hour before it.
        hour_before: f64,
    },
    /// Bad came out above total, or good above total: the queries contradict each other.
    Clamped {
        /// In so many minutes.
        minutes: u64,
    },
    /// Samples were NaN, infinite, negative, or beyond what can be counted; their minutes are
    /// unknown.
    Invalid {
        /// In so many minutes.
        minutes: u64,
    },
    /// No series matched in the time that was read, although events were counted or would have
    /// been: the total or a gauge found nothing, or good events found nothing while there was
    /// traffic. (That nothing is bad is usual.) Of several reads, only all of them together tell that
    /// a query never finds anything.
    NothingFound {
        /// The query that found nothing, as far as it could be looked through.
        query: String,
    },
    /// A gauge, or a ready-made ratio, has more than one series, so that its value is not known:
    /// the query should aggregate (`max`, `min`, `avg`, `sum`) or match one series.
    Ambiguous {
        /// In so many minutes.
        minutes: u64,
        /// The query.
        query: String,
    },
    /// The server sent samples from outside the time that was asked for; they were left out.
    Outside {
        /// So many.
        samples: u64,
    },
    /// The server warned.
    Warning {
        /// Its words.
        text: String,
    },
    /// The server said that its answer may be incomplete.
    Partial,
}

/// Why minutes are approximate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApproximateReason {
    /// The query is no sum of counters that could be looked through.
    Expression,
    /// The indicator is a ready-made ratio, which tells nothing of how many events it is made of: a
    /// minute counts as sixty.
    ReadyMadeRatio,
    /// The value is evaluated by the server at the end of each minute.
    EvaluatedGauge,
    /// There are too many raw samples to read them all.
    TooManySamples {
        /// So many a minute.
        per_minute: u64,
        /// The limit.
        limit: u64,
    },
}
