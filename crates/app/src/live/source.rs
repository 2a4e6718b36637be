//! How a source is doing, and when it is tried again.

use tomoni_sources::prometheus::SourceError;

use super::wait_ms;

/// How a source is doing.
#[derive(Debug, Default)]
pub(super) struct SourceState {
    /// Since when it cannot be used, and what it says; until it has answered, also while it is
    /// asked again.
    pub(super) outage: Option<(i64, String)>,
    failed: u32,
    pub(super) retry_ms: Option<i64>,
    pub(super) reads: u64,
    pub(super) failures: u64,
    pub(super) answered_ms: Option<i64>,
}

impl SourceState {
    /// Notes that it has answered; tells when that ends an outage.
    pub(super) fn answered(&mut self, now_ms: i64, name: impl FnOnce() -> String) {
        self.reads += 1;
        self.answered_ms = Some(now_ms);
        self.failed = 0;
        self.retry_ms = None;
        if let Some((since_ms, _)) = self.outage.take() {
            let seconds = (now_ms - since_ms) / 1_000;
            tracing::info!(source = name(), seconds, "the source answers again");
        }
    }

    /// Notes that it cannot be used at all; tells when that is new.
    pub(super) fn is_away(
        &mut self,
        now_ms: i64,
        name: impl FnOnce() -> String,
        error: &SourceError,
    ) {
        let known = self.outage.as_ref().map(|(since_ms, _)| *since_ms);
        if known.is_none() {
            tracing::warn!(
                source = name(),
                %error,
                "the source cannot be read; its minutes are fetched when it answers again"
            );
        }
        self.outage = Some((known.unwrap_or(now_ms), error.to_string()));
    }

    /// Plans the next try.
    pub(super) fn try_later(&mut self, now_ms: i64) {
        self.retry_ms = Some(now_ms + wait_ms(self.failed));
        self.failed += 1;
    }
}
