//! After any disturbance the ledger equals that of a run that was never disturbed.

use proptest::prelude::*;
use tomoni_engine::{Engine, Input, Pace, chunks};
use tomoni_ledger::SpanSet;

use crate::support::{Disk, key, minute, run, span, truth};

fn wants() -> Vec<Input> {
    vec![
        Input::Want {
            key: key(1),
            span: span(0, 9_000),
        },
        Input::Want {
            key: key(2),
            span: span(3_000, 9_000),
        },
    ]
}

fn undisturbed(now_ms: i64) -> Disk {
    let mut disk = Disk::default();
    run(
        &mut Engine::new(Pace::default()),
        &mut disk,
        now_ms,
        wants(),
        usize::MAX,
        &mut |_, m| Some(truth(m)),
    );
    disk
}

#[test]
fn newest_comes_first_and_equal_spans_are_read_together() {
    let disk = undisturbed(minute(20_000).end_ms());
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
    let both = Input::Want {
        key: key(2),
        span: span(2_880, 9_000),
    };
    let mut engine = Engine::new(Pace::default());
    let mut shared = Disk::default();
    let inputs = vec![
        Input::Want {
            key: key(1),
            span: span(2_880, 9_000),
        },
        both,
    ];
    run(
        &mut engine,
        &mut shared,
        minute(20_000).end_ms(),
        inputs,
        9,
        &mut |_, m| Some(truth(m)),
    );
    assert_eq!(shared.reads.len(), 1);
    assert_eq!(shared.reads[0].keys, [key(1), key(2)]);
}

#[test]
fn a_failed_read_is_asked_for_again_after_retry_only() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let now_ms = minute(20_000).end_ms();
    run(&mut engine, &mut disk, now_ms, wants(), 99, &mut |_, _| {
        None
    });
    assert!(disk.facts.is_empty());
    assert_eq!(engine.missing(&key(1)).len(), 9_000);
    assert!(
        engine.step(now_ms, vec![]).is_empty(),
        "no hammering of a source that fails"
    );
    engine.retry();
    run(&mut engine, &mut disk, now_ms, vec![], 99, &mut |_, m| {
        Some(truth(m))
    });
    assert_eq!(disk.facts, undisturbed(now_ms).facts);
    assert!(engine.missing(&key(1)).is_empty());
}

proptest! {
    /// Processes die after any number of reads, sources fail for any minutes, clocks jump: in the
    /// end the ledger is the same, and closed minutes were never read again.
    #[test]
    fn any_disturbance_ends_equal(
        lives in prop::collection::vec((0_usize..4, 0_i64..9_000, -2_000_i64..2_000), 0..8),
    ) {
        let end_ms = minute(20_000).end_ms();
        let mut disk = Disk::default();
        for (i, (reads_max, broken, jump)) in lives.iter().enumerate() {
            let mut engine = Engine::new(Pace::default());
            let now_ms = minute(2_000 * i as i64 + jump).end_ms();
            let mut inputs = vec![disk.stored(&key(1)), disk.stored(&key(2))];
            inputs.extend(wants());
            run(&mut engine, &mut disk, now_ms, inputs, *reads_max, &mut |_, m| {
                (m.index() != *broken).then(|| truth(m))
            });
        }
        let mut inputs = vec![disk.stored(&key(1)), disk.stored(&key(2))];
        inputs.extend(wants());
        run(&mut Engine::new(Pace::default()), &mut disk, end_ms, inputs, usize::MAX, &mut |_, m| {
            Some(truth(m))
        });
        prop_assert_eq!(disk.facts, undisturbed(end_ms).facts);
    }

    #[test]
    fn chunks_cover_the_span_once_newest_first(after in -5_000_i64..5_000, len in 0_i64..20_000, days in 0_i64..9) {
        let whole = span(after, after + len);
        let pieces = chunks(whole, days);
        prop_assert!(pieces.windows(2).all(|w| w[1].until == w[0].after));
        prop_assert_eq!(pieces.iter().map(|s| s.len()).sum::<i64>(), whole.len());
        prop_assert!(pieces.iter().all(|s| s.len() <= days.max(1) * 1_440));
        let set = SpanSet::from_iter(pieces);
        prop_assert_eq!(set, SpanSet::from_iter([whole]));
    }
}
