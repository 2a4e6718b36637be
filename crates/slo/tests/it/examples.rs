//! Figures worked out by hand.

use tomoni_ledger::{Events, Fact, Marks, Minute, Series, Span, SpanSet};
use tomoni_slo::{
    BudgetUnit, Method, MissingData, Objective, Severity, State, Target, Window, burn_rates,
    burn_windows, evaluate, slots,
};

const AT: Minute = Minute::from_index(29_000_000 - 29_000_000 % 1_440);

/// A ledger whose last minutes are the given stretches of (minutes, bad, total), oldest first;
/// `None` is unknown.
pub(crate) fn ledger(stretches: &[(i64, Option<(i64, i64)>)]) -> Series {
    let length: i64 = stretches.iter().map(|(minutes, _)| minutes).sum();
    let facts = stretches.iter().flat_map(|(minutes, counts)| {
        let fact = counts.map_or(Fact::UNKNOWN, |(bad, total)| {
            Fact::counted(Events::whole(bad), Events::whole(total))
        });
        (0..*minutes).map(move |_| fact)
    });
    let minutes = Span::ending_at(AT, length).minutes();
    let mut series = Series::new();
    series.put(&minutes.zip(facts).collect::<Vec<_>>()).unwrap();
    series
}

pub(crate) fn objective(target: f64, window: &str) -> Objective {
    Objective {
        target: Target::new(target).unwrap(),
        method: Method::Occurrences,
        window: Window::rolling(window).unwrap(),
        missing_data: MissingData::Ignore,
        exclusions: SpanSet::new(),
    }
}

pub(crate) fn is(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

#[test]
fn the_worked_example_of_interface_md() {
    // 1 235 296 events, 729 bad, at 99.9 %: 1 235.296 may be bad.
    let series = ledger(&[(1, Some((729, 1_235_296))), (1, Some((0, 0)))]);
    let figures = evaluate(&series, &objective(0.999, "2m"), AT).unwrap();
    assert!(is(figures.sli.unwrap(), 1_234_567.0 / 1_235_296.0));
    assert_eq!(figures.good, Events::whole(1_234_567));
    assert_eq!(figures.budget.unit, BudgetUnit::Events);
    assert!((figures.budget.allowed - 1_235.296).abs() < 1e-9);
    assert!(is(figures.budget.spent, 729.0));
    assert!((figures.budget.remaining() - 0.409_858).abs() < 1e-6);
    assert!(is(figures.budget.one_failure.unwrap() * 1_235.296, 1.0));
    assert_eq!((figures.coverage, figures.state), (Some(1.0), State::Ok));
}

#[test]
fn an_overspent_budget_is_negative() {
    let series = ledger(&[(100, Some((5, 100)))]);
    let figures = evaluate(&series, &objective(0.99, "100m"), AT).unwrap();
    assert!(is(figures.budget.consumed, 5.0));
    assert!(is(figures.budget.remaining(), -4.0));
    assert_eq!(figures.state, State::Exhausted);
}

/// By bad events among 1 000 at a target of 99 %, that is 10 that may be bad.
#[test]
fn states_change_exactly_at_their_limits() {
    for (bad, state) in [
        (0, State::Ok),
        (7, State::Ok),
        (8, State::AtRisk),
        (9, State::AtRisk),
        (10, State::Exhausted),
    ] {
        let series = ledger(&[(1, Some((bad, 1_000)))]);
        let figures = evaluate(&series, &objective(0.99, "1m"), AT).unwrap();
        assert_eq!(figures.state, state, "{bad}");
    }
    // 0.07 of 100 are 7, though no binary fraction is 0.07.
    let series = ledger(&[(1, Some((7, 100)))]);
    let figures = evaluate(&series, &objective(0.93, "1m"), AT).unwrap();
    assert_eq!(figures.state, State::Exhausted);
    // A quarter left is enough: 75 of 100.
    let series = ledger(&[(1, Some((75, 10_000)))]);
    let figures = evaluate(&series, &objective(0.99, "1m"), AT).unwrap();
    assert_eq!(figures.state, State::Ok);
}

#[test]
fn no_data_no_traffic_and_partial_are_three_things() {
    let objective = objective(0.99, "100m");
    let state = |stretches: &[_]| evaluate(&ledger(stretches), &objective, AT).unwrap();
    let unknown = state(&[(100, None)]);
    assert_eq!(
        (unknown.state, unknown.sli, unknown.coverage),
        (State::NoData, None, Some(0.0))
    );
    let quiet = state(&[(100, Some((0, 0)))]);
    assert_eq!(
        (quiet.state, quiet.sli, quiet.coverage),
        (State::NoTraffic, None, Some(1.0))
    );
    assert!(is(quiet.budget.consumed, 0.0));
    // Figures are shown in every state, and no_traffic stands before partial.
    let half_quiet = state(&[(50, None), (50, Some((0, 0)))]);
    assert_eq!(half_quiet.state, State::NoTraffic);
    let partial = state(&[(11, None), (89, Some((89, 89)))]);
    assert_eq!((partial.state, partial.sli), (State::Partial, Some(0.0)));
    assert_eq!(
        state(&[(10, None), (90, Some((1, 1)))]).state,
        State::Exhausted
    );
}

#[test]
fn a_missing_minute_weighs_as_much_as_a_known_one() {
    // 90 minutes of 10 events, 9 bad in all; 10 minutes missing: 100 events more.
    let series = ledger(&[(9, Some((1, 10))), (81, Some((0, 10))), (10, None)]);
    let figures = |missing_data| {
        let objective = Objective {
            missing_data,
            ..objective(0.9, "100m")
        };
        evaluate(&series, &objective, AT).unwrap()
    };
    let ignored = figures(MissingData::Ignore);
    assert!(is(ignored.sli.unwrap(), 891.0 / 900.0));
    assert_eq!(ignored.imputed_minutes, 0);
    let good = figures(MissingData::Good);
    assert!(is(good.sli.unwrap(), 991.0 / 1_000.0));
    assert!(is(good.budget.allowed, 100.0) && is(good.budget.spent, 9.0));
    let bad = figures(MissingData::Bad);
    assert!(is(bad.sli.unwrap(), 891.0 / 1_000.0));
    assert!(is(bad.budget.spent, 109.0));
    // Counts stay what was counted, and coverage what was known.
    assert_eq!((bad.bad, bad.total), (Events::whole(9), Events::whole(900)));
    assert_eq!((bad.imputed_minutes, bad.coverage), (10, Some(0.9)));
}

#[test]
fn where_nothing_is_known_a_missing_minute_is_one_event() {
    let objective = Objective {
        missing_data: MissingData::Bad,
        ..objective(0.9, "100m")
    };
    let figures = evaluate(&Series::new(), &objective, AT).unwrap();
    assert!(is(figures.budget.spent, 100.0) && is(figures.budget.consumed, 10.0));
    assert_eq!((figures.sli, figures.state), (Some(0.0), State::NoData));
}

#[test]
fn exclusions_take_minutes_out_of_everything() {
    let series = ledger(&[
        (50, Some((0, 10))),
        (10, Some((10, 10))),
        (5, None),
        (35, Some((0, 10))),
    ]);
    let mut objective = objective(0.99, "100m");
    objective.exclusions = SpanSet::from_iter([
        Span::new(AT - 50, AT - 35),
        Span::new(AT - 5, AT + 500),
        Span::new(AT - 500, AT - 99),
    ]);
    let figures = evaluate(&series, &objective, AT).unwrap();
    assert_eq!(figures.excluded_minutes, 15 + 5 + 1);
    assert_eq!((figures.minutes, figures.known_minutes), (79, 79));
    assert_eq!(
        (figures.bad, figures.total),
        (Events::ZERO, Events::whole(790))
    );
    objective.exclusions = SpanSet::from_iter([Span::new(AT - 500, AT)]);
    let figures = evaluate(&series, &objective, AT).unwrap();
    assert_eq!((figures.coverage, figures.state), (None, State::NoData));
    assert_eq!(figures.excluded_minutes, 100);
    let slots = slots(&series, &objective, AT).unwrap();
    assert!(slots.iter().all(|slot| slot.holds == Some(false)));
}

#[test]
fn marks_are_counted() {
    let mut series = Series::new();
    let counted = Fact::counted(Events::whole(1), Events::whole(2));
    let facts = [
        (AT - 3, Fact::UNKNOWN.marked(Marks::INVALID)),
        (AT - 2, counted.marked(Marks::APPROXIMATE)),
        (AT - 1, Fact::counted(Events::whole(3), Events::whole(2))),
        (AT, counted),
    ];
    series.put(&facts).unwrap();
    let figures = evaluate(&series, &objective(0.5, "10m"), AT).unwrap();
    assert_eq!(figures.known_minutes, 3);
    assert_eq!(figures.approximate_minutes, 1);
    assert_eq!(figures.clamped_minutes, 1);
    assert_eq!(figures.invalid_minutes, 1);
}

/// The table in semantics.md, "Alerts".
#[test]
fn slots_are_those_of_the_table() {
    let rows = |window| {
        let slots = slots(&Series::new(), &objective(0.999, window), AT).unwrap();
        slots.map(|slot| {
            let names = format!("{}/{}", slot.long.window_name(), slot.short.window_name());
            (slot.severity, names, (slot.factor * 1e4).round() / 1e4)
        })
    };
    let row = |severity, names: &str, factor| (severity, names.to_owned(), factor);
    let (page, ticket) = (Severity::Page, Severity::Ticket);
    assert_eq!(
        rows("30d"),
        [
            row(page, "1h/5m", 14.4),
            row(page, "6h/30m", 6.0),
            row(ticket, "1d/2h", 3.0),
            row(ticket, "3d/6h", 1.0),
        ]
    );
    assert_eq!(
        rows("28d"),
        [
            row(page, "1h/5m", 13.44),
            row(page, "6h/30m", 5.6),
            row(ticket, "1d/2h", 2.8),
            row(ticket, "3d/6h", 0.9333),
        ]
    );
    assert_eq!(
        rows("7d"),
        [
            row(page, "15m/2m", 14.0),
            row(page, "90m/8m", 7.0),
            row(ticket, "6h/30m", 2.0),
            row(ticket, "1d/90m", 1.0),
        ]
    );
}

#[test]
fn windows_scale_outside_28_to_31_days() {
    let windows = |text| burn_windows(&Window::rolling(text).unwrap());
    let monthly = [5, 30, 60, 120, 360, 1_440, 4_320];
    assert_eq!(windows("28d"), monthly);
    assert_eq!(windows("31d"), monthly);
    assert_eq!(windows("40319m"), [5, 30, 60, 120, 360, 1_440, 5_760]);
    assert_eq!(windows("44641m"), [6, 34, 67, 133, 399, 1_595, 6_378]);
    assert_eq!(windows("1m"), [1; 7]);
    let month = Window::calendar("1M", "Asia/Tokyo", "2024-01-01 00:00:00").unwrap();
    assert_eq!(burn_windows(&month), monthly);
    let quarter = Window::calendar("1Q", "Asia/Tokyo", "2024-01-01 00:00:00").unwrap();
    assert_eq!(burn_windows(&quarter)[6], 18_720);
}

#[test]
fn a_slot_is_true_above_its_factor_and_not_at_it() {
    // 14.4 times a share of 0.01 is 0.144: 144 bad of 1 000.
    let objective = objective(0.99, "30d");
    let first = |bad| {
        let series = ledger(&[(60, Some((bad, 1_000)))]);
        slots(&series, &objective, AT).unwrap()[0]
    };
    assert!(is(first(144).long.rate.unwrap(), 14.4));
    assert_eq!(first(144).holds, Some(false));
    assert_eq!(first(145).holds, Some(true));
}

#[test]
fn both_windows_must_burn() {
    let objective = objective(0.99, "30d");
    let over = ledger(&[(55, Some((500, 1_000))), (5, Some((0, 1_000)))]);
    assert_eq!(slots(&over, &objective, AT).unwrap()[0].holds, Some(false));
    let new = ledger(&[(55, Some((0, 1_000))), (5, Some((500, 1_000)))]);
    assert_eq!(slots(&new, &objective, AT).unwrap()[0].holds, Some(false));
}

#[test]
fn one_bad_event_alone_never_pages() {
    let objective = objective(0.99, "30d");
    let one = ledger(&[(59, Some((0, 0))), (1, Some((1, 1)))]);
    let slot = slots(&one, &objective, AT).unwrap()[0];
    assert!(slot.short.rate.unwrap() > slot.factor);
    assert_eq!(slot.holds, Some(false));
    // One failure more here is half of all: a burn of 100, far above the factor.
    assert!(is(slot.short.one_failure.unwrap(), 100.0));
    let two = ledger(&[(58, Some((0, 0))), (2, Some((1, 1)))]);
    assert_eq!(slots(&two, &objective, AT).unwrap()[0].holds, Some(true));
}

#[test]
fn a_slot_is_frozen_where_a_window_lacks_coverage() {
    let objective = objective(0.99, "30d");
    let holds = |stretches: &[_]| slots(&ledger(stretches), &objective, AT).unwrap()[0].holds;
    let burning = Some((500, 1_000));
    // Of five minutes one may be unknown; of sixty, six.
    assert_eq!(holds(&[(59, burning), (1, None)]), Some(true));
    assert_eq!(holds(&[(58, burning), (2, None)]), None);
    assert_eq!(holds(&[(6, None), (54, burning)]), Some(true));
    assert_eq!(holds(&[(7, None), (53, burning)]), None);
    // A window of one minute must know it.
    let hour = Objective {
        window: Window::rolling("1h").unwrap(),
        ..objective
    };
    let rates = burn_rates(&ledger(&[(60, burning), (1, None)]), &hour, AT).unwrap();
    assert_eq!((rates[0].minutes, rates[0].lacks_coverage), (1, true));
}

#[test]
fn a_slot_that_can_never_be_true_is_told() {
    let is_impossible = |target| {
        let slots = slots(&Series::new(), &objective(target, "30d"), AT).unwrap();
        slots.map(|slot| slot.is_impossible)
    };
    assert_eq!(is_impossible(0.95), [false; 4]);
    // 14.4 · 0.07 = 1.008.
    assert_eq!(is_impossible(0.93), [true, false, false, false]);
    assert_eq!(is_impossible(0.0), [true; 4]);
}
