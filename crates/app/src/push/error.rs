//! Why counts are not taken.

use tomoni_ledger::Minute;
use tomoni_store::StoreError;

use super::{AHEAD_MINUTES_MAX, BATCHES_MAX, BODY_BYTES_MAX, COUNTS_MAX, OPEN_MINUTES};
use crate::instant;

/// Why counts are not taken. Nothing of the batch was counted then.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The body is longer than is read.
    #[error("the body has {bytes} bytes; at most {BODY_BYTES_MAX} are read: push in several parts")]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// There are more batches than are taken at once.
    #[error("the body has more than {BATCHES_MAX} batches: push in several parts")]
    TooManyBatches,
    /// A batch has more counts than are taken at once.
    #[error(
        "the batch `{id}` has {count} counts; at most {COUNTS_MAX} are taken: push in several \
         batches, each with an id of its own"
    )]
    TooManyCounts {
        /// The batch.
        id: String,
        /// How many it has.
        count: usize,
    },
    /// There is no batch.
    #[error("the body holds no batch: write {{\"id\": …, \"counts\": […]}}")]
    Empty,
    /// A batch has no counts.
    #[error("the batch `{id}` has no counts")]
    NoCounts {
        /// The batch.
        id: String,
    },
    /// The body cannot be read: it is no text, no JSON, or no table.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what to write.
        message: String,
    },
    /// The body can be read, but something in it is missing or means nothing.
    #[error("line {line}: {message}")]
    Value {
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what to write.
        message: String,
    },
    /// A batch's id cannot be kept.
    #[error("the batch's id {why}: give one to each batch, and the same when it is sent again")]
    Id {
        /// What is wrong with it.
        why: String,
    },
    /// A minute's counts cannot be.
    #[error("the batch `{id}`, minute {}: {why}", instant::of_minute(*minute))]
    Count {
        /// The batch.
        id: String,
        /// The minute.
        minute: Minute,
        /// What is wrong.
        why: String,
    },
    /// A minute is closed.
    #[error(
        "the batch `{id}`: the minute {} is closed, {OPEN_MINUTES} minutes after its end, and \
         cannot change any more; nothing of the batch was counted",
        instant::of_minute(*minute)
    )]
    Closed {
        /// The batch.
        id: String,
        /// The minute.
        minute: Minute,
    },
    /// A minute has not begun.
    #[error(
        "the batch `{id}`: the minute {} lies in the future: it is {} here, and clocks may differ \
         by {AHEAD_MINUTES_MAX} minute; nothing of the batch was counted",
        instant::of_minute(*minute),
        instant::rfc3339(*now_ms)
    )]
    Ahead {
        /// The batch.
        id: String,
        /// The minute.
        minute: Minute,
        /// The present, in milliseconds since the epoch.
        now_ms: i64,
    },
    /// No SLO counts what is pushed under this name.
    #[error(
        "no SLO counts what is pushed as `{sli}`{guess}: an SLI takes it with `type: \
         tomoni.dev/push` and `spec: {{sli: {sli}}}`"
    )]
    Unknown {
        /// The name.
        sli: String,
        /// A name that is nearly the same, as a question; may be empty.
        guess: String,
    },
    /// The id was used for other counts.
    #[error(
        "the id `{id}` was used for other counts of `{sli}`: a batch that is sent again must be the \
         same, and another one needs another id"
    )]
    Conflict {
        /// The id.
        id: String,
        /// The name under which counts are pushed.
        sli: String,
    },
    /// It is known that the database takes no writes; what it said.
    #[error("{0}")]
    Away(String),
    /// The counts could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PushError {
    /// A stable code, such as `push/closed`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::TooManyBatches | Self::TooManyCounts { .. } => {
                "push/too-large"
            }
            Self::Empty | Self::NoCounts { .. } => "push/empty",
            Self::Syntax { .. } => "push/syntax",
            Self::Value { .. } => "push/value",
            Self::Id { .. } => "push/id",
            Self::Count { .. } => "push/count",
            Self::Closed { .. } => "push/closed",
            Self::Ahead { .. } => "push/future",
            Self::Unknown { .. } => "push/unknown-sli",
            Self::Conflict { .. } => "push/conflict",
            Self::Away(_) | Self::Store(_) => "push/store",
        }
    }
}
