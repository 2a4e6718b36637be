//! What keeps a use case from answering at all. What merely makes an answer incomplete is part of
//! the answer.

use tomoni_ledger::NotLoaded;
use tomoni_store::StoreError;

use crate::failure::Failure;

/// Why a use case could not answer.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The data directory could not be opened, read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The data folder was filled from another server.
    #[error(
        "what is kept in --data was counted from {kept}, not from {given}, and counts of two \
         servers must not mix: give another --data folder; or, if it is the same server at a new \
         address, add --prometheus-moved once"
    )]
    OtherServer {
        /// The server it was filled from.
        kept: String,
        /// The server that was given.
        given: String,
    },
    /// Nothing could be read, and nothing is known from before.
    #[error("{0}")]
    Unread(Failure),
    /// Nobody was to be asked, and nothing is known from before.
    #[error(
        "nothing is kept of these objectives at or before {at}: run once without --offline, so \
         that their history is fetched"
    )]
    NothingKept {
        /// The instant that was asked for.
        at: String,
    },
    /// A defect: figures were asked of minutes that nobody loaded.
    #[error("{0}, which is a defect of Tomoni: please report it")]
    NotLoaded(#[from] NotLoaded),
    /// No document among those given defines an SLO.
    #[error(
        "no SLO found in {paths}: give a folder with OpenSLO documents (`kind: SLO`), or run \
         `tomoni validate {paths}` to see what was read"
    )]
    NoSlo {
        /// The paths that were read.
        paths: String,
    },
    /// Nothing has this name, or belongs to whom was asked for.
    #[error("no {kind} is called `{name}`{}{known}", question(near.as_deref()))]
    Unknown {
        /// What was looked for: `SLO`, `team`, `service`.
        kind: &'static str,
        /// Its name.
        name: String,
        /// A name that is nearly the same, where there is one.
        near: Option<String>,
        /// What there is, as a sentence; may be empty.
        known: String,
    },
    /// There are such teams and services, but no SLO belongs to both.
    #[error("no SLO of team `{team}` belongs to the service `{service}`")]
    NoneOfBoth {
        /// The team.
        team: String,
        /// The service.
        service: String,
    },
    /// The server is shutting down.
    #[error("the server is shutting down and takes no more commands: try again when it is back")]
    LoopEnded,
    /// An SLO has no objective with this number.
    #[error("{slo} has no objective {number}: there are {count}, counted from 1")]
    NoObjective {
        /// The SLO.
        slo: String,
        /// What was asked for.
        number: usize,
        /// How many there are.
        count: usize,
    },
}

/// A name that may have been meant, as a question.
fn question(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!(": is it `{near}`?"))
}
