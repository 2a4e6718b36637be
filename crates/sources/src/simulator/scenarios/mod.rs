//! Ready worlds.

use tomoni_ledger::{DAY_MINUTES, Minute, Span};

mod lab;
pub mod tobira;

pub use lab::lab;
pub use tobira::tobira;

use super::rhythm::Rhythm;
use super::world::{
    Change, Churn, Class, Disturbance, Effect, Family, FamilyKind, Outcome, Planned, Relabel,
    Service, World,
};

const START_TIME: Family = Family {
    name: "process_start_time_seconds",
    help: "When the process started, in seconds since the Unix epoch.",
    kind: FamilyKind::StartTime,
};

const fn counter(name: &'static str, by: &'static [&'static str]) -> Family {
    let kind = FamilyKind::Counter { by, only: None };
    Family {
        name,
        help: "Events since the process started.",
        kind,
    }
}

const fn class(
    labels: Vec<(&'static str, &'static str)>,
    outcome: Outcome,
    weight: f64,
    seconds: f64,
) -> Class {
    Class {
        labels,
        outcome,
        weight,
        seconds,
    }
}

/// Minutes of a world by day and hour: `(from, until]`.
fn span(start: Minute, (day, hour): (i64, i64), minutes: i64) -> Span {
    let after = start + day * DAY_MINUTES + hour * 60;
    Span::new(after, after + minutes)
}

/// A small world in which everything happens that makes counting hard, for tests of exactness.
///
/// Five services over about thirty days from `start`; few series, so that a month of them at 15 s
/// is backfilled and read in seconds.
pub fn hard_to_count(seed: u64, start: Minute) -> World {
    World {
        seed,
        start_ms: start.end_ms(),
        services: vec![
            unlock(start),
            report(start),
            orders(start),
            cold(start),
            beacon(start),
        ],
        // Forty minutes: shorter than a predecessor's hour. Two and a half hours: longer.
        unscraped_ms: [span(start, (9, 3), 40), span(start, (17, 14), 150)]
            .map(|s| (s.after.end_ms() + 7_000, s.until.end_ms() + 21_000))
            .into(),
    }
}

/// A service whose processes hardly live for ten seconds, for live scraping at a second.
///
/// One pod is restarted again and again, mostly within a scrape interval; the other is replaced.
/// Two minutes of it are planned; after that its processes live on.
pub fn restless(seed: u64, start_ms: i64) -> World {
    use Outcome::{Failed, Well};
    let mut service = Service::new("restless-api", 2, 3_000.0);
    service.usual_failures = 0.05;
    service.classes = vec![
        class(vec![("code", "200")], Well, 1.0, 0.031_25),
        class(vec![("code", "500")], Failed, 1.0, 0.062_5),
    ];
    service.families = vec![counter("http_requests", &["code"]), START_TIME];
    for i in 0..20 {
        let at_ms = start_ms + 9_000 + i as i64 * 5_300;
        let restart = Change::Restart {
            down_ms: [250, 700, 1_900][i % 3],
        };
        service.planned.push(Planned {
            slot: 0,
            at_ms,
            change: restart,
        });
        let replace = Change::Replace {
            ready_ms: 2_500,
            drain_ms: [0, 1_500][i % 2],
        };
        let at_ms = start_ms + 14_345 + i as i64 * 9_400;
        service.planned.push(Planned {
            slot: 1,
            at_ms,
            change: replace,
        });
    }
    World {
        seed,
        start_ms,
        services: vec![service],
        unscraped_ms: Vec::new(),
    }
}

/// Ordinary traffic on two pods with everything that happens to pods.
fn unlock(start: Minute) -> Service {
    use Outcome::{Failed, Well};
    let mut service = Service::new("unlock-api", 2, 90.0);
    service.rhythm = Rhythm::HOME;
    service.usual_failures = 0.001;
    service.classes = vec![
        class(vec![("code", "200")], Well, 0.93, 0.031_25),
        class(vec![("code", "200")], Well, 0.05, 0.25),
        class(vec![("code", "404")], Well, 0.02, 0.031_25),
        class(vec![("code", "500")], Failed, 0.7, 0.062_5),
        class(vec![("code", "504")], Failed, 0.3, 2.5),
    ];
    service.families = vec![
        counter("http_requests", &["code"]),
        Family {
            name: "http_request_duration_seconds",
            help: "How long requests took.",
            kind: FamilyKind::Histogram {
                by: &[],
                bounds: &[0.1, 1.0],
            },
        },
        START_TIME,
    ];
    service.churn = Churn {
        deploys_a_day: 0.4,
        restarts_a_day: 1.5,
    };
    service.missed_scrapes = 0.002;
    service.disturbances = vec![
        Disturbance {
            span: span(start, (4, 18), 25),
            effect: Effect::Failures(0.6, 0.6),
        },
        Disturbance {
            span: span(start, (11, 0), 4_000),
            effect: Effect::Failures(0.0, 0.01),
        },
        Disturbance {
            span: span(start, (21, 2), 37),
            effect: Effect::Dead,
        },
    ];
    service
}

/// So little traffic that a changed label looks like a flood.
fn report(start: Minute) -> Service {
    let mut service = Service::new("report-api", 1, 0.08);
    service.usual_failures = 0.02;
    service.classes = vec![
        class(vec![("code", "200")], Outcome::Well, 1.0, 0.5),
        class(vec![("code", "500")], Outcome::Failed, 1.0, 0.5),
    ];
    service.families = vec![counter("http_requests", &["code"]), START_TIME];
    service.churn = Churn {
        deploys_a_day: 0.0,
        restarts_a_day: 0.05,
    };
    let from_ms = span(start, (26, 9), 0).after.end_ms() + 4_321;
    service.relabel = Some(Relabel {
        from_ms,
        label: "zone",
        value: "b",
    });
    service
}

/// Counts what was done apart from what was asked for, some of it twice.
fn orders(start: Minute) -> Service {
    let mut service = Service::new("order-worker", 1, 8.0);
    service.rhythm = Rhythm::OFFICE;
    service.usual_failures = 0.004;
    service.classes = vec![
        class(vec![("result", "done")], Outcome::Well, 1.0, 0.125),
        class(vec![("result", "lost")], Outcome::Failed, 1.0, 0.125),
        class(vec![("result", "again")], Outcome::Beside, 0.002, 0.125),
    ];
    let received = FamilyKind::Counter {
        by: &[],
        only: Some(("result", &["done", "lost"])),
    };
    let done = FamilyKind::Counter {
        by: &[],
        only: Some(("result", &["done", "again"])),
    };
    service.families = vec![
        Family {
            name: "orders_received",
            help: "Orders received.",
            kind: received,
        },
        Family {
            name: "orders_done",
            help: "Orders done; one done twice counts twice.",
            kind: done,
        },
        START_TIME,
    ];
    service.churn = Churn {
        deploys_a_day: 0.2,
        restarts_a_day: 0.5,
    };
    service.disturbances = vec![Disturbance {
        span: span(start, (6, 9), 90),
        effect: Effect::Failures(0.2, 0.0),
    }];
    service
}

/// Idle for weeks, busy for hours; its counters exist only once something has happened.
fn cold(start: Minute) -> Service {
    let mut service = Service::new("cold-api", 1, 5.0);
    service.usual_failures = 0.01;
    service.classes = vec![
        class(vec![("code", "200")], Outcome::Well, 1.0, 0.25),
        class(vec![("code", "503")], Outcome::Failed, 1.0, 0.25),
    ];
    service.families = vec![counter("cold_requests", &["code"]), START_TIME];
    service.churn = Churn {
        deploys_a_day: 0.5,
        restarts_a_day: 0.1,
    };
    let idle = [((0, 0), 8), ((8, 5), 7), ((15, 16), 14)];
    service.disturbances = idle
        .map(|(from, days)| Disturbance {
            span: span(start, from, days * DAY_MINUTES - 300),
            effect: Effect::Traffic(0.0),
        })
        .into();
    service
}

/// A sensor that is often out of reach and sometimes broken.
fn beacon(start: Minute) -> Service {
    let mut service = Service::new("vehicle-beacon", 1, 0.0);
    service.usual_failures = 0.002;
    let kind = FamilyKind::Reading {
        well: (118, 131),
        failed: (80, 110),
        broken: 0.000_5,
    };
    service.families = vec![
        Family {
            name: "battery_volts",
            help: "The vehicle's battery.",
            kind,
        },
        START_TIME,
    ];
    service.unreachable = 0.04;
    service.disturbances = vec![Disturbance {
        span: span(start, (14, 6), 600),
        effect: Effect::Failures(0.3, 0.3),
    }];
    service
}
