use tomoni_ledger::{Events, Fact, Marks, Span};
use tomoni_slo::{Op, Several, Threshold};

use super::super::tests::{START, minutely};
use super::super::{Judged, Sample, judge};

#[test]
fn a_gauge_is_judged_by_its_last_sample() {
    let threshold = Threshold {
        op: Op::Gte,
        value: 0.0,
    };
    let judge = |tapes: &[&[Sample]], span| {
        let several = Several::Ambiguous;
        judge(tapes, Judged { threshold, several }, span)
    };
    let span = Span::new(START, START + 4);
    let mut tape = minutely(&[1.0, -1.0, f64::NAN]);
    tape.insert(
        1,
        Sample {
            at_ms: START.end_ms() + 60_000,
            value: -5.0,
        },
    );
    let verdict = |bad| Fact::counted(Events::whole(bad), Events::whole(1));
    let (good, bad) = (verdict(0), verdict(1));
    let invalid = Fact::UNKNOWN.marked(Marks::INVALID);
    let judged = judge(&[&tape], span);
    assert_eq!(judged.facts, [bad, bad, invalid, Fact::UNKNOWN]);
    // Another takes over: the later sample counts. Two for good: nobody knows which.
    let later = vec![Sample {
        at_ms: START.end_ms() + 119_000,
        value: 3.0,
    }];
    let judged = judge(&[&tape, &later], span);
    assert_eq!(judged.facts, [bad, good, invalid, Fact::UNKNOWN]);
    let twice = judge(&[&minutely(&[1.0, 1.0]), &minutely(&[1.0, 2.0])], span);
    assert_eq!(
        (twice.facts[0], twice.facts[1], twice.ambiguous),
        (good, Fact::UNKNOWN, 1)
    );
}

#[test]
fn of_several_gauges_each_is_an_event() {
    let threshold = Threshold {
        op: Op::Gte,
        value: 1.0,
    };
    let span = Span::new(START, START + 4);
    let several = Several::Each;
    let judge = |tapes: &[&[Sample]]| judge(tapes, Judged { threshold, several }, span);
    let counted = |bad, total| Fact::counted(Events::whole(bad), Events::whole(total));
    let mut up = minutely(&[1.0, 1.0, f64::NAN]);
    let down = minutely(&[0.0, 1.0, 0.0]);
    // The later sample of a minute counts.
    up.insert(
        0,
        Sample {
            at_ms: START.end_ms() + 1,
            value: 0.0,
        },
    );
    let judged = judge(&[&up, &down]);
    let mixed = counted(1, 1).marked(Marks::INVALID);
    assert_eq!(
        judged.facts,
        [counted(1, 2), counted(0, 2), mixed, Fact::UNKNOWN]
    );
    assert_eq!(judged.ambiguous, 0);
    let nothing = Fact::UNKNOWN.marked(Marks::INVALID);
    assert_eq!(judge(&[&minutely(&[f64::NAN])]).facts[0], nothing);
}
