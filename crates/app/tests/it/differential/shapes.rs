//! Ten kinds of traffic, each of them a service of one simulated world.

use tomoni_ledger::{Counts, Minute, Span};
use tomoni_sources::simulator::{
    Change, Churn, Class, Disturbance, Effect, Family, FamilyKind, Metric, Outcome, Planned,
    Rhythm, Scraping, Service, World,
};

/// 2026-03-23T00:00:00Z, a Monday: the window is the week before.
pub(super) const AT_MS: i64 = 1_774_224_000_000;
/// How long history is, in days: the window, and a day before it.
const DAYS: i64 = 8;
/// How often targets are scraped, in milliseconds.
const SCRAPE_MS: i64 = 30_000;

/// A kind of traffic.
pub(super) struct Shape {
    pub(super) name: &'static str,
    /// What happens, in a few words.
    pub(super) what: &'static str,
    /// In percent.
    pub(super) target: f64,
    service: Service,
}

/// All of them, and the world that they are of.
pub(super) struct Shapes {
    pub(super) all: Vec<Shape>,
    world: World,
}

pub(super) fn at() -> Minute {
    Minute::ended_by_ms(AT_MS)
}

pub(super) fn window() -> Span {
    Span::ending_at(at(), 7 * 1_440)
}

/// So many minutes of the window, from a day (Monday is 0) and an hour on.
fn from(day: i64, hour: i64, minutes: i64) -> Span {
    let after = window().after + day * 1_440 + hour * 60;
    Span::new(after, after + minutes)
}

const fn failing(span: Span, share: f64) -> Disturbance {
    Disturbance {
        span,
        effect: Effect::Failures(share, share),
    }
}

/// A service with two codes in its answers, and so many requests a minute.
fn service(name: &str, per_minute: f64, rhythm: Rhythm, usual_failures: f64) -> Service {
    let class = |code, outcome| Class {
        labels: vec![("code", code)],
        outcome,
        weight: 1.0,
        seconds: 0.062_5,
    };
    let mut service = Service::new(name, 2, per_minute);
    service.rhythm = rhythm;
    service.usual_failures = usual_failures;
    service.classes = vec![class("200", Outcome::Well), class("500", Outcome::Failed)];
    service.families = vec![Family {
        name: "http_requests",
        help: "Requests since the process started.",
        kind: FamilyKind::Counter {
            by: &["code"],
            only: None,
        },
    }];
    service
}

fn shape(what: &'static str, target: f64, service: Service, name: &'static str) -> Shape {
    Shape {
        name,
        what,
        target,
        service,
    }
}

fn steady() -> Shape {
    let name = "steady-errors";
    let service = service(name, 120.0, Rhythm::FLAT, 0.000_5);
    shape(
        "always the same traffic, 1 of 2000 fails",
        99.9,
        service,
        name,
    )
}

fn night_outage() -> Shape {
    let name = "night-outage";
    let mut service = service(name, 120.0, Rhythm::HOME, 0.000_1);
    service.disturbances = vec![failing(from(2, 3, 30), 1.0)];
    shape(
        "half an hour of failures at three in the night",
        99.9,
        service,
        name,
    )
}

fn peak_outage() -> Shape {
    let name = "peak-outage";
    let mut service = service(name, 120.0, Rhythm::HOME, 0.000_1);
    service.disturbances = vec![failing(from(2, 18, 5), 1.0)];
    shape(
        "five minutes of failures at the evening's peak",
        99.9,
        service,
        name,
    )
}

fn low_traffic() -> Shape {
    let name = "low-traffic";
    let service = service(name, 0.2, Rhythm::FLAT, 0.005);
    shape(
        "a request every five minutes, 1 of 200 fails",
        99.0,
        service,
        name,
    )
}

fn gaps() -> Shape {
    let name = "gaps-in-scraping";
    let mut service = service(name, 120.0, Rhythm::HOME, 0.000_5);
    (service.unreachable, service.missed_scrapes) = (0.08, 0.05);
    shape(
        "a tenth of the scrapes fail, some for ten minutes",
        99.9,
        service,
        name,
    )
}

fn brief_outage() -> Shape {
    let name = "brief-total-outage";
    let mut service = service(name, 120.0, Rhythm::FLAT, 0.000_1);
    service.disturbances = vec![failing(from(3, 12, 3), 1.0)];
    shape(
        "three minutes in which all fail, else calm",
        99.9,
        service,
        name,
    )
}

fn deploys() -> Shape {
    let name = "deploy-spikes";
    let mut service = service(name, 120.0, Rhythm::HOME, 0.000_1);
    for day in 0..7 {
        let span = from(day, 10, 4);
        service.disturbances.push(failing(span, 0.2));
        service.planned.extend((0..2).map(|slot| Planned {
            slot,
            at_ms: span.after.end_ms() + 7_000 + slot as i64 * 60_000,
            change: Change::Replace {
                ready_ms: 15_000,
                drain_ms: 30_000,
            },
        }));
    }
    shape(
        "new pods every day, a fifth fails for four minutes",
        99.9,
        service,
        name,
    )
}

fn weekend_lull() -> Shape {
    let name = "weekend-lull";
    let mut service = service(name, 120.0, Rhythm::OFFICE, 0.000_1);
    service.disturbances = vec![failing(from(5, 9, 240), 0.05)];
    shape(
        "an office's traffic; on Saturday 1 of 20 fails for four hours",
        99.9,
        service,
        name,
    )
}

fn restarts() -> Shape {
    let name = "restarts";
    let mut service = service(name, 120.0, Rhythm::HOME, 0.000_5);
    service.churn = Churn {
        deploys_a_day: 0.5,
        restarts_a_day: 6.0,
    };
    shape(
        "each pod restarts six times a day, counters from zero",
        99.9,
        service,
        name,
    )
}

fn new_service() -> Shape {
    let name = "new-service";
    let mut service = service(name, 120.0, Rhythm::HOME, 0.000_5);
    let before = Span::new(at() - DAYS * 1_440 - 1, from(3, 15, 0).until);
    service.disturbances = vec![Disturbance {
        span: before,
        effect: Effect::Dead,
    }];
    shape("begins in the middle of the window", 99.9, service, name)
}

impl Shapes {
    pub(super) fn new() -> Self {
        let all = vec![
            steady(),
            night_outage(),
            peak_outage(),
            low_traffic(),
            gaps(),
            brief_outage(),
            deploys(),
            weekend_lull(),
            restarts(),
            new_service(),
        ];
        let world = World {
            seed: 7,
            start_ms: (at() - DAYS * 1_440).end_ms(),
            services: all.iter().map(|shape| shape.service.clone()).collect(),
            unscraped_ms: Vec::new(),
        };
        Self { all, world }
    }

    /// What scrapes would have seen.
    pub(super) fn scraped(&self) -> Vec<Metric> {
        let scraping = Scraping {
            interval_ms: SCRAPE_MS,
            from_ms: self.world.start_ms,
            until_ms: AT_MS,
        };
        let services = self.world.services.iter();
        services
            .flat_map(|service| self.world.scraped(service, scraping))
            .collect()
    }

    /// What is left of the budget by what truly happened, whether a scrape saw it or not.
    pub(super) fn truth(&self, shape: &Shape) -> f64 {
        let lives = self.world.lives(&shape.service, AT_MS + 1);
        let is_bad = |class: &Class| class.outcome == Outcome::Failed;
        let mut all = Counts::default();
        for minute in window().minutes() {
            let truth = self.world.truth(&shape.service, &lives, minute, is_bad);
            all.bad += truth.bad;
            all.total += truth.total;
        }
        let bad = all.bad.as_f64() / all.total.as_f64();
        1.0 - bad / (1.0 - shape.target / 100.0)
    }
}
