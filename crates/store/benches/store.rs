//! What the store takes for a start (known, then the days at the windows' edges) and for a tick,
//! at 100 and 1 000 ledgers with 28 and 90 days.

#![expect(clippy::expect_used, reason = "a bench stops at what cannot be")]

use std::hint::black_box;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tomoni_engine::Keep;
use tomoni_ledger::{Day, Events, Fact, Minute, Span, SpanSet};
use tomoni_slo::{Generation, LedgerKey};
use tomoni_store::{Store, StoreError};

const TODAY: Day = Day::from_index(20_600);
/// Where the history ends within today.
const NOW: i64 = 700;

fn key(n: u128) -> LedgerKey {
    LedgerKey {
        generation: Generation::from_bits(n << 64 | n),
        threshold: None,
    }
}

/// Some four hundred events a minute, a few of them bad.
fn fact(n: u128, minute: Minute) -> Fact {
    let bits = (n as u64 + 1).wrapping_mul(minute.index() as u64 ^ 0x9e37_79b9_7f4a_7c15);
    let bits = bits.wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16;
    let bad = i64::from(bits.is_multiple_of(9));
    Fact::counted(
        Events::whole(bad),
        Events::whole(380 + (bits >> 8) as i64 % 80),
    )
}

fn keeps(ledgers: u128, span: Span) -> Vec<Keep> {
    (0..ledgers)
        .map(|n| Keep {
            key: key(n),
            facts: span.minutes().map(|m| (m, fact(n, m))).collect(),
            settled: SpanSet::from_iter([span]),
            closed: SpanSet::from_iter([span]),
        })
        .collect()
}

/// So many days of history, newest first in pieces of five days, and ten ticks.
async fn fill(store: &Store, ledgers: u128, days: i64) -> Result<(), StoreError> {
    let first = Day::from_index(TODAY.index() - days + 1).span().after;
    let now = TODAY.span().after + NOW;
    let mut until = now;
    while until > first {
        let after = first.max(Day::from_index(until.day().index() - 4).span().after);
        store.keep(&keeps(ledgers, Span::new(after, until))).await?;
        until = after;
    }
    for tick in 1..=10 {
        store
            .keep(&keeps(ledgers, Span::ending_at(now + tick, 1)))
            .await?;
    }
    Ok(())
}

fn store_of(runtime: &Runtime, ledgers: u128, days: i64) -> (TempDir, Store) {
    let folder = TempDir::new().expect("a folder");
    let store = runtime.block_on(async {
        let store = Store::open(folder.path()).await?;
        fill(&store, ledgers, days).await?;
        Ok::<Store, StoreError>(store)
    });
    (folder, store.expect("a store"))
}

fn reading(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    for (ledgers, days) in [(100, 28), (100, 90), (1_000, 28)] {
        let (_folder, store) = store_of(&runtime, ledgers, days);
        let keys: Vec<LedgerKey> = (0..ledgers).map(key).collect();
        let of = format!("{ledgers}x{days}d");
        c.bench_function(&format!("known/{of}"), |b| {
            b.iter(|| runtime.block_on(store.known(black_box(&keys))));
        });
        // The far edge of a window, and today.
        let edges = [Day::from_index(TODAY.index() - days + 2), TODAY];
        let wanted: Vec<(LedgerKey, Vec<Day>)> = keys
            .iter()
            .map(|key| (key.clone(), edges.to_vec()))
            .collect();
        c.bench_function(&format!("edge_days/{of}"), |b| {
            b.iter(|| runtime.block_on(store.days(black_box(&wanted))));
        });
    }
}

fn keeping(c: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    for ledgers in [100, 1_000] {
        let (_folder, store) = store_of(&runtime, ledgers, 3);
        let minute = AtomicI64::new(NOW + 11);
        // Ticks that now and then fold the tail, as they do.
        c.bench_function(&format!("tick/{ledgers}"), |b| {
            b.iter_batched(
                || {
                    let at = TODAY.span().after + minute.fetch_add(1, Ordering::Relaxed);
                    keeps(ledgers, Span::ending_at(at, 1))
                },
                |keeps| runtime.block_on(store.keep(&keeps)),
                BatchSize::SmallInput,
            );
        });
    }
    let mut group = c.benchmark_group("fold");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(5));
    for ledgers in [100, 1_000] {
        let (_folder, store) = store_of(&runtime, ledgers, 3);
        let minute = AtomicI64::new(0);
        let tick = || {
            let at = NOW + 11 + minute.fetch_add(1, Ordering::Relaxed) % 700;
            keeps(ledgers, Span::ending_at(TODAY.span().after + at, 1))
        };
        // History empties the tail; then comes the tick for which it has no room.
        let history = keeps(1, Span::ending_at(TODAY.span().after, 300));
        let room = (65_536 / ledgers).min(256);
        let full = async || {
            store.keep(&history).await?;
            for _ in 0..room {
                store.keep(&tick()).await?;
            }
            Ok::<Vec<Keep>, StoreError>(tick())
        };
        group.bench_function(BenchmarkId::new("of_a_full_tail", ledgers), |b| {
            b.iter_batched(
                || runtime.block_on(full()).expect("a full tail"),
                |keeps| runtime.block_on(store.keep(&keeps)),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
    let mut group = c.benchmark_group("history");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(5));
    for ledgers in [100, 1_000] {
        let (_folder, store) = store_of(&runtime, ledgers, 1);
        let span = Span::new(
            Day::from_index(TODAY.index() - 9).span().after,
            Day::from_index(TODAY.index() - 5).last(),
        );
        let keeps = keeps(ledgers, span);
        group.bench_function(BenchmarkId::new("5_days", ledgers), |b| {
            b.iter(|| runtime.block_on(store.keep(black_box(&keeps))));
        });
    }
    group.finish();
}

criterion_group!(benches, reading, keeping);
criterion_main!(benches);
