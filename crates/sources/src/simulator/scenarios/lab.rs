//! The world behind `examples/lab`: a few services of three teams, as a company might run them.

use tomoni_ledger::{DAY_MINUTES, Minute, Span};

use super::{START_TIME, class, counter};
use crate::simulator::rhythm::Rhythm;
use crate::simulator::world::{
    Churn, Class, Disturbance, Effect, Family, FamilyKind, Outcome, Service, World,
};

/// Japan's clock, in minutes ahead of UTC.
const JAPAN: i64 = 540;

/// Seven services of the teams `home`, `work` and `platform`, from `start` on and without an end.
///
/// What went wrong lately is placed relative to `now`, so that budgets are never all alike.
pub fn lab(seed: u64, start: Minute, now: Minute) -> World {
    let services = vec![
        unlock(now),
        visitor(now),
        reservation(now),
        report(),
        auth(now),
        legacy(now),
        hub(now),
    ];
    World {
        seed,
        start_ms: start.end_ms(),
        services,
        unscraped_ms: Vec::new(),
    }
}

/// `minutes` minutes, beginning so many days before now.
fn ago(now: Minute, days: f64, minutes: i64) -> Span {
    let after = now - (days * DAY_MINUTES as f64) as i64;
    Span::new(after, after + minutes)
}

const fn failures(span: Span, first: f64, last: f64) -> Disturbance {
    Disturbance {
        span,
        effect: Effect::Failures(first, last),
    }
}

/// Classes of an HTTP interface with two paths.
fn web(read: &'static str, write: &'static str) -> Vec<Class> {
    let of = |method, path, code, outcome, weight, seconds| {
        class(
            vec![("method", method), ("path", path), ("code", code)],
            outcome,
            weight,
            seconds,
        )
    };
    vec![
        of("GET", read, "200", Outcome::Well, 0.70, 0.031_25),
        of("GET", read, "200", Outcome::Well, 0.06, 0.187_5),
        of("POST", write, "200", Outcome::Well, 0.20, 0.062_5),
        of("POST", write, "200", Outcome::Well, 0.008, 0.75),
        of("POST", write, "409", Outcome::Well, 0.032, 0.031_25),
        of("POST", write, "500", Outcome::Failed, 0.6, 0.062_5),
        of("POST", write, "503", Outcome::Failed, 0.4, 2.0),
    ]
}

fn web_families() -> Vec<Family> {
    vec![
        counter("http_requests", &["method", "path", "code"]),
        Family {
            name: "http_request_duration_seconds",
            help: "How long requests took.",
            kind: FamilyKind::Histogram {
                by: &[],
                bounds: &[0.1, 0.25, 1.0],
            },
        },
        START_TIME,
    ]
}

fn unlock(now: Minute) -> Service {
    let mut service = Service::new("unlock-api", 3, 420.0);
    service.rhythm = Rhythm::HOME.ahead(JAPAN);
    service.usual_failures = 0.000_3;
    service.classes = web("/v1/doors", "/v1/unlock");
    service.families = web_families();
    service.churn = Churn {
        deploys_a_day: 0.35,
        restarts_a_day: 0.1,
    };
    service.disturbances = vec![failures(ago(now, 6.3, 22), 0.15, 0.15)];
    service
}

fn visitor(now: Minute) -> Service {
    let mut service = Service::new("visitor-api", 2, 60.0);
    service.rhythm = Rhythm::HOME.ahead(JAPAN);
    service.usual_failures = 0.001;
    service.classes = web("/v1/visits", "/v1/intercom");
    service.families = web_families();
    service.churn = Churn {
        deploys_a_day: 0.2,
        restarts_a_day: 0.2,
    };
    service.disturbances = vec![failures(ago(now, 11.8, 190), 0.25, 0.1)];
    service
}

fn reservation(now: Minute) -> Service {
    let mut service = Service::new("reservation-api", 2, 150.0);
    service.rhythm = Rhythm::OFFICE.ahead(JAPAN);
    service.usual_failures = 0.000_5;
    service.classes = web("/v1/rooms", "/v1/reservations");
    service.families = web_families();
    service.churn = Churn {
        deploys_a_day: 0.5,
        restarts_a_day: 0.1,
    };
    service.disturbances = vec![failures(ago(now, 3.0, 4_320), 0.0, 0.006)];
    service
}

/// Few jobs, so that one failure is days of budget.
fn report() -> Service {
    let mut service = Service::new("report-worker", 1, 0.25);
    service.usual_failures = 0.004;
    service.classes = vec![
        class(vec![("result", "done")], Outcome::Well, 1.0, 8.0),
        class(vec![("result", "failed")], Outcome::Failed, 1.0, 8.0),
    ];
    service.families = vec![counter("jobs", &["result"]), START_TIME];
    service.churn = Churn {
        deploys_a_day: 0.1,
        restarts_a_day: 0.1,
    };
    service
}

fn auth(now: Minute) -> Service {
    let mut service = Service::new("auth-api", 2, 900.0);
    service.rhythm = Rhythm::HOME.ahead(JAPAN);
    service.usual_failures = 0.000_1;
    service.classes = web("/oauth/userinfo", "/oauth/token");
    service.families = web_families();
    service.churn = Churn {
        deploys_a_day: 0.15,
        restarts_a_day: 0.05,
    };
    // Burning as we speak.
    service.disturbances = vec![failures(ago(now, 0.1, 10_000), 0.004, 0.004)];
    service
}

/// Nobody calls it any more, but it runs.
fn legacy(now: Minute) -> Service {
    let mut service = Service::new("legacy-unlock-api", 1, 1.0);
    service.classes = vec![class(vec![("code", "200")], Outcome::Well, 1.0, 0.062_5)];
    service.families = vec![counter("http_requests", &["code"]), START_TIME];
    let idle = Span::new(Minute::from_index(0), now + 400 * DAY_MINUTES);
    service.disturbances = vec![Disturbance {
        span: idle,
        effect: Effect::Traffic(0.0),
    }];
    service
}

/// A hub in a building's basement: its battery and the gaps in its connection.
fn hub(now: Minute) -> Service {
    let mut service = Service::new("building-hub", 1, 0.0);
    service.usual_failures = 0.001;
    let kind = FamilyKind::Reading {
        well: (120, 131),
        failed: (95, 119),
        broken: 0.0,
    };
    let family = Family {
        name: "battery_volts",
        help: "The hub's battery.",
        kind,
    };
    service.families = vec![family, START_TIME];
    service.unreachable = 0.01;
    service.disturbances = vec![failures(ago(now, 9.2, 130), 0.9, 0.2)];
    service
}
