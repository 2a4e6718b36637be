//! Folders that are watched: looked at again and again, which also works where the system tells of
//! no changes (network folders, a cluster's mounted volumes).

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tomoni_spec::Finding;

use super::{Found, InForce, Register, RegisterError};
use crate::beside::beside;
use crate::documents::{self, Stamp};

/// How often a folder is looked at, in milliseconds.
pub const POLL_MS: u64 = 2_000;
/// After so many looks at files that change all the while they are taken as they are.
const RESTLESS_MAX: u32 = 15;
/// After so many quiet looks files are read all the same: a file can change within the same instant
/// and to the same length.
const QUIET_MAX: u32 = 30;

/// What a folder looked like.
type Look = (Vec<(Arc<str>, Stamp)>, Vec<Finding>);

/// Folders and files that are watched.
#[derive(Debug)]
pub struct Watch {
    paths: Vec<PathBuf>,
    /// What was taken last looked like.
    taken: Option<Look>,
    /// What the files said then.
    said: Option<Found>,
    /// The look before this one.
    seen: Option<Look>,
    restless: u32,
    quiet: u32,
}

impl Watch {
    /// Watches these paths; nothing is looked at yet.
    pub const fn new(paths: Vec<PathBuf>) -> Self {
        Self {
            paths,
            taken: None,
            said: None,
            seen: None,
            restless: 0,
            quiet: 0,
        }
    }

    /// Looks again. What the files say, when they say something else and are at rest: a file that is
    /// being written is left alone until two looks at all files are alike. The first look is taken as
    /// it is.
    pub fn look(&mut self) -> Option<Found> {
        let look = documents::stamps(&self.paths);
        let is_first = self.taken.is_none();
        if self.taken.as_ref() == Some(&look) {
            self.quiet += 1;
            self.restless = 0;
            self.seen = Some(look);
            if self.quiet < QUIET_MAX {
                return None;
            }
            return self.take();
        }
        let is_at_rest = self.seen.as_ref() == Some(&look);
        self.seen = Some(look);
        self.restless += 1;
        if is_first || is_at_rest || self.restless >= RESTLESS_MAX {
            return self.take();
        }
        None
    }

    /// Looks beside the runtime's threads: network folders can be slow.
    pub async fn look_beside(mut self) -> (Self, Option<Found>) {
        beside(move || {
            let found = self.look();
            (self, found)
        })
        .await
    }

    fn take(&mut self) -> Option<Found> {
        let found = Found::read(&self.paths);
        let after = documents::stamps(&self.paths);
        // What changed while it was read may be half of it.
        let is_torn = self.seen.as_ref() != Some(&after);
        if is_torn && self.restless < RESTLESS_MAX {
            self.seen = Some(after);
            self.restless += 1;
            return None;
        }
        self.taken = Some(after);
        self.restless = 0;
        self.quiet = 0;
        if self.said.as_ref() == Some(&found) {
            return None;
        }
        self.said = Some(found.clone());
        Some(found)
    }
}

/// Follows watched folders for ever: what they say is taken whenever it has changed, and what is in
/// force then is told. Where the journal cannot be written that is told, and tried again at the next
/// look. Ends when the future is dropped. `every` is [`POLL_MS`], but for tests.
pub async fn follow<F, T>(
    register: Register,
    mut watch: Watch,
    every: Duration,
    now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
    mut told: F,
) where
    F: FnMut(Result<InForce, RegisterError>) -> T,
    T: Future<Output = ()>,
{
    let mut looks = tokio::time::interval(every);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut waiting = None;
    loop {
        looks.tick().await;
        let found;
        (watch, found) = watch.look_beside().await;
        waiting = found.or(waiting);
        if let Some(found) = waiting.take() {
            let taken = register.reconcile(found.clone(), now_ms()).await;
            if taken.is_err() {
                waiting = Some(found);
            }
            told(taken).await;
        }
    }
}
