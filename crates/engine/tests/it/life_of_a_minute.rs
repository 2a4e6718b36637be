//! Open, provisional, settled, closed; read when it settles and once more when it closes.

use tomoni_engine::{Effect, Engine, Input, Pace, Phase, Read};
use tomoni_ledger::{Events, Fact, Minute, Span, SpanSet};

use crate::support::{Disk, all, harvest, key, minute, run, span, truth, want};

/// When a minute has just settled.
fn settles_ms(index: i64) -> i64 {
    minute(index).end_ms() + 60_000
}

#[test]
fn a_minute_passes_through_its_phases_in_order() {
    use Phase::{Closed, Open, Provisional, Settled};
    let m = minute(1_000);
    let close_ms = 60_000 + 15 * 60_000;
    for (after_end_ms, phase) in [
        (-1, Open),
        (0, Provisional),
        (59_999, Provisional),
        (60_000, Settled),
        (close_ms - 1, Settled),
        (close_ms, Closed),
    ] {
        let at = Pace::default().phase(m, m.end_ms() + after_end_ms);
        assert_eq!(at, phase, "{after_end_ms}");
    }
}

#[test]
fn each_minute_is_read_twice_however_often_the_engine_steps() {
    let pace = Pace {
        join_minutes: 0,
        ..Pace::default()
    };
    let mut engine = Engine::new(pace);
    let mut disk = Disk::default();
    let mut times_read = vec![0; 201];
    let mut inputs = vec![want(1, 100, 200)];
    for tick in 0..(130 * 4) {
        let now_ms = minute(100).end_ms() + tick * 15_000;
        let inputs = std::mem::take(&mut inputs);
        run(&mut engine, &mut disk, now_ms, inputs, 99, &mut |span| {
            span.minutes()
                .for_each(|m| times_read[m.index() as usize] += 1);
            all(span)
        });
    }
    assert_eq!(times_read[..=100], [0; 101]);
    assert_eq!(times_read[101..], [2; 100]);
    assert_eq!(disk.closed(1).spans(), [span(100, 200)]);
}

#[test]
fn what_settles_and_what_closes_are_read_as_one_when_close() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let begun_ms = settles_ms(1_000);
    run(
        &mut engine,
        &mut disk,
        begun_ms,
        vec![want(1, 0, 2_000)],
        99,
        &mut all,
    );
    disk.reads.clear();
    run(
        &mut engine,
        &mut disk,
        begun_ms + 60_000,
        vec![],
        99,
        &mut all,
    );
    let spans: Vec<_> = disk.reads.iter().map(|read| read.span).collect();
    assert_eq!(
        spans,
        [span(985, 1_001)],
        "minute 986 closes, minute 1001 settles"
    );
    assert_eq!(disk.closed(1).spans(), [span(0, 986)]);
    assert_eq!(disk.settled(1).spans(), [span(0, 1_001)]);
}

#[test]
fn minutes_that_nobody_wants_are_not_read_to_join_others() {
    let mut engine = Engine::new(Pace::default());
    let wants = vec![want(1, 0, 100), want(1, 110, 200)];
    let effects = engine.step(settles_ms(1_000), wants);
    assert_eq!(effects.len(), 2);
}

#[test]
fn a_late_sample_is_seen_when_the_minute_closes() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let now_ms = settles_ms(101);
    let nothing = |m| (m, Fact::UNKNOWN);
    run(
        &mut engine,
        &mut disk,
        now_ms,
        vec![want(1, 100, 101)],
        9,
        &mut |span| Some(span.minutes().map(nothing).collect()),
    );
    assert_eq!(disk.facts(1, span(100, 101)), [Some(Fact::UNKNOWN)]);
    let closes_ms = now_ms + 15 * 60_000;
    run(&mut engine, &mut disk, closes_ms, vec![], 9, &mut all);
    assert_eq!(disk.facts(1, span(100, 101)), [Some(truth(minute(101)))]);
    run(
        &mut engine,
        &mut disk,
        closes_ms + 3_600_000,
        vec![],
        9,
        &mut |_| panic!("a closed minute is not read again"),
    );
}

/// A remote write that lags by hours: the server answers, and knows nothing of the last hours yet.
#[test]
fn a_minute_does_not_close_before_the_source_has_heard_of_it() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let known_until = |last| {
        move |m| {
            if m <= minute(last) {
                truth(m)
            } else {
                Fact::UNKNOWN
            }
        }
    };
    let source = |last: i64| {
        let fact = known_until(last);
        move |span: Span| Some(span.minutes().map(|m| (m, fact(m))).collect())
    };
    run(
        &mut engine,
        &mut disk,
        settles_ms(1_000),
        vec![want(1, 0, 9_000)],
        9,
        &mut source(600),
    );
    assert_eq!(
        disk.closed(1).spans(),
        [span(0, 585)],
        "the source has told nothing after minute 600, which it passed by 15 minutes at 585"
    );
    run(
        &mut engine,
        &mut disk,
        settles_ms(1_001),
        vec![],
        9,
        &mut source(1_001),
    );
    assert_eq!(
        disk.closed(1).spans(),
        [span(0, 986)],
        "the source has caught up"
    );
    let kept = disk.facts(1, span(0, 1_001));
    assert!(
        span(0, 1_001)
            .minutes()
            .zip(kept)
            .all(|(m, fact)| fact == Some(truth(m)))
    );
}

#[test]
fn a_source_that_never_hears_is_waited_for_two_days() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let silent = |span: Span| Some(span.minutes().map(|m| (m, Fact::UNKNOWN)).collect());
    run(
        &mut engine,
        &mut disk,
        settles_ms(9_000),
        vec![want(1, 0, 9_000)],
        9,
        &mut { silent },
    );
    assert_eq!(disk.closed(1).spans(), [span(0, 9_000 - 2_880)]);
}

/// Between the question and the answer an hour passes: what came of age meanwhile is asked again.
#[test]
fn an_answer_is_as_old_as_its_question() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let asked = engine.step(settles_ms(100), vec![want(1, 0, 200)]);
    assert_eq!(disk.carry_out(asked)[0].span, span(0, 100));
    let answered = engine.step(settles_ms(160), vec![harvest(1, span(0, 100), truth)]);
    let reads = disk.carry_out(answered);
    assert_eq!(
        disk.closed(1).spans(),
        [span(0, 85)],
        "fifteen minutes before the question"
    );
    assert_eq!(
        reads[0].span,
        span(100, 160),
        "what is under way or fresh is not asked for"
    );
    let next = disk.carry_out(engine.step(settles_ms(161), vec![]));
    let spans: Vec<_> = next.iter().map(|read| read.span).collect();
    assert_eq!(
        spans,
        [span(160, 161), span(85, 100)],
        "but it is once the watermark moves"
    );
}

#[test]
fn what_nobody_asked_for_settles_up_to_the_watermark_only() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    disk.carry_out(engine.step(settles_ms(100), vec![harvest(1, span(0, 110), truth)]));
    assert_eq!(disk.settled(1).spans(), [span(0, 100)]);
    assert_eq!(disk.closed(1).spans(), [span(0, 85)]);
    assert_eq!(
        disk.facts(1, span(109, 110)),
        [Some(truth(minute(110)))],
        "kept all the same"
    );
}

#[test]
fn an_incomplete_answer_is_kept_but_does_not_close() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let late_ms = minute(1_000).end_ms();
    engine.step(late_ms, vec![want(1, 100, 102)]);
    let Input::Harvested {
        key, span, facts, ..
    } = harvest(1, span(100, 102), truth)
    else {
        unreachable!("a harvest is harvested");
    };
    let partial = Input::Harvested {
        key,
        span,
        facts,
        partial: true,
    };
    let again = disk.carry_out(engine.step(late_ms, vec![partial]));
    assert_eq!(again, [], "not at once");
    assert!(disk.facts(1, span).iter().all(Option::is_some));
    assert!(disk.closed(1).is_empty());
    let later = engine.step(late_ms + 60_000, vec![]);
    assert_eq!(
        later.len(),
        1,
        "it is asked for again once the watermark has moved"
    );
}

/// Two reads that lie close are joined over minutes that are closed: those are read, and stay.
#[test]
fn a_closed_minute_stays_as_it_is_when_its_neighbours_are_read() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let stored = Input::Stored {
        key: key(1),
        settled: SpanSet::from_iter([span(0, 70)]),
        closed: SpanSet::from_iter([span(0, 10), span(20, 70)]),
    };
    let reads = engine.step(settles_ms(120), vec![stored, want(1, 0, 100)]);
    let reads = disk.carry_out(reads);
    let joined = span(10, 100);
    assert_eq!(reads[0].span, joined);
    disk.carry_out(engine.step(settles_ms(120), vec![harvest(1, joined, truth)]));
    assert_eq!(disk.facts(1, span(20, 70)), vec![None; 50], "closed");
    let read = disk.facts(1, span(10, 20));
    assert!(
        read.iter()
            .chain(&disk.facts(1, span(70, 100)))
            .all(Option::is_some)
    );
}

#[test]
fn an_answer_with_holes_is_a_failed_one() {
    let mut engine = Engine::new(Pace::default());
    let now_ms = settles_ms(1_000);
    engine.step(now_ms, vec![want(1, 0, 3)]);
    let facts = vec![(minute(1), truth(minute(1))), (minute(3), truth(minute(3)))];
    let holes = Input::Harvested {
        key: key(1),
        span: span(0, 3),
        facts,
        partial: false,
    };
    assert_eq!(engine.step(now_ms, vec![holes]), []);
    assert_eq!(engine.missing(&key(1)).spans(), [span(0, 3)]);
}

#[test]
fn the_watermark_never_runs_backwards() {
    let mut engine = Engine::new(Pace::default());
    engine.step(minute(500).end_ms(), vec![]);
    engine.step(minute(400).end_ms(), vec![]);
    assert_eq!(engine.watermark(), Some(minute(499)));
    engine.step(i64::MIN, vec![]);
    assert_eq!(engine.watermark(), Some(minute(499)));
}

#[test]
fn what_the_store_tells_adds_to_what_is_known() {
    let mut engine = Engine::new(Pace::default());
    let now_ms = settles_ms(1_000);
    engine.step(now_ms, vec![want(1, 0, 100)]);
    engine.step(now_ms, vec![harvest(1, span(0, 100), truth)]);
    let stored = Input::Stored {
        key: key(1),
        settled: SpanSet::new(),
        closed: SpanSet::from_iter([span(200, 300)]),
    };
    let effects = engine.step(now_ms + 60_000, vec![stored, want(1, 0, 300)]);
    let [Effect::Read(read)] = effects.as_slice() else {
        panic!("one read, not {effects:?}");
    };
    assert_eq!(
        read.span,
        span(100, 200),
        "neither what was read nor what is stored"
    );
    assert_eq!(
        engine.settled(&key(1)).spans(),
        [span(0, 100), span(200, 300)]
    );
}

#[test]
fn a_step_that_lasted_is_read_as_soon_as_it_is_over() {
    let mut engine = Engine::new(Pace::default());
    let step = Input::Step {
        key: key(1),
        minutes: 5,
    };
    // The source knows whole steps only.
    let until = |last: i64| {
        move |m: Minute| {
            if m.index() <= last {
                truth(m)
            } else {
                Fact::UNKNOWN
            }
        }
    };
    let mut inputs = vec![want(1, 1_000, 5_000), step];
    let mut asked = Vec::new();
    for watermark in 1_003..1_012 {
        let (known, now_ms) = (watermark / 5 * 5, minute(watermark + 1).end_ms());
        for effect in engine.step(now_ms, std::mem::take(&mut inputs)) {
            if let Effect::Read(read) = effect {
                let (after, until_) = (read.span.after.index(), read.span.until.index());
                asked.push((watermark, after, until_));
                inputs.push(harvest(1, read.span, until(known)));
            }
        }
        engine.step(now_ms, std::mem::take(&mut inputs));
    }
    let expected = [
        (1_003, 1_000, 1_003),
        (1_004, 1_003, 1_004),
        // The step is over, and all of it is read anew.
        (1_005, 1_000, 1_005),
        (1_006, 1_005, 1_006),
        (1_007, 1_006, 1_007),
        (1_008, 1_007, 1_008),
        (1_009, 1_008, 1_009),
        (1_010, 1_005, 1_010),
        (1_011, 1_010, 1_011),
    ];
    assert_eq!(asked, expected);
}

#[test]
fn only_a_refill_changes_what_is_closed_and_forgetting_takes_nothing_away() {
    let mut engine = Engine::new(Pace::default());
    let all = span(1_000, 1_100);
    let now_ms = minute(1_200).end_ms();
    engine.step(now_ms, vec![want(1, 1_000, 1_100)]);
    engine.step(now_ms, vec![harvest(1, all, truth)]);
    let later = minute(1_300).end_ms();
    assert_eq!(engine.step(later, vec![]), []);
    let refill = Input::Refill {
        key: key(1),
        span: span(1_010, 1_020),
    };
    let read = Effect::Read(Read {
        keys: vec![key(1)],
        span: span(1_010, 1_020),
    });
    assert_eq!(engine.step(later, vec![refill]), [read]);
    // The source has forgotten half of it, and counts the rest differently now.
    let other = Fact::counted(Events::ZERO, Events::whole(5));
    let now = |m: Minute| {
        if m.index() <= 1_015 {
            Fact::UNKNOWN
        } else {
            other
        }
    };
    let effects = engine.step(later, vec![harvest(1, span(1_010, 1_020), now)]);
    let [Effect::Keep(keeps)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let changed: Vec<_> = (1_016..=1_020).map(|m| (minute(m), other)).collect();
    assert_eq!(keeps[0].facts, changed);
    assert_eq!(keeps[0].closed.len(), 10);
    assert_eq!(engine.step(later, vec![]), []);
}

/// The source is mended while a refill's read is under way, and another refill is asked for: what the
/// first one reads is from before.
#[test]
fn a_read_that_was_sent_before_a_refill_does_not_satisfy_it() {
    let mut engine = Engine::new(Pace::default());
    let mut disk = Disk::default();
    let (all, later) = (span(1_000, 1_100), minute(1_300).end_ms());
    let wrong = |m: Minute| Fact::counted(Events::ZERO, Events::whole(m.index()));
    disk.carry_out(engine.step(later, vec![want(1, 1_000, 1_100)]));
    disk.carry_out(engine.step(later, vec![harvest(1, all, wrong)]));
    let refill = |after, until| Input::Refill {
        key: key(1),
        span: span(after, until),
    };
    let first = span(1_010, 1_030);
    let reads = disk.carry_out(engine.step(later, vec![refill(1_010, 1_030)]));
    assert_eq!(reads[0].span, first);
    let again = span(1_020, 1_040);
    let reads = disk.carry_out(engine.step(later, vec![refill(1_020, 1_040)]));
    let spans: Vec<Span> = reads.iter().map(|read| read.span).collect();
    assert_eq!(spans, [span(1_030, 1_040)], "the rest is under way");
    let effects = engine.step(later, vec![harvest(1, first, wrong)]);
    let Some(Effect::Keep(keeps)) = effects.first() else {
        panic!("{effects:?}");
    };
    assert_eq!(keeps[0].closed.spans(), [span(1_010, 1_020)]);
    assert_eq!(keeps[0].settled.spans(), [span(1_010, 1_020)]);
    let reads = disk.carry_out(effects);
    assert_eq!(reads[0].span, span(1_020, 1_030));
    let answers = [span(1_020, 1_030), span(1_030, 1_040)];
    let answers = answers.map(|span| harvest(1, span, truth)).to_vec();
    assert_eq!(disk.carry_out(engine.step(later, answers)), []);
    let right: Vec<Option<Fact>> = again.minutes().map(|m| Some(truth(m))).collect();
    assert_eq!(disk.facts(1, again), right);
    assert_eq!(engine.step(later + 60_000, vec![]), []);
}

#[test]
fn a_forgotten_ledger_is_a_new_one() {
    let mut engine = Engine::new(Pace::default());
    let now_ms = minute(1_200).end_ms();
    engine.step(now_ms, vec![want(1, 1_000, 1_100)]);
    assert_eq!(engine.step(now_ms, vec![Input::Forget { key: key(1) }]), []);
    assert!(engine.missing(&key(1)).is_empty());
    let effects = engine.step(now_ms, vec![want(1, 1_000, 1_100)]);
    assert_eq!(effects.len(), 1);
}

#[test]
fn one_ledger_is_tried_again_by_itself() {
    let mut engine = Engine::new(Pace::default());
    let now_ms = minute(1_200).end_ms();
    let failed = |n| Input::Failed {
        key: key(n),
        span: span(1_000, 1_100),
    };
    engine.step(now_ms, vec![want(1, 1_000, 1_100), want(2, 1_000, 1_100)]);
    assert_eq!(engine.step(now_ms, vec![failed(1), failed(2)]), []);
    let again = |n| Input::Retry { key: key(n) };
    let read = Effect::Read(Read {
        keys: vec![key(2)],
        span: span(1_000, 1_100),
    });
    assert_eq!(
        engine.step(now_ms, vec![again(2)]),
        std::slice::from_ref(&read)
    );
    // A failure that is told with it, and before it, is meant, too.
    assert_eq!(engine.step(now_ms, vec![failed(2), again(2)]), [read]);
}
