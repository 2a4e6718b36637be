//! What is done once in a while to what is kept: batch ids and old days are dropped.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tomoni_app::live::Handle;
use tomoni_ledger::{Day, Minute};
use tomoni_slo::{LedgerKey, required_span};
use tomoni_spec::Catalog;
use tomoni_store::{Store, StoreError};

use crate::args::Retention;
use crate::clock;

/// How often, and how long after the start for the first time: a server that is started over and
/// over makes nothing old by that.
const EVERY: Duration = Duration::from_secs(3_600);

/// Looks after the store until the future is dropped.
pub(super) async fn run(store: Store, retention: Retention, handle: Handle) {
    let mut hours = interval_at(Instant::now() + EVERY, EVERY);
    hours.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = 0;
    loop {
        hours.tick().await;
        let (world, now_ms) = (handle.world(), clock::now_ms());
        match once(&store, retention, &world.catalog, now_ms).await {
            Ok(at_ms) => {
                handle.note_upkeep(at_ms);
                told = tell_lag(days_behind(at_ms, now_ms), told);
            }
            Err(error) => tracing::warn!(
                %error,
                "what is old could not be dropped; it is tried again in an hour"
            ),
        }
    }
}

/// How many whole days the instant of upkeep is behind the clock.
const fn days_behind(at_ms: i64, now_ms: i64) -> i64 {
    now_ms.saturating_sub(at_ms) / (24 * 3_600_000)
}

/// Says how far behind it is, where that is not what was told last; gives what is told now.
fn tell_lag(days: i64, told: i64) -> i64 {
    if days != told && days > 0 {
        tracing::warn!(
            days,
            "old days are dropped that much later: after a pause, or a jump of the clock, it catches up \
             by half an hour for each hour that this process runs"
        );
    }
    days
}

/// The first day that figures in force are made of.
fn needed_since(catalog: &Catalog, at_ms: i64) -> Day {
    let now = Minute::ended_by_ms(at_ms);
    let promises = catalog.slos.iter().flat_map(|slo| &slo.value.promises);
    let first = promises.map(|promise| required_span(&promise.objective, now).after);
    // Figures end at a watermark that may be a day behind.
    Day::from_index(first.min().unwrap_or(now).day().index() - 1)
}

/// Drops what is older than was said, and never what figures need. Gives the instant by which it was
/// told what is old.
async fn once(
    store: &Store,
    retention: Retention,
    catalog: &Catalog,
    now_ms: i64,
) -> Result<i64, StoreError> {
    // One jump of the clock must not make old what cannot be had back.
    let at_ms = store.upkeep_at(now_ms).await?;
    store.prune(at_ms).await?;
    let Retention::Days(days) = retention else {
        return Ok(at_ms);
    };
    let today = Minute::ended_by_ms(at_ms).day();
    let needed = needed_since(catalog, at_ms);
    let since = Day::from_index(today.index() - i64::from(days)).min(needed);
    let promises = catalog.slos.iter().flat_map(|slo| &slo.value.promises);
    let wanted: HashSet<LedgerKey> = promises.map(|promise| promise.key.clone()).collect();
    let mut days = 0;
    let ledgers = loop {
        let retained = store.retain(since, &wanted).await?;
        days += retained.days;
        if !retained.is_more {
            break retained.ledgers;
        }
    };
    if days + ledgers > 0 {
        tracing::info!(days, ledgers, "what is old was dropped of ledgers");
    }
    Ok(at_ms)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use tomoni_engine::Keep;
    use tomoni_ledger::{DAY_MINUTES, Events, Fact, Span, SpanSet};
    use tomoni_slo::{Generation, LedgerKey};
    use tomoni_spec::{SourceFile, read};
    use tomoni_store::{Batch, Pushed};

    use super::*;

    /// 2026-11-22T09:00:00Z.
    const NOW_MS: i64 = 1_795_338_000_000;
    const DAY_MS: i64 = 24 * 3_600_000;
    /// An SLO whose figures are made of two days.
    const SLO: &str = r#"apiVersion: openslo/v1
kind: SLO
metadata: {name: answers}
spec:
  service: api
  indicator:
    metadata: {name: answers}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'sum(x_total{code="500"})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(x_total)'}}}
  timeWindow: [{duration: 2d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.99}]
---
apiVersion: openslo/v1
kind: Service
metadata: {name: api}
spec: {}
"#;

    fn key() -> LedgerKey {
        LedgerKey {
            generation: Generation::from_bits(1),
            threshold: None,
        }
    }

    /// A store with five days of minutes, which lie in six.
    async fn five_days() -> (TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let span = Span::ending_at(Minute::ended_by_ms(NOW_MS), 5 * DAY_MINUTES);
        let quiet = Fact::counted(Events::ZERO, Events::ZERO);
        let keep = Keep {
            key: key(),
            facts: span.minutes().map(|minute| (minute, quiet)).collect(),
            settled: SpanSet::from_iter([span]),
            closed: SpanSet::from_iter([span]),
        };
        store.keep(&[keep]).await.unwrap();
        (folder, store)
    }

    async fn days(store: &Store) -> usize {
        store.known(&[key()]).await.unwrap()[0].totals.len()
    }

    fn catalog() -> Catalog {
        let file = SourceFile {
            name: "slo.yaml".into(),
            bytes: SLO.as_bytes().to_vec(),
        };
        let catalog = read(&[file]);
        assert_eq!(catalog.slos.len(), 1, "{:?}", catalog.findings);
        catalog
    }

    #[tokio::test]
    async fn days_are_dropped_only_when_they_are_older_than_was_said() {
        let (_folder, store) = five_days().await;
        let (none, needing) = (Catalog::default(), catalog());
        let mut left = Vec::new();
        for (retention, catalog) in [
            (Retention::ForEver, &none),
            (Retention::Days(30), &none),
            (Retention::Days(1), &needing),
            (Retention::Days(2), &none),
            (Retention::Days(1), &none),
        ] {
            once(&store, retention, catalog, NOW_MS).await.unwrap();
            left.push(days(&store).await);
        }
        store.close().await;
        assert_eq!(left, [6, 6, 4, 3, 2]);
    }

    /// A machine that runs for ten hours a day never catches up, and can tell.
    #[tokio::test]
    async fn how_far_it_is_behind_is_known() {
        let (_folder, store) = five_days().await;
        let mut behind = Vec::new();
        for day in 0..4 {
            for hour in 1..=10 {
                let now_ms = NOW_MS + day * DAY_MS + hour * 3_600_000;
                let (forever, none) = (Retention::ForEver, Catalog::default());
                let at_ms = once(&store, forever, &none, now_ms).await.unwrap();
                if hour == 10 {
                    behind.push((now_ms - at_ms) / 3_600_000);
                    assert_eq!(days_behind(at_ms, now_ms), behind.last().unwrap() / 24);
                }
            }
        }
        store.close().await;
        assert_eq!(behind, [0, 9, 18, 27]);
        assert_eq!((tell_lag(1, 0), tell_lag(0, 1)), (1, 0));
    }

    #[tokio::test]
    async fn a_clock_that_jumps_makes_nothing_old() {
        let (_folder, store) = five_days().await;
        let batch = Batch {
            key: key(),
            sli: "locks".to_owned(),
            id: "one".to_owned(),
            digest: vec![1],
            counts: Vec::new(),
            received_ms: NOW_MS,
        };
        let push = async || store.push(std::slice::from_ref(&batch)).await.unwrap().done;
        assert!(matches!(push().await[..], [Pushed::Counted { .. }]));
        let catalog = catalog();
        for now_ms in [
            NOW_MS,
            NOW_MS + 60 * DAY_MS,
            NOW_MS + 60 * DAY_MS + 3_600_000,
            NOW_MS - 60 * DAY_MS,
            NOW_MS + 3 * 3_600_000,
        ] {
            let retention = Retention::Days(6);
            once(&store, retention, &catalog, now_ms).await.unwrap();
            assert_eq!(days(&store).await, 6, "by the clock {now_ms}");
            assert_eq!(push().await, [Pushed::Already], "by the clock {now_ms}");
        }
        // What does get old is dropped, hour by hour.
        let (mut now_ms, mut hours) = (NOW_MS + 3 * 3_600_000, 0);
        while push().await == [Pushed::Already] {
            (now_ms, hours) = (now_ms + 3_600_000, hours + 1);
            once(&store, Retention::Days(1), &catalog, now_ms)
                .await
                .unwrap();
        }
        assert_eq!(hours, 70, "three days and an hour after it came");
        store.close().await;
    }
}
