//! The world behind `examples/tobira`: a made-up maker of smart locks, as its metrics show it.
//!
//! What lasted went wrong at fixed hours of Japan's clock (a Friday evening, the small hours of a
//! Tuesday), the last such hours before `now`; what goes on goes on relative to `now`. So a page of
//! it tells the same story whenever it is looked at. Only planned maintenance stands in the
//! calendar, since the example's documents announce it by date ([`maintenance`]).

use tomoni_ledger::{DAY_MINUTES, MINUTE_MS, Minute, Span};

use super::{START_TIME, class, counter};
use crate::simulator::rhythm::Rhythm;
use crate::simulator::world::{
    Change, Churn, Disturbance, Effect, Family, FamilyKind, Outcome, Planned, Service, World,
};

mod devices;
mod home;
mod platform;
mod work;

/// Japan's clock, in minutes ahead of UTC.
const JAPAN: i64 = 540;
/// How long before `now` the story goes back.
const STORY_DAYS: i64 = 90;
/// How long after `now` what recurs goes on.
const FUTURE_DAYS: i64 = 400;
const HOUR: i64 = 60;
const WEEK: i64 = 7 * DAY_MINUTES;

/// The first maintenance that was announced begins here: Wednesday, 2026-06-03, 02:00 in Japan.
const FIRST_MAINTENANCE: Minute = Minute::ended_by_ms(1_780_419_600_000);
/// Every fourth week.
const MAINTENANCE_EVERY: i64 = 4 * WEEK;
/// For two hours.
const MAINTENANCE_MINUTES: i64 = 120;

/// Twenty-six services of Tobira Inc.'s eight teams, from `start` on and without an end.
pub fn tobira(seed: u64, start: Minute, now: Minute) -> World {
    let mut services = home::services(now);
    services.extend(work::services(now));
    services.extend(platform::services(now));
    services.extend(devices::services(now));
    World {
        seed,
        start_ms: start.end_ms(),
        services,
        unscraped_ms: Vec::new(),
    }
}

/// The planned maintenance that touches a span, as the example's documents announce it.
pub fn maintenance(span: Span) -> Vec<Span> {
    let first =
        (span.after - FIRST_MAINTENANCE - MAINTENANCE_MINUTES).div_euclid(MAINTENANCE_EVERY);
    let starts = (first.max(0)..).map(|k| FIRST_MAINTENANCE + k * MAINTENANCE_EVERY);
    starts
        .take_while(|start| *start < span.until)
        .map(|start| Span::new(start, start + MAINTENANCE_MINUTES))
        .filter(|window| !window.intersection(span).is_empty())
        .collect()
}

/// The maintenance of the story, and of the time that comes.
fn story_maintenance(now: Minute) -> Vec<Span> {
    maintenance(Span::new(
        now - STORY_DAYS * DAY_MINUTES,
        now + FUTURE_DAYS * DAY_MINUTES,
    ))
}

/// A weekday, as days after Monday.
#[derive(Clone, Copy)]
enum Weekday {
    Monday = 0,
    Tuesday = 1,
    Wednesday = 2,
    Thursday = 3,
    Friday = 4,
}

/// `minutes` minutes that began at an hour and minute of Japan's clock on the last such weekday at
/// least so many days before `now`.
fn last(now: Minute, days: i64, weekday: Weekday, (hour, past): (i64, i64), minutes: i64) -> Span {
    let latest = now - days * DAY_MINUTES;
    // Minutes since a Monday's midnight in Japan; 1970-01-01 was a Thursday.
    let since = (latest.index() + JAPAN + 3 * DAY_MINUTES).rem_euclid(WEEK);
    let wanted = weekday as i64 * DAY_MINUTES + hour * HOUR + past;
    let after = latest - (since - wanted).rem_euclid(WEEK);
    Span::new(after, after + minutes)
}

/// `minutes` minutes at an hour and minute of Japan's clock, every day of the story and after it.
fn daily(now: Minute, (hour, past): (i64, i64), minutes: i64) -> impl Iterator<Item = Span> {
    let today = now - (now.index() + JAPAN).rem_euclid(DAY_MINUTES) + hour * HOUR + past;
    (-STORY_DAYS..FUTURE_DAYS).map(move |day| {
        let after = today + day * DAY_MINUTES;
        Span::new(after, after + minutes)
    })
}

/// From so many minutes before `now` to so many after it.
fn around(now: Minute, before: i64, after: i64) -> Span {
    Span::new(now - before, now + after)
}

const fn failures(span: Span, first: f64, last: f64) -> Disturbance {
    Disturbance {
        span,
        effect: Effect::Failures(first, last),
    }
}

const fn outage(span: Span, share: f64) -> Disturbance {
    failures(span, share, share)
}

/// An HTTP interface: `(read, write)` paths, and the share of writes that are slow.
fn web(
    name: &str,
    per_minute: f64,
    rhythm: Rhythm,
    (read, write): (&'static str, &'static str),
    slow: f64,
) -> Service {
    let of = |method, path, code, outcome, weight, seconds| {
        let labels = vec![("method", method), ("path", path), ("code", code)];
        class(labels, outcome, weight, seconds)
    };
    let mut service = Service::new(name, 1, per_minute);
    service.rhythm = rhythm.ahead(JAPAN);
    service.classes = vec![
        of("GET", read, "200", Outcome::Well, 0.66, 0.031_25),
        of("POST", write, "200", Outcome::Well, 0.32 - slow, 0.125),
        of("POST", write, "200", Outcome::Well, slow, 0.75),
        of("POST", write, "409", Outcome::Well, 0.02, 0.031_25),
        of("POST", write, "500", Outcome::Failed, 0.6, 0.062_5),
        of("POST", write, "503", Outcome::Failed, 0.4, 2.0),
    ];
    service.families = vec![
        counter("http_requests", &["method", "path", "code"]),
        Family {
            name: "http_request_duration_seconds",
            help: "How long requests took.",
            kind: FamilyKind::Histogram {
                by: &["method"],
                bounds: &[0.1, 0.25, 0.5, 1.0],
            },
        },
        START_TIME,
    ];
    service.churn = Churn {
        deploys_a_day: 0.3,
        restarts_a_day: 0.05,
    };
    service
}

/// Work that is done or fails, counted by `result`, with the seconds that each takes.
fn work_of(
    name: &str,
    per_minute: f64,
    rhythm: Rhythm,
    family: &'static str,
    [well, failed]: [(&'static str, f64); 2],
) -> Service {
    let mut service = Service::new(name, 1, per_minute);
    service.rhythm = rhythm.ahead(JAPAN);
    service.classes = vec![
        class(vec![("result", well.0)], Outcome::Well, 1.0, well.1),
        class(vec![("result", failed.0)], Outcome::Failed, 1.0, failed.1),
    ];
    service.families = vec![counter(family, &["result"]), START_TIME];
    service
}

/// How long events took, without further labels.
const fn histogram(name: &'static str, bounds: &'static [f64]) -> Family {
    let kind = FamilyKind::Histogram { by: &[], bounds };
    Family {
        name,
        help: "How long it took.",
        kind,
    }
}

/// Devices, each with a sensor: readings in tenths when well, and when not.
fn sensors(
    name: &str,
    devices: usize,
    family: &'static str,
    help: &'static str,
    [well, failed]: [(i64, i64); 2],
) -> Service {
    let mut service = Service::new(name, devices, 0.0);
    let kind = FamilyKind::Reading {
        well,
        failed,
        broken: 0.0,
    };
    service.families = vec![
        Family {
            name: family,
            help,
            kind,
        },
        START_TIME,
    ];
    service
}

/// A new version that took over at a minute's end.
fn deploy(at: Minute) -> Planned {
    Planned {
        slot: 0,
        at_ms: at.end_ms() + MINUTE_MS / 3,
        change: Change::Replace {
            ready_ms: 15_000,
            drain_ms: 30_000,
        },
    }
}

/// Tuesday, 02:40: the broker's disk was full, and nothing reached a device.
fn night_outage(now: Minute) -> Span {
    last(now, 9, Weekday::Tuesday, (2, 40), 47)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-06-01T00:00:00Z, a Monday.
    const MONDAY: Minute = Minute::ended_by_ms(1_780_272_000_000);

    #[test]
    fn hours_are_those_of_japan() {
        // Friday the 29th, 18:10 in Japan, is 09:10 UTC.
        let friday = last(MONDAY, 1, Weekday::Friday, (18, 10), 42);
        assert_eq!(MONDAY - friday.after, 3 * DAY_MINUTES - 9 * 60 - 10);
        assert_eq!(friday.len(), 42);
        for now in (0..WEEK).step_by(97).map(|m| MONDAY + m) {
            let span = last(now, 9, Weekday::Tuesday, (2, 40), 47);
            assert!((9 * DAY_MINUTES..16 * DAY_MINUTES).contains(&(now - span.after)));
            let of_day = |span: Span| (span.after.index() + JAPAN).rem_euclid(DAY_MINUTES);
            assert_eq!(of_day(span), 160);
            assert!(daily(now, (3, 20), 6).all(|span| of_day(span) == 200));
        }
    }

    #[test]
    fn maintenance_is_every_fourth_wednesday_at_night() {
        let year = Span::new(MONDAY, MONDAY + 365 * DAY_MINUTES);
        let windows = maintenance(year);
        assert_eq!(windows.len(), 13);
        assert_eq!(windows[0].after, MONDAY + DAY_MINUTES + 17 * HOUR);
        assert_eq!(windows[1].after - windows[0].after, MAINTENANCE_EVERY);
        let inside = Span::new(windows[3].after + 30, windows[3].after + 31);
        assert_eq!(maintenance(inside), [windows[3]]);
        assert!(maintenance(Span::new(windows[3].until, windows[4].after)).is_empty());
        assert!(maintenance(Span::new(MONDAY - WEEK, MONDAY)).is_empty());
    }
}
