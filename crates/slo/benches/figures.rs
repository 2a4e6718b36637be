//! How long figures take, from a ledger that is loaded: `cargo bench -p tomoni-slo`.
//!
//! Limits (the "Engine" issue): one window sum over 28 days under 50 ns; 1 000 objectives × 8 windows
//! at one instant under 1 ms; a 28-day window of slices of one minute well under 1 ms.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use tomoni_ledger::{DayFacts, Events, Fact, Minute, Series, Span, SpanSet};
use tomoni_slo::{
    Method, MissingData, Objective, Replay, Target, Window, burn_rates, episodes, evaluate,
    required_days, slots,
};

/// 2026-11-22T09:00:00Z.
const AT: Minute = Minute::from_index(1_795_338_000 / 60);

fn series(days: i64, seed: i64) -> Series {
    let mut series = Series::new();
    for day in Span::ending_at(AT, days * 1_440).days() {
        let mut facts = DayFacts::unknown(day);
        for minute in day.span().minutes() {
            let n = (minute.index() * 7_919 + seed * 104_729).rem_euclid(1_009);
            let bad = i64::from(n % 97 == 0) * (n % 5);
            let fact = match n {
                13 => Fact::UNKNOWN,
                _ => Fact::counted(Events::whole(bad), Events::whole(n + 5)),
            };
            facts.set(minute, fact);
        }
        series.load(&facts);
    }
    series
}

fn objective(window: Window, method: Method) -> Objective {
    let Ok(target) = Target::new(0.999) else {
        unreachable!("0.999 lies in [0, 1)")
    };
    Objective {
        target,
        method,
        window,
        missing_data: MissingData::Ignore,
        exclusions: SpanSet::new(),
    }
}

fn rolling(days: i64) -> Window {
    Window::Rolling {
        minutes: days * 1_440,
        text: format!("{days}d"),
    }
}

fn timeslices(width_minutes: i64) -> Method {
    Method::Timeslices {
        target: 0.95,
        width_minutes,
    }
}

fn one_objective(c: &mut Criterion) {
    let series = series(60, 1);
    let mut group = c.benchmark_group("one objective");
    let month = || Window::calendar("1M", "Europe/Berlin", "2024-01-01 00:00:00");
    let Ok(month) = month() else {
        unreachable!("the calendar is well written")
    };
    let mut excluded = objective(rolling(28), Method::Occurrences);
    excluded.exclusions = (1..10)
        .map(|n| Span::ending_at(AT - n * 3_000, 60))
        .collect();
    let cases = [
        (
            "28d, occurrences",
            objective(rolling(28), Method::Occurrences),
        ),
        ("28d, occurrences, 9 exclusions", excluded),
        ("1M, occurrences", objective(month, Method::Occurrences)),
        (
            "28d, slices of 1 minute",
            objective(rolling(28), timeslices(1)),
        ),
        (
            "28d, slices of 5 minutes",
            objective(rolling(28), timeslices(5)),
        ),
        (
            "28d, slices of 1 hour",
            objective(rolling(28), timeslices(60)),
        ),
    ];
    for (name, objective) in &cases {
        group.bench_function(format!("figures, {name}"), |b| {
            b.iter(|| evaluate(&series, black_box(objective), black_box(AT)));
        });
        group.bench_function(format!("slots, {name}"), |b| {
            b.iter(|| slots(&series, black_box(objective), black_box(AT)));
        });
    }
    for (name, objective) in &cases {
        let minutes = Span::ending_at(AT, 1_440);
        let Ok(replay) = Replay::new(&series, objective, minutes) else {
            unreachable!("all days are loaded")
        };
        group.bench_function(format!("slots in a replay, {name}"), |b| {
            b.iter(|| replay.slots(black_box(AT)));
        });
    }
    for (name, objective) in &cases {
        // What an SLO's page shows: 300 points, and every alert of four weeks.
        let month = Span::ending_at(AT, 28 * 1_440);
        group.bench_function(format!("300 points, {name}"), |b| {
            b.iter(|| {
                let replay = Replay::new(&series, black_box(objective), month);
                let Ok(replay) = replay else {
                    unreachable!("all days are loaded")
                };
                for point in 0..300 {
                    let _ = black_box(replay.evaluate(AT - point * 134));
                }
            });
        });
        group.bench_function(format!("alerts of 28 days, {name}"), |b| {
            b.iter(|| episodes(&series, black_box(objective), month));
        });
    }
    let needed = objective(rolling(28), timeslices(1));
    group.bench_function("required days, 28d, slices of 1 minute", |b| {
        b.iter(|| required_days(&series, black_box(&needed), black_box(AT)));
    });
    group.finish();
}

fn thousand_objectives(c: &mut Criterion) {
    let objective = objective(rolling(28), Method::Occurrences);
    let all: Vec<Series> = (0..1_000).map(|seed| warm(series(30, seed))).collect();
    c.bench_function("1 000 objectives, 8 windows each", |b| {
        b.iter(|| {
            for series in &all {
                let _ = black_box(evaluate(series, &objective, AT));
                let _ = black_box(burn_rates(series, &objective, AT));
            }
        });
    });
}

/// A ledger as a server keeps it: the days at the windows' edges loaded, of the others the totals.
fn warm(mut series: Series) -> Series {
    let edges = [0, 1, 3, 28].map(|days| (AT - days * 1_440).day());
    for day in series.extent().days() {
        if !edges.contains(&day) {
            series.unload(day);
        }
    }
    series
}

criterion_group!(benches, one_objective, thousand_objectives);
criterion_main!(benches);
