//! For tests of what stands on the store: any call can be made to fail as if the process had been
//! killed before or after its commit.

use std::sync::Arc;

/// Where in a call that writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// Everything is written, nothing is committed: none of it will be there.
    BeforeCommit,
    /// All of it is there, but the caller never hears of it.
    AfterCommit,
}

/// Asked at each point of each call that writes, by the call's name (`keep`, `append`, …): whether
/// the process ends there. The call then fails with [`StoreError::Killed`](crate::StoreError);
/// the store is to be opened anew, as after a real end.
pub type Hook = Arc<dyn Fn(&'static str, Point) -> bool + Send + Sync>;
