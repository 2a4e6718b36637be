//! Why something could not be read.

use tomoni_sources::prometheus::SourceError;

use crate::servers::Unserved;

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nobody can be asked.
    #[error(transparent)]
    Unserved(#[from] Unserved),
    /// The server did not give it.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Our own reading ended in a panic.
    #[error("reading it failed by a defect of Tomoni: please report it, with the log")]
    Defect,
}
