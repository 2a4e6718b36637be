//! Where calendar periods begin and end.

use proptest::prelude::*;
use tomoni_ledger::{Minute, Series, Span, SpanSet};
use tomoni_slo::{
    CalendarError, DurationError, Method, MissingData, Objective, State, Target, Window,
    burn_rates, evaluate, required_days, required_span, slots,
};

use crate::arbitrary::{instant, window};
use crate::naive;

fn minute(instant: &str) -> Minute {
    let instant: jiff::Timestamp = instant.parse().unwrap();
    Minute::ended_by_ms(instant.as_millisecond())
}

fn objective(window: Window) -> Objective {
    Objective {
        target: Target::new(0.99).unwrap(),
        method: Method::Occurrences,
        window,
        missing_data: MissingData::Ignore,
        exclusions: SpanSet::new(),
    }
}

/// The whole periods that hold the given instants.
fn periods(window: &Window, instants: &[&str]) -> Vec<Span> {
    instants
        .iter()
        .map(|at| window.extent(minute(at)).unwrap().whole)
        .collect()
}

fn span(after: &str, until: &str) -> Span {
    Span::new(minute(after), minute(until))
}

#[test]
fn the_minute_that_ends_at_a_boundary_belongs_to_the_old_period() {
    let window = Window::calendar("1M", "UTC", "2024-01-01 00:00:00").unwrap();
    let boundary = minute("2024-02-01T00:00:00Z");
    let january = span("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z");
    let february = span("2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z");
    assert_eq!(window.extent(boundary).unwrap().whole, january);
    assert_eq!(window.extent(boundary + 1).unwrap().whole, february);
    assert_eq!(window.extent(boundary + 1).unwrap().so_far.len(), 1);
}

#[test]
fn months_from_the_31st_are_clamped_and_come_back() {
    let window = Window::calendar("1M", "UTC", "2024-01-31 12:00:00").unwrap();
    let at = [
        "2024-02-10T00:00:00Z",
        "2024-03-10T00:00:00Z",
        "2024-04-10T00:00:00Z",
    ];
    assert_eq!(
        periods(&window, &at),
        [
            span("2024-01-31T12:00:00Z", "2024-02-29T12:00:00Z"),
            span("2024-02-29T12:00:00Z", "2024-03-31T12:00:00Z"),
            span("2024-03-31T12:00:00Z", "2024-04-30T12:00:00Z"),
        ]
    );
}

#[test]
fn a_leap_days_year_ends_on_the_28th() {
    let window = Window::calendar("1Y", "UTC", "2024-02-29 00:00:00").unwrap();
    assert_eq!(
        periods(&window, &["2025-01-01T00:00:00Z", "2027-12-31T00:00:00Z"]),
        [
            span("2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z"),
            span("2027-02-28T00:00:00Z", "2028-02-29T00:00:00Z"),
        ]
    );
}

#[test]
fn quarters_weeks_and_several_units_count_from_the_start() {
    let period = |duration, at| {
        let window = Window::calendar(duration, "Asia/Tokyo", "2024-01-01 00:00:00").unwrap();
        periods(&window, &[at])[0]
    };
    let tokyo = |after: &str, until: &str| {
        span(
            &format!("{after}T00:00:00+09:00"),
            &format!("{until}T00:00:00+09:00"),
        )
    };
    let at = "2025-08-15T00:00:00Z";
    assert_eq!(period("1Q", at), tokyo("2025-07-01", "2025-10-01"));
    assert_eq!(period("1w", at), tokyo("2025-08-11", "2025-08-18"));
    assert_eq!(period("2w", at), tokyo("2025-08-11", "2025-08-25"));
    assert_eq!(period("2M", at), tokyo("2025-07-01", "2025-09-01"));
    assert_eq!(period("1d", at), tokyo("2025-08-15", "2025-08-16"));
    assert_eq!(period("3Y", at), tokyo("2024-01-01", "2027-01-01"));
}

/// Days that are not of 24 hours, by zone, an instant within, and minutes.
#[test]
fn days_are_as_long_as_the_zone_says() {
    for (zone, at, minutes) in [
        ("Europe/Berlin", "2024-03-31T12:00:00Z", 23 * 60),
        ("Europe/Berlin", "2024-10-27T12:00:00Z", 25 * 60),
        ("Europe/Berlin", "2024-10-28T12:00:00Z", 24 * 60),
        ("Asia/Tokyo", "2024-03-31T12:00:00Z", 24 * 60),
        // The clock is put forward at midnight: the day begins at one o'clock.
        ("America/Sao_Paulo", "2018-11-04T12:00:00Z", 23 * 60),
        ("America/Sao_Paulo", "2018-11-03T12:00:00Z", 24 * 60),
        // It is put back at midnight: the day before has the hour twice.
        ("America/Sao_Paulo", "2018-02-17T12:00:00Z", 25 * 60),
        ("Australia/Lord_Howe", "2024-04-07T00:00:00Z", 24 * 60 + 30),
        ("Australia/Lord_Howe", "2024-10-06T00:00:00Z", 24 * 60 - 30),
    ] {
        let window = Window::calendar("1d", zone, "2010-01-01 00:00:00").unwrap();
        assert_eq!(periods(&window, &[at])[0].len(), minutes, "{zone} {at}");
    }
}

#[test]
fn a_day_that_was_skipped_has_no_minute() {
    let window = Window::calendar("1d", "Pacific/Apia", "2011-01-01 00:00:00").unwrap();
    let midnight = minute("2011-12-30T10:00:00Z");
    let [before, after] = [midnight, midnight + 1].map(|at| window.extent(at).unwrap().whole);
    assert_eq!((before.until, after.after), (midnight, midnight));
    assert_eq!((before.len(), after.len()), (1_440, 1_440));
}

#[test]
fn a_time_that_comes_twice_is_the_first_and_one_that_never_comes_is_later() {
    let boundary = |start, zone, at| {
        let window = Window::calendar("1d", zone, start).unwrap();
        window.extent(minute(at)).unwrap().whole.after
    };
    let twice = boundary(
        "2024-10-01 02:30:00",
        "Europe/Berlin",
        "2024-10-27T12:00:00Z",
    );
    assert_eq!(twice, minute("2024-10-27T00:30:00Z"));
    let never = boundary(
        "2024-03-01 02:30:00",
        "Europe/Berlin",
        "2024-03-31T12:00:00Z",
    );
    assert_eq!(never, minute("2024-03-31T01:30:00Z"));
}

#[test]
fn a_boundary_within_a_minute_is_floored() {
    // Liberia was 44 minutes and 30 seconds behind until 1972: midnight is at 00:44:30 UTC.
    let window = Window::calendar("1d", "Africa/Monrovia", "1971-01-01 00:00:00").unwrap();
    let holds_it = minute("1971-06-01T00:45:00Z");
    let period = window.extent(holds_it).unwrap().whole;
    assert_eq!(period.after, holds_it - 1);
    assert_eq!(period.len(), 1_440);
    let seconds = Window::calendar("1d", "UTC", "2024-01-01 06:00:01").unwrap();
    let holds_it = minute("2024-01-02T06:01:00Z");
    assert_eq!(seconds.extent(holds_it).unwrap().whole.after, holds_it - 1);
}

#[test]
fn before_the_first_period_there_is_no_window_but_burn_rates_stand() {
    let window = Window::calendar("1M", "Europe/Berlin", "2024-01-01 00:00:00").unwrap();
    let first = minute("2023-12-31T23:00:00Z");
    assert_eq!(window.extent(first), None);
    assert!(window.extent(first + 1).is_some());
    let objective = objective(window);
    let figures = evaluate(&Series::new(), &objective, first).unwrap();
    assert!(figures.window.is_empty());
    assert_eq!(
        (figures.state, figures.sli, figures.coverage),
        (State::NoData, None, None)
    );
    assert_eq!(
        burn_rates(&Series::new(), &objective, first).unwrap()[0]
            .window
            .len(),
        5
    );
    assert_eq!(
        required_span(&objective, first),
        Span::ending_at(first, 4_320)
    );
}

#[test]
fn instants_outside_the_calendar_have_no_period() {
    for duration in ["1d", "1w", "1M", "1Q", "1Y"] {
        let window = Window::calendar(duration, "Europe/Berlin", "2024-01-01 00:00:00").unwrap();
        for index in [
            -1_000_000_000_000,
            -5_300_000_000,
            4_400_000_000,
            1_000_000_000_000,
        ] {
            let at = Minute::from_index(index);
            assert_eq!(window.extent(at), None, "{duration} {index}");
            let objective = objective(window.clone());
            assert_eq!(
                evaluate(&Series::new(), &objective, at).unwrap().state,
                State::NoData
            );
            assert!(slots(&Series::new(), &objective, at).is_ok());
            assert_eq!(required_days(&Series::new(), &objective, at), []);
        }
    }
}

#[test]
fn nominal_lengths_are_those_of_semantics() {
    let nominal = |text| {
        let window = Window::calendar(text, "UTC", "2024-01-01 00:00:00").unwrap();
        window.nominal_minutes() / 1_440
    };
    assert_eq!(
        ["1d", "1w", "1M", "1Q", "1Y", "2w"].map(nominal),
        [1, 7, 30, 91, 365, 14]
    );
    assert_eq!(Window::rolling("1Q").unwrap().nominal_minutes(), 90 * 1_440);
}

#[test]
fn a_period_is_partial_in_its_first_tenth() {
    let window = Window::calendar("1d", "UTC", "2024-01-01 00:00:00").unwrap();
    let midnight = minute("2024-01-05T00:00:00Z");
    let is_early = |minutes| {
        window
            .extent(midnight + minutes)
            .unwrap()
            .is_in_first_tenth()
    };
    assert!(is_early(1) && is_early(143));
    assert!(!is_early(144) && !is_early(1_440));
    assert!(
        !Window::rolling("1d")
            .unwrap()
            .extent(midnight)
            .unwrap()
            .is_in_first_tenth()
    );
}

#[test]
fn what_is_no_calendar_window_says_why() {
    let error = |duration, zone, start| Window::calendar(duration, zone, start).unwrap_err();
    let (month, utc, start) = ("1M", "UTC", "2024-01-01 00:00:00");
    assert_eq!(
        error("90m", utc, start),
        CalendarError::NotAPeriod {
            text: "90m".to_owned()
        }
    );
    assert_eq!(
        error("1x", utc, start),
        CalendarError::Duration(DurationError::NotADuration {
            text: "1x".to_owned()
        })
    );
    for zone in ["Europe/Berln", "", "CEST+2", "../UTC", "Europe/Berlin "] {
        let expected = CalendarError::UnknownZone {
            zone: zone.to_owned(),
        };
        assert_eq!(error(month, zone, start), expected);
    }
    for text in [
        "",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-13-01 00:00:00",
        "2024-02-30 00:00:00",
        "2024-01-01 24:00:00",
        "2024-01-01 00:00:60",
        "2024-1-1 00:00:00",
        "2024-01-01 00:00:00Z",
        "２024-01-01 00:00:0",
    ] {
        let expected = CalendarError::NotAStart {
            text: text.to_owned(),
        };
        assert_eq!(error(month, utc, text), expected, "{text}");
    }
}

proptest! {
    /// Every minute lies in exactly one period, the one that the naive calendar says.
    #[test]
    fn periods_follow_each_other(
        (at, window) in instant().prop_flat_map(|at| (Just(at), window(at.end_s()))),
    ) {
        let objective = objective(window.clone());
        let found = window.extent(at).map(|extent| (extent.so_far, extent.whole));
        prop_assert_eq!(found, naive::window(&objective, at));
        if let (Some((_, whole)), Window::Calendar(calendar)) = (found, &window) {
            prop_assert!(whole.contains(at));
            prop_assert_eq!(calendar.period(whole.until), Some(whole));
            let next = calendar.period(whole.until + 1).unwrap();
            prop_assert_eq!(next.after, whole.until);
            prop_assert!(calendar.period(whole.after).is_none_or(|last| last.until == whole.after));
        }
    }

    #[test]
    fn no_text_makes_a_window_panic(a in "\\PC{0,12}", b in "\\PC{0,24}", c in "[0-9 :-]{0,20}") {
        let _ = Window::rolling(&a);
        let _ = Window::calendar("1M", &b, "2024-01-01 00:00:00");
        if let Ok(window) = Window::calendar("1M", "Europe/Berlin", &c) {
            let _ = window.extent(Minute::from_index(29_000_000));
        }
    }
}
