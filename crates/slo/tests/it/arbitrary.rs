//! Random ledgers and objectives.

use proptest::prelude::*;
use tomoni_ledger::{Events, Fact, Marks, Minute, Series, Span, SpanSet};
use tomoni_slo::{Method, MissingData, Objective, Target, Window};

use crate::naive::Facts;

/// A stretch of minutes of one kind.
#[derive(Clone, Debug)]
enum Stretch {
    Unknown,
    Quiet,
    /// Traffic up to so many events a minute, of which so many thousandths are bad.
    Busy {
        events_max: i64,
        bad_permille: u64,
    },
    /// Busy, but every so-many-th minute is unknown.
    Patchy {
        every: u64,
    },
}

fn stretch() -> impl Strategy<Value = Stretch> {
    prop_oneof![
        1 => Just(Stretch::Unknown),
        1 => Just(Stretch::Quiet),
        4 => (1..2_000_i64, prop_oneof![3 => 0..3_u64, 1 => 0..1000_u64])
            .prop_map(|(events_max, bad_permille)| Stretch::Busy { events_max, bad_permille }),
        2 => (2..15_u64).prop_map(|every| Stretch::Patchy { every }),
    ]
}

/// Facts of the minutes in a span: stretches of random kinds and lengths.
pub(crate) fn facts(span: Span) -> impl Strategy<Value = Facts> {
    let lengths = prop_oneof![1..20_i64, 20..600_i64, 600..4000_i64];
    (
        prop::collection::vec((stretch(), lengths), 1..12),
        any::<u64>(),
    )
        .prop_map(move |(stretches, seed)| {
            let mut random = Random(seed | 1);
            let mut facts = Facts::new();
            let mut kinds = stretches.iter().cycle();
            let mut minutes = span.minutes().peekable();
            while minutes.peek().is_some() {
                let Some((stretch, length)) = kinds.next() else {
                    break;
                };
                for minute in minutes.by_ref().take(*length as usize) {
                    facts.insert(minute, random.fact(stretch));
                }
            }
            facts
        })
}

/// A small generator of its own, so that a long ledger costs proptest one number.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn fact(&mut self, stretch: &Stretch) -> Fact {
        match stretch {
            Stretch::Unknown if self.below(8) == 0 => Fact::UNKNOWN.marked(Marks::INVALID),
            Stretch::Unknown => Fact::UNKNOWN,
            Stretch::Quiet => Fact::counted(Events::ZERO, Events::ZERO),
            Stretch::Patchy { every } if self.below(*every) == 0 => Fact::UNKNOWN,
            Stretch::Patchy { .. } => self.busy(100, 20),
            Stretch::Busy {
                events_max,
                bad_permille,
            } => self.busy(*events_max, *bad_permille),
        }
    }

    fn busy(&mut self, events_max: i64, bad_permille: u64) -> Fact {
        let total = self.below(events_max as u64 + 1) as i64;
        let bad = (0..total.min(200))
            .filter(|_| self.below(1000) < bad_permille)
            .count() as i64;
        if self.below(16) == 0 {
            let parts = self.below(1024) as i64;
            let total = Events::whole(total) + Events::from_parts(parts);
            return Fact::counted(Events::whole(bad), total).marked(Marks::APPROXIMATE);
        }
        if self.below(64) == 0 {
            return Fact::counted(Events::whole(total + 1), Events::whole(total));
        }
        Fact::counted(Events::whole(bad), Events::whole(total))
    }
}

/// The same facts in a ledger, every day loaded.
pub(crate) fn series(facts: &Facts) -> Series {
    let mut series = Series::new();
    let all: Vec<_> = facts
        .iter()
        .map(|(minute, fact)| (*minute, *fact))
        .collect();
    series.put(&all).unwrap();
    series
}

pub(crate) fn method() -> impl Strategy<Value = Method> {
    let width = prop_oneof![
        Just(1),
        Just(5),
        Just(10),
        Just(60),
        Just(1_440),
        1..100_i64,
        100..3_000_i64
    ];
    let target = prop_oneof![Just(0.95), Just(0.99), Just(1.0), 0.01..1.0];
    prop_oneof![
        2 => Just(Method::Occurrences),
        2 => (target, width.clone())
            .prop_map(|(target, width_minutes)| Method::Timeslices { target, width_minutes }),
        1 => width.prop_map(|width_minutes| Method::RatioTimeslices { width_minutes }),
    ]
}

pub(crate) const ZONES: [&str; 9] = [
    "UTC",
    "Asia/Tokyo",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Monrovia",
];

/// Rolling windows and calendars whose first period began shortly before or after an instant.
pub(crate) fn window(start_s: i64) -> impl Strategy<Value = Window> {
    let rolling = prop_oneof![
        Just("1d".to_owned()),
        Just("3d".to_owned()),
        (1..6_000_i64).prop_map(|n| format!("{n}m")),
        Just("28d".to_owned()),
    ];
    let calendar = (
        prop::sample::select(vec!["1d", "1d", "2d", "1w", "1w", "1M", "1M", "1Q", "1Y"]),
        prop::sample::select(ZONES.to_vec()),
        -45_i64..10,
        prop_oneof![Just(0_i64), 0..86_400_i64],
    );
    prop_oneof![
        1 => rolling.prop_map(|text| Window::rolling(&text).unwrap()),
        1 => calendar.prop_map(move |(duration, zone, days, seconds)| {
            let midnight = start_s.div_euclid(86_400) * 86_400;
            let start = jiff::Timestamp::from_second(midnight + days * 86_400 + seconds).unwrap();
            let text = start.strftime("%Y-%m-%d %H:%M:%S").to_string();
            Window::calendar(duration, zone, &text).unwrap()
        }),
    ]
}

pub(crate) fn exclusions(span: Span) -> impl Strategy<Value = SpanSet> {
    let n = span.len() + 500;
    let one = (0..n, prop_oneof![1..30_i64, 1..3_000_i64])
        .prop_map(move |(from, length)| Span::ending_at(span.after + from + length, length));
    prop_oneof![
        1 => Just(SpanSet::new()),
        1 => prop::collection::vec(one, 1..6).prop_map(SpanSet::from_iter),
    ]
}

pub(crate) fn objective(span: Span) -> impl Strategy<Value = Objective> {
    let targets = prop_oneof![Just(0.999), Just(0.99), Just(0.9), Just(0.5), 0.0..0.99999];
    let policy = prop_oneof![
        2 => Just(MissingData::Ignore),
        1 => Just(MissingData::Good),
        1 => Just(MissingData::Bad)
    ];
    let window = window(span.until.end_s());
    (targets, method(), window, policy, exclusions(span)).prop_map(
        |(target, method, window, missing_data, exclusions)| Objective {
            target: Target::new(target).unwrap(),
            method,
            window,
            missing_data,
            exclusions,
        },
    )
}

/// Instants around which time zones do something odd, and some plain ones.
pub(crate) fn instant() -> impl Strategy<Value = Minute> {
    let odd = [
        "2011-12-30T10:00:00Z", // Apia skips a day
        "2018-11-04T03:00:00Z", // Sao Paulo skips midnight
        "2018-02-18T02:00:00Z", // Sao Paulo repeats the hour before midnight
        "2024-03-31T01:00:00Z", // Berlin
        "2024-10-27T01:00:00Z",
        "2024-04-06T15:00:00Z", // Lord Howe, by half an hour
        "2024-10-05T15:30:00Z",
        "1972-01-07T00:44:30Z", // Monrovia leaves an offset of 44 min 30 s
        "2024-02-29T23:59:00Z",
        "2026-11-22T09:00:00Z",
    ];
    (prop::sample::select(odd.to_vec()), -3_000_i64..3_000).prop_map(|(instant, by)| {
        let instant: jiff::Timestamp = instant.parse().unwrap();
        Minute::ended_by_ms(instant.as_millisecond()) + by
    })
}
