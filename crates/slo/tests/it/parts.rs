//! Parts of windows make up the windows, and alerts' episodes are those of looking at every minute.

use proptest::prelude::*;
use tomoni_ledger::{Events, Fact, Minute, Series, Span, SpanSet};
use tomoni_slo::invariants::is_close;
use tomoni_slo::{
    Episode, Method, MissingData, Objective, SLOTS, Severity, Target, Window, episodes, evaluate,
    is_above, portion, slots,
};

use crate::arbitrary;
use crate::properties::case;

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn parts_make_up_the_window(
        (facts, objective, at) in case(),
        cuts in prop::collection::vec(0.0..1.0_f64, 0..8),
    ) {
        let series = arbitrary::series(&facts);
        let figures = evaluate(&series, &objective, at).unwrap();
        let window = figures.window;
        let mut ends: Vec<Minute> = cuts
            .iter()
            .map(|cut| window.after + (cut * window.len() as f64) as i64)
            .collect();
        ends.sort_unstable();
        ends.push(window.until);
        let (mut bad, mut total, mut spent) = (Events::ZERO, Events::ZERO, 0.0);
        let (mut minutes, mut known, mut excluded, mut shares) = (0, 0, 0, 0.0);
        let mut after = window.after;
        for end in ends {
            let part = portion(&series, &objective, &figures, Span::new(after, end)).unwrap();
            bad += part.bad;
            total += part.total;
            minutes += part.minutes;
            known += part.known_minutes;
            excluded += part.excluded_minutes;
            spent += part.spent;
            shares += part.share.unwrap_or_default();
            after = end;
        }
        prop_assert_eq!((bad, total), (figures.bad, figures.total));
        prop_assert_eq!((minutes, known), (figures.minutes, figures.known_minutes));
        prop_assert_eq!(excluded, figures.excluded_minutes);
        prop_assert!(is_close(spent, figures.budget.spent), "{spent} {:?}", figures.budget);
        prop_assert!(is_close(shares, figures.budget.consumed), "{shares} {:?}", figures.budget);
    }

    #[test]
    fn what_lies_outside_the_window_is_no_part((facts, objective, at) in case()) {
        let series = arbitrary::series(&facts);
        let figures = evaluate(&series, &objective, at).unwrap();
        let window = figures.window;
        let whole = portion(&series, &objective, &figures, window).unwrap();
        let wider = Span::new(window.after - 500, window.until + 500);
        prop_assert_eq!(whole, portion(&series, &objective, &figures, wider).unwrap());
        let beyond = Span::new(window.until, window.until + 500);
        prop_assert_eq!(portion(&series, &objective, &figures, beyond).unwrap().minutes, 0);
    }
}

/// By looking at every minute.
fn naive(series: &Series, objective: &Objective, minutes: Span) -> Vec<Episode> {
    let mut below = [None; SLOTS];
    let mut found = Vec::new();
    let mut since = [None, None];
    for at in minutes.minutes() {
        let slots = slots(series, objective, at).unwrap();
        for (below, slot) in below.iter_mut().zip(&slots) {
            let is_below = !slot
                .short
                .rate
                .is_some_and(|rate| is_above(rate, slot.factor));
            match slot.holds {
                Some(true) => *below = Some(0),
                Some(false) if is_below => *below = below.map(|n| n + 1).filter(|n| *n < 5),
                Some(false) => *below = below.map(|_| 0),
                None => {}
            }
        }
        for (place, severity) in [Severity::Page, Severity::Ticket].into_iter().enumerate() {
            let mut those = below.iter().zip(&slots);
            let is_raised = those.any(|(b, slot)| b.is_some() && slot.severity == severity);
            if is_raised {
                since[place] = since[place].or(Some(at - 1));
            }
            let ends = !is_raised || at == minutes.until;
            if let Some(after) = since[place].filter(|_| ends) {
                since[place] = None;
                let span = Span::new(after, if is_raised { at } else { at - 1 });
                found.push(Episode {
                    severity,
                    span,
                    is_open: is_raised,
                });
            }
        }
    }
    found.sort_by_key(|episode| (episode.span.after, episode.severity));
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn episodes_are_those_of_looking_at_every_minute(
        (facts, objective, at) in case(),
        length in 1..1_500_i64,
    ) {
        let series = arbitrary::series(&facts);
        let minutes = Span::ending_at(at, length);
        let found = episodes(&series, &objective, minutes).unwrap();
        prop_assert_eq!(found, naive(&series, &objective, minutes));
    }
}

/// Random ledgers seldom raise alerts; here is one that surely does, and when.
#[test]
fn an_outage_is_an_episode() {
    let until = Minute::from_index(29_000_000);
    let outage = Span::ending_at(until - 600, 20);
    let fact = |minute| {
        let bad = if outage.contains(minute) { 50 } else { 0 };
        Fact::counted(Events::whole(bad), Events::whole(100))
    };
    let all = Span::ending_at(until, 31 * 1_440);
    let facts: Vec<_> = all.minutes().map(|minute| (minute, fact(minute))).collect();
    let mut series = Series::new();
    series.put(&facts).unwrap();
    let objective = Objective {
        target: Target::from_percent(99.0).unwrap(),
        method: Method::Occurrences,
        window: Window::rolling("28d").unwrap(),
        missing_data: MissingData::Ignore,
        exclusions: SpanSet::new(),
    };
    let span = Span::ending_at(until, 1_440);
    let found = episodes(&series, &objective, span).unwrap();
    assert_eq!(found, naive(&series, &objective, span));
    let page = found.iter().find(|e| e.severity == Severity::Page).unwrap();
    // 13.44 % of an hour is bad after 17 minutes of half of all requests.
    assert_eq!(page.span.after, outage.after + 16);
    assert!(!page.is_open && page.span.until > outage.until);
    // Ten minutes' worth of bad requests are 0.7 % of a day's: no ticket.
    assert_eq!(found.len(), 1);
}

/// Stretches of traffic that is calm, burns a little or a lot, or is not known.
fn stretches() -> impl Strategy<Value = Vec<(i64, u8)>> {
    prop::collection::vec((1..400_i64, 0..6_u8), 1..16)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// As above, where much is raised, stays raised, freezes and falls.
    #[test]
    fn episodes_of_bad_days_are_those_of_looking_at_every_minute(
        stretches in stretches(),
        (window, target) in (0..3_usize, 0..3_usize),
        (method, width) in (0..3_u8, 0..4_usize),
        policy in 0..6_u8,
        excluded in prop::option::of((0..2_000_i64, 1..200_i64)),
    ) {
        let until = Minute::from_index(29_000_123);
        let first = Span::ending_at(until, stretches.iter().map(|(length, _)| length).sum());
        let kinds = stretches.iter().flat_map(|(length, kind)| (0..*length).map(move |_| *kind));
        let fact = |(minute, kind): (Minute, u8)| {
            let bad = [0, 1, 12, 60, 100, 0][usize::from(kind)];
            let counted = Fact::counted(Events::whole(bad), Events::whole(100));
            (minute, if kind == 5 { Fact::UNKNOWN } else { counted })
        };
        let mut series = Series::new();
        let facts: Vec<_> = first.minutes().zip(kinds).map(fact).collect();
        series.put(&facts).unwrap();
        let width_minutes = [1, 5, 7, 60][width];
        let exclusions = excluded.map(|(back, length)| Span::ending_at(until - back, length));
        let objective = Objective {
            target: Target::new([0.9, 0.99, 0.999][target]).unwrap(),
            method: match method {
                0 => Method::Occurrences,
                1 => Method::Timeslices { target: 0.95, width_minutes },
                _ => Method::RatioTimeslices { width_minutes },
            },
            window: Window::rolling(["1d", "7d", "28d"][window]).unwrap(),
            missing_data: match policy {
                0 => MissingData::Bad,
                1 => MissingData::Good,
                _ => MissingData::Ignore,
            },
            exclusions: exclusions.into_iter().collect(),
        };
        let minutes = Span::ending_at(until, first.len().min(1_500));
        let found = episodes(&series, &objective, minutes).unwrap();
        prop_assert_eq!(found, naive(&series, &objective, minutes));
    }
}
