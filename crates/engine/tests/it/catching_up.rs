//! After any disturbance the ledger equals that of a run that was never disturbed.

use proptest::prelude::*;
use tomoni_engine::{Engine, Input, Pace, chunks};
use tomoni_ledger::{Fact, Minute, Span, SpanSet};

use crate::support::{Disk, all, key, minute, run, span, truth, want};

/// Minutes that are wanted: of three days, so that it takes three reads.
const WANTED: i64 = 3_600;
/// The ledgers and what is wanted of each.
const WANTS: [(u128, i64); 2] = [(1, 0), (2, 1_000)];
/// Long after all of it is closed.
const END: i64 = 12_000;
const PACE: Pace = Pace {
    settle_ms: 60_000,
    close_minutes: 15,
    patience_minutes: 2_880,
    join_minutes: 60,
    chunk_days: 1,
};

fn wants() -> Vec<Input> {
    WANTS.map(|(n, after)| want(n, after, WANTED)).to_vec()
}

#[test]
fn newest_comes_first() {
    let mut disk = Disk::default();
    let mut engine = Engine::new(Pace::default());
    let wants = vec![want(1, 0, 9_000), want(2, 3_000, 9_000)];
    run(
        &mut engine,
        &mut disk,
        minute(END).end_ms(),
        wants,
        99,
        &mut all,
    );
    let spans: Vec<_> = disk.reads.iter().map(|r| (r.span, r.keys.len())).collect();
    // Minute 9000 lies in the seventh day: five days back is minute 2880.
    assert_eq!(
        spans,
        [
            (span(3_000, 9_000), 1),
            (span(2_880, 9_000), 1),
            (span(0, 2_880), 1)
        ],
        "each ledger's newest chunk first"
    );
}

#[test]
fn equal_spans_are_read_together() {
    let mut disk = Disk::default();
    run(
        &mut Engine::new(PACE),
        &mut disk,
        minute(END).end_ms(),
        wants(),
        99,
        &mut all,
    );
    let spans: Vec<_> = disk.reads.iter().map(|r| (r.span, r.keys.len())).collect();
    let expected = [
        (span(2_880, 3_600), 2),
        (span(1_440, 2_880), 2),
        (span(1_000, 1_440), 1),
        (span(0, 1_440), 1),
    ];
    assert_eq!(spans, expected);
    assert_eq!(disk.reads[0].keys, [key(1), key(2)]);
}

#[test]
fn a_failed_read_is_asked_for_again_after_retry_only() {
    let mut engine = Engine::new(PACE);
    let mut disk = Disk::default();
    let now_ms = minute(END).end_ms();
    run(&mut engine, &mut disk, now_ms, wants(), 99, &mut |_| None);
    assert!(disk.settled(1).is_empty());
    assert_eq!(engine.missing(&key(1)).len(), WANTED);
    let later = engine.step(now_ms + 60_000, vec![]);
    assert!(later.is_empty(), "no hammering of a source that fails");
    engine.retry();
    run(&mut engine, &mut disk, now_ms, vec![], 99, &mut all);
    assert_equals_the_truth(&disk);
    assert!(engine.missing(&key(1)).is_empty());
}

/// An undisturbed run keeps the truth of every minute, so that is what any run must end with.
fn assert_equals_the_truth(disk: &Disk) {
    for (n, after) in WANTS {
        let span = span(after, WANTED);
        let truth: Vec<_> = span.minutes().map(|m| Some(truth(m))).collect();
        assert_eq!(disk.facts(n, span), truth, "ledger {n}");
    }
}

/// What one process lives through.
#[derive(Clone, Copy, Debug)]
struct Life {
    /// It dies after so many reads.
    reads_max: usize,
    /// The source fails for spans that hold this minute.
    broken: i64,
    /// How far its clock is off, in minutes: up to a day.
    clock_off: i64,
    /// How far behind the source is: what happened later has not reached it.
    lag: i64,
    /// How long the source remembers, in minutes before now.
    retention: i64,
}

fn life() -> impl Strategy<Value = Life> {
    (0_usize..4, 0..WANTED, -1_500_i64..1_500, 0_i64..600).prop_map(
        |(reads_max, broken, clock_off, lag)| Life {
            reads_max,
            broken,
            clock_off,
            lag,
            retention: END,
        },
    )
}

/// A source that is right and in time, but soon forgets.
fn forgetful() -> impl Strategy<Value = Life> {
    (1_usize..9, 60_i64..2_000).prop_map(|(reads_max, retention)| Life {
        reads_max,
        broken: -1,
        clock_off: 0,
        lag: 0,
        retention,
    })
}

/// A source that lags, forgets, and does not know the future whatever our clock says.
fn source(now: i64, life: Life) -> impl FnMut(Span) -> Option<Vec<(Minute, Fact)>> {
    let told = Span::new(minute(now - life.retention), minute(now - life.lag));
    move |span| {
        let fact = |m| {
            if told.contains(m) {
                truth(m)
            } else {
                Fact::UNKNOWN
            }
        };
        let is_broken = span.contains(minute(life.broken));
        (!is_broken).then(|| span.minutes().map(|m| (m, fact(m))).collect())
    }
}

proptest! {
    /// Processes die after any number of reads, sources fail and lag, clocks are wrong: in the end
    /// the ledger is the same, and no closed minute was read again.
    #[test]
    fn any_disturbance_ends_equal(lives in prop::collection::vec(life(), 0..8)) {
        let mut disk = Disk::default();
        for (i, life) in lives.iter().enumerate() {
            let now = 700 * (i as i64 + 1);
            let closed = disk.closed(1);
            let seen = disk.reads.len();
            let mut inputs = vec![disk.stored(1), disk.stored(2)];
            inputs.extend(wants());
            let clock_ms = minute(now + life.clock_off).end_ms();
            let mut engine = Engine::new(PACE);
            run(&mut engine, &mut disk, clock_ms, inputs, life.reads_max, &mut source(now, *life));
            for read in disk.reads[seen..].iter().filter(|read| read.keys.contains(&key(1))) {
                let again: i64 = closed.within(read.span).map(Span::len).sum();
                prop_assert!(again <= PACE.join_minutes, "{:?} closed", read.span);
            }
        }
        let mut inputs = vec![disk.stored(1), disk.stored(2)];
        inputs.extend(wants());
        let end_ms = minute(END).end_ms();
        run(&mut Engine::new(PACE), &mut disk, end_ms, inputs, 99, &mut all);
        assert_equals_the_truth(&disk);
    }

    /// What was once read stays known when the source has forgotten it, and a closed minute stays as
    /// it is: whatever was known before a process began is the same after it.
    #[test]
    fn what_was_known_stays_known(lives in prop::collection::vec(forgetful(), 1..12)) {
        let mut disk = Disk::default();
        let whole = span(0, WANTED);
        for (i, life) in lives.iter().enumerate() {
            let now = 400 * (i as i64 + 1);
            let before = disk.facts(1, whole);
            let mut inputs = vec![disk.stored(1)];
            inputs.push(want(1, 0, WANTED));
            let clock_ms = minute(now).end_ms();
            run(&mut Engine::new(PACE), &mut disk, clock_ms, inputs, life.reads_max, &mut source(now, *life));
            for (m, (before, after)) in whole.minutes().zip(before.into_iter().zip(disk.facts(1, whole))) {
                let known = before.filter(|fact| fact.counts.is_some());
                prop_assert!(known.is_none() || known == after, "{m:?}: {before:?}, then {after:?}");
            }
        }
    }

    #[test]
    fn chunks_cover_the_span_once_newest_first(
        after in -5_000_i64..5_000,
        len in 0_i64..20_000,
        days in 0_i64..9,
    ) {
        let whole = span(after, after + len);
        let pieces = chunks(whole, days);
        prop_assert!(pieces.windows(2).all(|w| w[1].until == w[0].after));
        prop_assert_eq!(pieces.iter().map(|s| s.len()).sum::<i64>(), whole.len());
        prop_assert!(pieces.iter().all(|s| s.len() <= days.max(1) * 1_440));
        let set = SpanSet::from_iter(pieces);
        prop_assert_eq!(set, SpanSet::from_iter([whole]));
    }
}
