//! Timeslices and RatioTimeslices, worked out by hand.

use tomoni_ledger::bytes::{Bytes, put_varint};
use tomoni_ledger::{DAY_MINUTES, Events, Fact, Minute, PARTS, Series, Span, SpanSet, block};
use tomoni_slo::{
    BudgetUnit, DaySlices, JudgedDay, JudgingRule, Method, MissingData, Objective, Replay, Slices,
    State, Window, burn_rates, episodes, evaluate, required_days,
};

use crate::examples::{is, ledger, objective};

/// As in `examples`: a midnight, so slices of ten minutes end there.
const AT: Minute = Minute::from_index(29_000_000 - 29_000_000 % 1_440);

fn timeslices(target: f64, width_minutes: i64, window: &str) -> Objective {
    Objective {
        method: Method::Timeslices {
            target,
            width_minutes,
        },
        ..objective(0.9, window)
    }
}

fn slices(all: i64, known: i64, good: i64, with_traffic: i64) -> Option<Slices> {
    Some(Slices {
        all,
        known,
        good,
        with_traffic,
    })
}

#[test]
fn bad_slices_spend_their_minutes() {
    // Ten slices: one bad, one exactly at its target, one quiet.
    let series = ledger(&[
        (10, Some((6, 100))),
        (10, Some((5, 100))),
        (10, Some((0, 0))),
        (70, Some((1, 100))),
    ]);
    let figures = evaluate(&series, &timeslices(0.95, 10, "100m"), AT).unwrap();
    assert_eq!(figures.slices, slices(10, 10, 9, 9));
    assert!(is(figures.sli.unwrap(), 0.9));
    assert_eq!(figures.budget.unit, BudgetUnit::Minutes);
    assert!(is(figures.budget.allowed, 10.0) && is(figures.budget.spent, 10.0));
    assert!(is(figures.budget.one_failure.unwrap(), 1.0));
    assert_eq!(figures.state, State::Exhausted);
}

#[test]
fn a_quiet_night_weighs_as_much_as_a_busy_noon_in_ratio_timeslices() {
    let series = ledger(&[
        (10, Some((1, 2))),
        (10, Some((0, 0))),
        (10, Some((0, 10_000))),
    ]);
    let method = Method::RatioTimeslices { width_minutes: 10 };
    let objective = Objective {
        method,
        ..objective(0.5, "30m")
    };
    let figures = evaluate(&series, &objective, AT).unwrap();
    assert_eq!(figures.slices, slices(3, 3, 2, 2));
    assert!(is(figures.sli.unwrap(), 0.75));
    assert_eq!(figures.budget.unit, BudgetUnit::Ratio);
    assert!(is(figures.budget.allowed, 0.5) && is(figures.budget.spent, 0.25));
    assert!(is(figures.budget.consumed, 0.5));
    // One failure in a slice of mean traffic, 50 010 events: of two slices, of a budget of a half.
    assert!(is(figures.budget.one_failure.unwrap() * 50_010.0, 1.0));
    // Less than one event in a slice: a failure cannot cost more than the slice.
    let half = Fact::counted(Events::ZERO, Events::from_parts(PARTS / 2));
    let mut series = Series::new();
    series.put(&[(AT, half)]).unwrap();
    let objective = Objective {
        method: Method::RatioTimeslices { width_minutes: 1 },
        ..objective
    };
    let figures = evaluate(&series, &objective, AT).unwrap();
    assert!(is(figures.budget.one_failure.unwrap(), 2.0));
}

#[test]
fn traffic_in_no_slice_that_is_judged_is_no_traffic() {
    // All slices that have ended are quiet; the unfinished one is busy.
    let series = ledger(&[(30, Some((0, 0))), (5, Some((3, 3))), (5, None)]);
    let figures = evaluate(&series, &timeslices(0.95, 10, "30m"), AT - 5).unwrap();
    assert_eq!(
        (figures.total, figures.slices),
        (Events::whole(15), slices(3, 3, 3, 0))
    );
    assert_eq!((figures.sli, figures.state), (None, State::NoTraffic));
    assert!(is(figures.budget.consumed, 0.0));
}

#[test]
fn a_slice_is_known_by_nine_tenths_of_its_minutes() {
    let known = |missing| {
        let series = ledger(&[
            (10, Some((0, 10))),
            (10 - missing, Some((0, 10))),
            (missing, None),
        ]);
        let figures = evaluate(&series, &timeslices(0.95, 10, "20m"), AT).unwrap();
        figures.slices.unwrap().known
    };
    assert_eq!([0, 1, 2, 10].map(known), [2, 2, 1, 1]);
}

#[test]
fn missing_slices_follow_the_policy() {
    let series = ledger(&[(10, Some((10, 10))), (70, Some((0, 10))), (20, None)]);
    let figures = |missing_data| {
        let objective = Objective {
            missing_data,
            ..timeslices(0.95, 10, "100m")
        };
        evaluate(&series, &objective, AT).unwrap()
    };
    let ignored = figures(MissingData::Ignore);
    assert_eq!(ignored.slices, slices(10, 8, 7, 8));
    assert!(is(ignored.sli.unwrap(), 7.0 / 8.0) && is(ignored.budget.spent, 10.0));
    let good = figures(MissingData::Good);
    assert!(is(good.sli.unwrap(), 0.9) && is(good.budget.spent, 10.0));
    let bad = figures(MissingData::Bad);
    assert!(is(bad.sli.unwrap(), 0.7) && is(bad.budget.spent, 30.0));
    assert_eq!((ignored.imputed_minutes, bad.imputed_minutes), (0, 20));
    assert_eq!(bad.slices, ignored.slices);
}

#[test]
fn excluded_minutes_shrink_a_slice_and_a_slice_of_them_is_none() {
    // The first slice is bad but for its last two minutes; the second is excluded wholly.
    let series = ledger(&[(8, Some((0, 10))), (2, Some((10, 10))), (90, Some((0, 10)))]);
    let mut objective = timeslices(0.95, 10, "100m");
    let figures = evaluate(&series, &objective, AT).unwrap();
    assert!(is(figures.budget.spent, 10.0) && is(figures.budget.allowed, 10.0));
    objective.exclusions = SpanSet::from_iter([Span::new(AT - 97, AT - 80)]);
    let figures = evaluate(&series, &objective, AT).unwrap();
    assert_eq!(figures.slices, slices(9, 9, 9, 9));
    assert!(is(figures.budget.allowed, 8.3), "{:?}", figures.budget);
    objective.exclusions = SpanSet::from_iter([Span::new(AT - 100, AT - 92)]);
    let figures = evaluate(&series, &objective, AT).unwrap();
    assert_eq!(figures.slices, slices(10, 10, 9, 10));
    assert!(is(figures.budget.spent, 2.0), "{:?}", figures.budget);
}

#[test]
fn a_slice_counts_once_it_has_ended_and_where_it_ends() {
    // Bad minutes at the far edge and in the unfinished slice.
    let objective = timeslices(0.95, 10, "30m");
    let series = ledger(&[
        (10, Some((10, 10))),
        (30, Some((0, 10))),
        (5, Some((10, 10))),
    ]);
    let figures = |at| evaluate(&series, &objective, at).unwrap();
    // The last five minutes lie in a slice that ends at AT: it is bad.
    assert_eq!(figures(AT).slices, slices(3, 3, 2, 3));
    // Five minutes before, that slice has not ended; the far one began before the window.
    assert_eq!(figures(AT - 5).slices, slices(3, 3, 2, 3));
    assert_eq!(figures(AT - 5).window, Span::ending_at(AT - 5, 30));
    assert_eq!(figures(AT - 10).slices, slices(3, 3, 2, 3));
}

#[test]
fn the_last_slice_of_a_period_is_cut() {
    // A day of 23 hours in slices of two: eleven whole ones and one of an hour.
    let start = "2024-01-01 00:00:00";
    let objective = Objective {
        window: Window::calendar("1d", "Europe/Berlin", start).unwrap(),
        ..timeslices(0.95, 120, "1d")
    };
    let end: jiff::Timestamp = "2024-03-31T22:00:00Z".parse().unwrap();
    let end = Minute::ended_by_ms(end.as_millisecond());
    let figures = |at| evaluate(&ledger(&[]), &objective, at).unwrap();
    assert_eq!(figures(end).window.len(), 23 * 60);
    assert_eq!(figures(end).slices, slices(12, 0, 0, 0));
    assert_eq!(figures(end - 1).slices, slices(11, 0, 0, 0));
    // The budget is that of the whole day from its beginning.
    let allowed = [end, end - 1, end - 1_300].map(|at| figures(at).budget.allowed);
    assert!(
        allowed.into_iter().all(|allowed| is(allowed, 138.0)),
        "{allowed:?}"
    );
}

#[test]
fn burn_windows_are_whole_slices() {
    let objective = Objective {
        method: Method::Timeslices {
            target: 0.95,
            width_minutes: 7,
        },
        ..objective(0.999, "28d")
    };
    for burn in burn_rates(&ledger(&[]), &objective, AT).unwrap() {
        assert_eq!(burn.window.len() % 7, 0);
        assert_eq!(burn.window.until.index() % 7, 0);
        assert!(
            (0..7).contains(&(burn.window.len() - burn.minutes)),
            "{burn:?}"
        );
        assert!((0..7).contains(&(AT - burn.window.until)), "{burn:?}");
    }
}

/// A ledger with three events in each of forty days' minutes, some of them bad; its minutes are away.
fn month(at: Minute) -> Series {
    let bad = |minute: Minute| Events::whole((minute.index() / 700) % 2);
    let fact = |minute: Minute| (minute, Fact::counted(bad(minute), Events::whole(3)));
    let minutes = Span::ending_at(at, 40 * DAY_MINUTES).minutes();
    let mut series = Series::new();
    series.put(&minutes.map(fact).collect::<Vec<_>>()).unwrap();
    series
}

fn let_go(series: &mut Series) {
    for day in series.extent().days() {
        series.unload(day);
    }
}

/// A month of one-minute slices needs 29 days of minutes; once they are judged, those at the edges.
#[test]
fn judged_days_need_no_minutes() {
    let at = AT + 700;
    let mut series = month(at);
    let objective = timeslices(0.9, 1, "28d");
    let mut days = DaySlices::default();
    days.judge(&series, &objective, at);
    let_go(&mut series);
    assert_eq!(required_days(&series, &objective, at).len(), 29);
    let replay = Replay::of_days(&series, &objective, &days);
    let edges = [28, 3, 1, 0].map(|back| (at - back * DAY_MINUTES).day());
    assert_eq!(replay.required_days(at), edges);
    // A day of the window that changes is needed again.
    let changed = (at - 10 * DAY_MINUTES).day();
    series.set_totals(changed, series.sum(changed.span()).unwrap());
    let replay = Replay::of_days(&series, &objective, &days);
    assert!(replay.required_days(at).contains(&changed));
}

/// What was judged once can be kept and recalled: figures are those of the minutes.
#[test]
fn judged_days_can_be_kept() {
    let at = AT + 700;
    let excluded = (at - 10 * DAY_MINUTES).day();
    let with_exclusion = |objective: &Objective| Objective {
        exclusions: SpanSet::from_iter([Span::ending_at(excluded.minute(100), 50)]),
        ..objective.clone()
    };
    let by_ratio = Objective {
        method: Method::RatioTimeslices { width_minutes: 5 },
        ..objective(0.9, "28d")
    };
    for objective in [timeslices(0.9, 5, "28d"), by_ratio] {
        let mut series = month(at);
        let mut judged = DaySlices::default();
        judged.judge(&series, &objective, at);
        assert!(judged.has_news());
        let mut bytes = Vec::new();
        let kept = judged.judged(&series, &objective);
        kept.iter().for_each(|day| day.put(&mut bytes));
        assert!(bytes.len() <= 32 * kept.len(), "{}", bytes.len());
        let mut rest = Bytes::new(&bytes);
        let read: Vec<JudgedDay> = (0..kept.len())
            .map(|_| JudgedDay::take(&mut rest).unwrap())
            .collect();
        assert_eq!((&read, rest.is_empty()), (&kept, true));

        let whole = evaluate(&series, &objective, at).unwrap();
        let block = |day: &JudgedDay| block::encode(&series.day(day.day).unwrap());
        for day in &read {
            assert_eq!(block::checksum(&block(day)), Ok(day.checksum));
        }
        let [first, .., last] = [28, 27, 1, 0].map(|back| (at - back * DAY_MINUTES).day());
        let edges = [first, last].map(|day| series.day(day).unwrap());
        let_go(&mut series);
        let mut recalled = DaySlices::default();
        recalled.recall(&read, (&series, &objective), at);
        assert!(!recalled.has_news());
        edges.iter().for_each(|facts| series.load(facts));
        let replay = Replay::of_days(&series, &objective, &recalled);
        assert_eq!(replay.evaluate(at), Ok(whole), "from what was kept");

        // Of a day of which a part came to be excluded nothing that was kept is true.
        let excluding = with_exclusion(&objective);
        let mut recalled = DaySlices::default();
        recalled.recall(&read, (&series, &excluding), at);
        let replay = Replay::of_days(&series, &excluding, &recalled);
        assert!(replay.required_days(at).contains(&excluded));
        let days = recalled.judged(&series, &excluding);
        assert!(days.iter().all(|of| of.day != excluded) && days.len() + 1 == read.len());
    }
}

#[test]
fn what_cannot_add_up_is_no_judged_day() {
    // Day 1, a checksum; slices: all, known, good, with traffic; minutes: bad, unknown; ratios; events.
    let whole = [2, 9, 10, 10, 9, 10, 5, 0, 7, 300];
    let written = |numbers: &[u64]| {
        let mut bytes = Vec::new();
        numbers
            .iter()
            .for_each(|number| put_varint(*number, &mut bytes));
        bytes
    };
    let take = |bytes: &[u8]| JudgedDay::take(&mut Bytes::new(bytes));
    assert!(take(&written(&whole)).is_ok());
    let wrong = [
        (1, 1 << 32),
        (2, 1_441),
        (3, 11),
        (4, 11),
        (5, 11),
        (6, 1_441),
        (7, 1_436),
        (8, (10 << 53) + 1),
        (9, 1 << 63),
    ];
    for (at, value) in wrong {
        let mut numbers = whole;
        numbers[at] = value;
        assert!(take(&written(&numbers)).is_err(), "{at}");
    }
    let bytes = written(&whole);
    for length in 0..bytes.len() {
        assert!(take(&bytes[..length]).is_err(), "{length}");
    }
}

/// What was judged is kept under its rule: who changes how slices are judged raises its version.
#[test]
fn a_rule_is_all_that_decides() {
    let rule =
        |objective: &Objective| JudgingRule::of(objective).map(|rule| rule.as_str().to_owned());
    let sliced = timeslices(0.95, 10, "28d");
    assert_eq!(rule(&sliced).as_deref(), Some("1 Timeslices 10 0.95"));
    let longer = timeslices(0.95, 10, "90d");
    assert_eq!(rule(&longer), rule(&sliced));
    let by_ratio = Objective {
        method: Method::RatioTimeslices { width_minutes: 10 },
        ..sliced.clone()
    };
    assert_eq!(rule(&by_ratio).as_deref(), Some("1 RatioTimeslices 10"));
    assert_eq!(rule(&objective(0.9, "28d")), None);
    // By version 1, of the day's 144 slices: one bad, one at its target, one quiet, seven perfect, one
    // of which nine minutes are known, and one of which eight are; the others are not known at all.
    let day = (AT - 1).day();
    let known =
        |minute: i64| minute <= 100 || (101..110).contains(&minute) || (111..119).contains(&minute);
    let facts = (1..=DAY_MINUTES)
        .filter(|minute| known(*minute))
        .map(|minute| {
            let (bad, total) = match minute {
                1..=10 => (6, 100),
                11..=20 => (5, 100),
                21..=30 => (0, 0),
                31..=40 => (1, 3),
                _ => (0, 100),
            };
            let fact = Fact::counted(Events::whole(bad), Events::whole(total));
            (day.span().after + minute, fact)
        });
    let mut series = Series::new();
    series.put(&facts.collect::<Vec<_>>()).unwrap();
    let numbers = |objective: &Objective| {
        let mut days = DaySlices::default();
        days.judge(&series, objective, AT);
        let judged = days.judged(&series, objective);
        let of_day = judged.iter().find(|of| of.day == day).unwrap();
        let mut bytes = Vec::new();
        of_day.put(&mut bytes);
        let mut numbers = Bytes::new(&bytes);
        numbers.signed().unwrap();
        numbers.varint().unwrap();
        let numbers: Vec<u64> = (0..8).map(|_| numbers.varint().unwrap()).collect();
        numbers
    };
    let ratios = [0.94, 0.95, 2.0 / 3.0].map(|ratio: f64| (ratio * 2_f64.powi(53)).round() as u64);
    let ratios = ratios.iter().sum::<u64>() + 7 * (1 << 53);
    let events = (2 * 1_000 + 30 + 6 * 1_000 + 900) * PARTS as u64;
    assert_eq!(
        numbers(&sliced),
        [144, 11, 9, 10, 20, 1_330, ratios, events]
    );
    assert_eq!(
        numbers(&by_ratio),
        [144, 11, 8, 10, 30, 1_330, ratios, events]
    );
}

/// Episodes need no other days than slots do at each of their minutes.
#[test]
fn episodes_need_the_days_that_slots_need() {
    let at = AT + 3 * DAY_MINUTES + 30;
    let mut whole = month(at + DAY_MINUTES);
    let objective = timeslices(0.999, 60, "28d");
    let minutes = Span::ending_at(at + DAY_MINUTES, DAY_MINUTES);
    let mut bare = whole.clone();
    let_go(&mut bare);
    let needed = minutes
        .minutes()
        .flat_map(|at| required_days(&bare, &objective, at));
    let needed: Vec<_> = needed.collect();
    let found = episodes(&whole, &objective, minutes).unwrap();
    assert!(!found.is_empty());
    for day in whole.extent().days() {
        if !needed.contains(&day) {
            whole.unload(day);
        }
    }
    assert_eq!(episodes(&whole, &objective, minutes), Ok(found));
}
