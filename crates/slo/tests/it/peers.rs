//! What peers would say, against their definitions, minute by minute.

use proptest::prelude::*;
use tomoni_ledger::{Counts, Events, Fact, Minute, Series, Span};
use tomoni_slo::invariants::is_close;
use tomoni_slo::{Peer, PeerSums, Target, peer_span};

use crate::arbitrary;
use crate::naive::Facts;
use crate::properties::case;

/// What is known of the five minutes that end here; `None` when nothing is.
fn five_minutes(facts: &Facts, end: Minute) -> Option<Counts> {
    let minutes = Span::ending_at(end, 5).minutes();
    let known = minutes.filter_map(|minute| facts.get(&minute)?.counts);
    known.reduce(|a, b| Counts {
        bad: a.bad + b.bad,
        total: a.total + b.total,
    })
}

fn naive(peer: Peer, facts: &Facts, span: Span) -> PeerSums {
    let mut sums = PeerSums::default();
    for end in span.minutes() {
        match peer {
            Peer::Pyrra => {
                let counts = facts.get(&end).and_then(|fact| fact.counts);
                sums.bad += counts.unwrap_or_default().bad.as_f64();
                sums.all += counts.unwrap_or_default().total.as_f64();
            }
            Peer::Sloth => match five_minutes(facts, end) {
                None => {}
                Some(counts) if counts.total == Events::ZERO => {
                    sums.empty += 1;
                    sums.last_empty = Some(end);
                }
                Some(counts) => {
                    sums.bad += counts.bad.as_f64() / counts.total.as_f64();
                    sums.all += 1.0;
                }
            },
        }
    }
    sums
}

fn assert_same(a: PeerSums, b: PeerSums) {
    assert!(is_close(a.bad, b.bad), "{a:?} {b:?}");
    assert!(is_close(a.all, b.all), "{a:?} {b:?}");
    assert_eq!((a.empty, a.last_empty), (b.empty, b.last_empty));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn sums_are_what_the_peers_define_and_parts_add_up(
        (facts, objective, at) in case(),
        cut in 0.0..1.0_f64,
    ) {
        let series = arbitrary::series(&facts);
        let Some(extent) = objective.window.extent(at) else {
            return Ok(());
        };
        let window = extent.so_far;
        let middle = window.after + (cut * window.len() as f64) as i64;
        for peer in Peer::ALL {
            let whole = peer.sums(&series, window).unwrap();
            assert_same(whole, naive(peer, &facts, window));
            let mut parts = peer.sums(&series, Span::new(window.after, middle)).unwrap();
            parts += peer.sums(&series, Span::new(middle, window.until)).unwrap();
            assert_same(whole, parts);
        }
    }
}

/// A day in which each minute is what a function says of its place.
fn day(fact: impl Fn(i64) -> Fact) -> (Series, Span) {
    let at = Minute::from_index(29_000_000);
    let window = Span::ending_at(at, 1_440);
    let facts: Vec<(Minute, Fact)> = window
        .minutes()
        .map(|minute| (minute, fact(minute - window.after)))
        .collect();
    let mut series = Series::new();
    series.put(&facts).unwrap();
    (series, window)
}

fn counted(bad: i64, total: i64) -> Fact {
    Fact::counted(Events::whole(bad), Events::whole(total))
}

fn remaining(peer: Peer, series: &Series, window: Span) -> Option<f64> {
    let target = Target::from_percent(99.0).unwrap();
    let reckoning = peer.sums(series, window).unwrap().reckoning(target)?;
    assert!(is_close(reckoning.remaining, 1.0 - reckoning.burn_rate));
    assert!(is_close((1.0 - reckoning.sli) / 0.01, reckoning.burn_rate));
    Some(reckoning.remaining)
}

#[test]
fn on_steady_data_all_say_the_same() {
    let (series, window) = day(|_| counted(1, 200));
    for peer in Peer::ALL {
        assert!(is_close(remaining(peer, &series, window).unwrap(), 0.5));
    }
}

#[test]
fn an_outage_at_night_weighs_as_much_as_one_at_noon_with_sloth_only() {
    // An hour of failures among few events, or among many.
    let outage = |from: i64| {
        day(move |place| {
            let total = if place <= 720 { 10 } else { 1_000 };
            let is_bad = (from + 1..=from + 60).contains(&place);
            counted(if is_bad { total } else { 0 }, total)
        })
    };
    let [(night, window), (noon, _)] = [120, 1_000].map(outage);
    let of = |peer, series: &Series| remaining(peer, series, window).unwrap();
    assert!(is_close(
        of(Peer::Sloth, &night),
        1.0 - 60.0 / 1_440.0 / 0.01
    ));
    assert!((of(Peer::Sloth, &night) - of(Peer::Sloth, &noon)).abs() < 1e-9);
    assert!(of(Peer::Pyrra, &night) > 0.9);
    assert!(of(Peer::Pyrra, &noon) < -7.0);
}

#[test]
fn gaps_are_left_out_and_silence_is_not_a_number() {
    let (series, window) = day(|place| match place {
        101..=200 => Fact::UNKNOWN,
        301..=310 => counted(0, 0),
        _ => counted(1, 100),
    });
    let sums = Peer::Sloth.sums(&series, window).unwrap();
    // Five minutes that end four minutes into a gap still know of one; so do those at its end.
    assert!(is_close(sums.all, 1_440.0 - 96.0 - 6.0), "{sums:?}");
    assert_eq!((sums.empty, sums.last_empty), (6, Some(window.after + 310)));
    let (silent, window) = day(|_| counted(0, 0));
    for peer in Peer::ALL {
        assert_eq!(remaining(peer, &silent, window), None);
    }
}

#[test]
fn the_first_ratios_look_back_over_the_window_s_edge() {
    let (series, whole) = day(|place| counted(i64::from(place <= 720), 1));
    let window = Span::new(whole.after + 720, whole.until);
    let sums = Peer::Sloth.sums(&series, window).unwrap();
    assert!(is_close(sums.bad, 0.8 + 0.6 + 0.4 + 0.2), "{sums:?}");
    assert_eq!(peer_span(window).after, window.after - 5);
    // Those minutes have to be there.
    let mut away = series.clone();
    away.unload(window.after.day());
    let is_loaded = Peer::Sloth.sums(&away, window).is_ok();
    assert_eq!(is_loaded, !series.is_loaded(window.after.day()));
}
