//! What is done once in a while to what is kept: batch ids and old days are dropped.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tomoni_app::live::Handle;
use tomoni_ledger::{Day, Minute};
use tomoni_slo::required_span;
use tomoni_spec::Catalog;
use tomoni_store::{Store, StoreError};

use crate::args::Retention;
use crate::clock;

/// How often.
const EVERY: Duration = Duration::from_secs(3_600);

/// Looks after the store until the future is dropped.
pub(super) async fn run(store: Store, retention: Retention, handle: Handle) {
    let mut hours = interval(EVERY);
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hours.tick().await;
        let now_ms = clock::now_ms();
        let needed = needed_since(&handle.world().catalog, now_ms);
        if let Err(error) = once(&store, retention, needed, now_ms).await {
            tracing::warn!(%error, "what is old could not be dropped; it is tried again in an hour");
        }
    }
}

/// The first day that figures in force are made of.
fn needed_since(catalog: &Catalog, now_ms: i64) -> Day {
    let now = Minute::ended_by_ms(now_ms);
    let promises = catalog.slos.iter().flat_map(|slo| &slo.value.promises);
    let first = promises.map(|promise| required_span(&promise.objective, now).after);
    // Figures end at a watermark that may be a day behind.
    Day::from_index(first.min().unwrap_or(now).day().index() - 1)
}

/// Drops what is older than was said, and never what figures need.
async fn once(
    store: &Store,
    retention: Retention,
    needed: Day,
    now_ms: i64,
) -> Result<(), StoreError> {
    store.prune(now_ms).await?;
    let Retention::Days(days) = retention else {
        return Ok(());
    };
    let today = Minute::ended_by_ms(now_ms).day();
    let since = Day::from_index(today.index() - i64::from(days)).min(needed);
    let mut dropped = 0;
    loop {
        let retained = store.retain(since).await?;
        dropped += retained.days;
        if !retained.is_more {
            break;
        }
    }
    if dropped > 0 {
        tracing::info!(days = dropped, "old days of ledgers were dropped");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tomoni_engine::Keep;
    use tomoni_ledger::{DAY_MINUTES, Events, Fact, Span, SpanSet};
    use tomoni_slo::{Generation, LedgerKey};

    use super::*;

    /// 2026-11-22T09:00:00Z.
    const NOW_MS: i64 = 1_795_338_000_000;

    #[tokio::test]
    async fn days_are_dropped_only_when_they_are_older_than_was_said() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let key = LedgerKey {
            generation: Generation::from_bits(1),
            threshold: None,
        };
        let now = Minute::ended_by_ms(NOW_MS);
        let span = Span::ending_at(now, 5 * DAY_MINUTES);
        let quiet = Fact::counted(Events::ZERO, Events::ZERO);
        let keep = Keep {
            key: key.clone(),
            facts: span.minutes().map(|minute| (minute, quiet)).collect(),
            settled: SpanSet::from_iter([span]),
            closed: SpanSet::from_iter([span]),
        };
        store.keep(&[keep]).await.unwrap();
        let mut days = Vec::new();
        let today = now.day();
        let three_ago = Day::from_index(today.index() - 3);
        for (retention, needed) in [
            (Retention::ForEver, today),
            (Retention::Days(30), today),
            (Retention::Days(2), three_ago),
            (Retention::Days(2), today),
        ] {
            once(&store, retention, needed, NOW_MS).await.unwrap();
            let known = store.known(std::slice::from_ref(&key)).await.unwrap();
            days.push(known[0].totals.len());
        }
        store.close().await;
        assert_eq!(days, [6, 6, 4, 3]);
    }
}
