//! Open, provisional, settled, closed; read when it settles and once more when it closes.

use tomoni_engine::{Engine, Input, Pace, Phase};

use crate::support::{Disk, key, minute, run, span, truth};

#[test]
fn a_minute_passes_through_its_phases_in_order() {
    let pace = Pace::default();
    let m = minute(1_000);
    let phases: Vec<Phase> = [
        -1,
        0,
        59_999,
        60_000,
        60_000 + 15 * 60_000 - 1,
        60_000 + 15 * 60_000,
    ]
    .map(|after_end_ms| pace.phase(m, m.end_ms() + after_end_ms))
    .to_vec();
    use Phase::{Closed, Open, Provisional, Settled};
    assert_eq!(
        phases,
        [Open, Provisional, Provisional, Settled, Settled, Closed]
    );
}

#[test]
fn each_minute_is_read_twice_however_often_the_engine_steps() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let mut times_read = vec![0; 200];
    let mut inputs = vec![Input::Want {
        key: key(1),
        span: span(100, 200),
    }];
    for tick in 0..(130 * 4) {
        let now_ms = minute(100).end_ms() + tick * 15_000;
        run(
            &mut engine,
            &mut disk,
            now_ms,
            std::mem::take(&mut inputs),
            99,
            &mut |_, m| {
                times_read[m.index() as usize - 1] += 1;
                Some(truth(m))
            },
        );
    }
    assert_eq!(times_read[..100], [0; 100]);
    assert_eq!(times_read[100..], [2; 100]);
    assert_eq!(disk.closed[&key(1)].spans(), [span(100, 200)]);
}

#[test]
fn a_late_sample_is_seen_when_the_minute_closes() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let want = Input::Want {
        key: key(1),
        span: span(100, 101),
    };
    let settles_ms = minute(101).end_ms() + 60_000;
    run(
        &mut engine,
        &mut disk,
        settles_ms,
        vec![want],
        9,
        &mut |_, _| Some(tomoni_ledger::Fact::UNKNOWN),
    );
    assert_eq!(
        disk.facts[&(key(1), minute(101))],
        tomoni_ledger::Fact::UNKNOWN
    );
    let closes_ms = settles_ms + 15 * 60_000;
    run(&mut engine, &mut disk, closes_ms, vec![], 9, &mut |_, m| {
        Some(truth(m))
    });
    assert_eq!(disk.facts[&(key(1), minute(101))], truth(minute(101)));
    run(
        &mut engine,
        &mut disk,
        closes_ms + 3_600_000,
        vec![],
        9,
        &mut |_, _| panic!("a closed minute is not read again"),
    );
}

#[test]
fn an_incomplete_answer_is_kept_but_does_not_close() {
    let mut engine = Engine::new(Pace::default());
    let late_ms = minute(1_000).end_ms();
    engine.step(
        late_ms,
        vec![Input::Want {
            key: key(1),
            span: span(100, 102),
        }],
    );
    let facts: Vec<_> = span(100, 102).minutes().map(|m| (m, truth(m))).collect();
    let harvested = Input::Harvested {
        key: key(1),
        span: span(100, 102),
        facts,
        partial: true,
    };
    let mut disk = Disk::default();
    for effect in engine.step(late_ms, vec![harvested]) {
        if let tomoni_engine::Effect::Keep(kept) = effect {
            kept.into_iter().for_each(|k| disk.keep(k));
        }
    }
    assert_eq!(disk.facts.len(), 2);
    assert!(disk.closed[&key(1)].is_empty());
    let again = engine.step(late_ms + 60_000, vec![]);
    assert_eq!(
        again.len(),
        1,
        "it is asked for again once the watermark has moved"
    );
}

#[test]
fn the_watermark_never_runs_backwards() {
    let mut engine = Engine::new(Pace::default());
    engine.step(minute(500).end_ms(), vec![]);
    engine.step(minute(400).end_ms(), vec![]);
    assert_eq!(engine.watermark(), Some(minute(499)));
}
