use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::path::{area, line, runs};
use super::scale::{Linear, nice_ticks, time_ticks};
use crate::ui::i18n::Language;
use crate::ui::i18n::times::Times;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn labels(from: &str, until: &str, zone: &str, language: Language, room: usize) -> Vec<String> {
    let zone = TimeZone::get(zone).unwrap();
    let times = Times { language, zone };
    let ticks = time_ticks(at(from), at(until), &times, room);
    ticks.into_iter().map(|(_, label)| label).collect()
}

#[test]
fn weeks_begin_on_mondays_of_the_zone() {
    let ticks = labels(
        "2026-10-27T09:00:00Z",
        "2026-11-24T09:00:00Z",
        "Asia/Tokyo",
        Language::English,
        12,
    );
    assert_eq!(ticks, ["2 Nov", "9 Nov", "16 Nov", "23 Nov"]);
    let ticks = labels(
        "2026-10-27T09:00:00Z",
        "2026-11-24T09:00:00Z",
        "Asia/Tokyo",
        Language::Japanese,
        12,
    );
    assert_eq!(ticks, ["11/2", "11/9", "11/16", "11/23"]);
}

#[test]
fn hours_stand_on_the_zones_clock_and_midnight_names_the_day() {
    let ticks = labels(
        "2026-11-23T09:00:00Z",
        "2026-11-24T09:00:00Z",
        "Asia/Tokyo",
        Language::English,
        6,
    );
    assert_eq!(ticks, ["18:00", "24 Nov", "06:00", "12:00", "18:00"]);
}

#[test]
fn a_day_of_23_hours_keeps_its_midnights() {
    // Clocks went forward in Berlin on 29 March 2026.
    let ticks = labels(
        "2026-03-27T23:00:00Z",
        "2026-03-30T22:00:00Z",
        "Europe/Berlin",
        Language::English,
        5,
    );
    assert_eq!(ticks, ["28 Mar", "29 Mar", "30 Mar", "31 Mar"]);
}

#[test]
fn months_begin_on_the_first() {
    let ticks = labels(
        "2026-06-10T00:00:00Z",
        "2026-11-20T00:00:00Z",
        "UTC",
        Language::English,
        6,
    );
    assert_eq!(ticks, ["1 Jul", "1 Aug", "1 Sep", "1 Oct", "1 Nov"]);
}

#[test]
fn what_is_unknown_is_a_gap_in_the_line() {
    let places = [
        Some((0.0, 1.0)),
        Some((1.0, 2.0)),
        None,
        None,
        Some((4.0, 1.5)),
        None,
    ];
    let runs = runs(places);
    assert_eq!(line(&runs), "M0 1L1 2M4 1.5h0");
    assert_eq!(area(&runs, 9.0), "M0 1L1 2L1 9L0 9ZM4 1.5L4 9L4 9Z");
}

#[test]
fn a_scale_holds_values_inside() {
    let scale = Linear::new((0.0, 10.0), (100.0, 200.0));
    assert_eq!(scale.place(5.0).to_bits(), 150.0_f64.to_bits());
    assert_eq!(scale.place(-5.0).to_bits(), 100.0_f64.to_bits());
    assert_eq!(scale.place(50.0).to_bits(), 200.0_f64.to_bits());
}

proptest! {
    #[test]
    fn ticks_lie_inside_and_are_as_many_as_wanted(low in -1e6_f64..1e6, width in 1e-4_f64..1e6, wanted in 1_usize..10) {
        let high = low + width;
        let (ticks, _) = nice_ticks(low, high, wanted);
        prop_assert!(ticks.len() <= wanted + 1, "{ticks:?}");
        let slack = (low.abs() + width) * 1e-9;
        prop_assert!(ticks.iter().all(|tick| low - slack <= *tick && *tick <= high + slack), "{ticks:?}");
        prop_assert!(ticks.windows(2).all(|pair| matches!(pair, [a, b] if a < b)), "{ticks:?}");
    }

    #[test]
    fn labels_of_time_never_crowd(start in 0_i64..2_000_000_000, minutes in 5_i64..600_000, room in 2_usize..20) {
        let from = Timestamp::from_second(start).unwrap();
        let until = Timestamp::from_second(start + minutes * 60).unwrap();
        let times = Times { language: Language::English, zone: TimeZone::get("Asia/Tokyo").unwrap() };
        let ticks = time_ticks(from, until, &times, room);
        prop_assert!(ticks.len() <= room);
        prop_assert!(ticks.iter().all(|(at, _)| from <= *at && *at <= until));
        prop_assert!(ticks.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0)));
    }
}
