//! Teams `platform`, `sre` and `set`: what the others stand on.

use super::*;

pub(super) fn services(now: Minute) -> Vec<Service> {
    vec![
        identity(now),
        gateway(now),
        notification(now),
        property_sync(now),
        ci(now),
        metrics(now),
        status_page(now),
        e2e(now),
    ]
}

/// Burning as we speak; it will be over in a while.
fn identity(now: Minute) -> Service {
    let paths = ("/oauth/userinfo", "/oauth/token");
    let mut service = web("identity-api", 640.0, Rhythm::HOME, paths, 0.002);
    service.pods = 2;
    service.usual_failures = 0.000_06;
    service.disturbances = vec![
        outage(around(now, 52, 25), 0.035),
        outage(last(now, 19, Weekday::Wednesday, (21, 20), 30), 0.08),
        outage(last(now, 57, Weekday::Monday, (7, 40), 55), 0.3),
    ];
    service
}

/// Messages to and from devices, and when their receipt was confirmed.
fn gateway(now: Minute) -> Service {
    let results = [("delivered", 0.25), ("expired", 30.0)];
    let rhythm = Rhythm::HOME;
    let mut service = work_of("device-gateway", 300.0, rhythm, "device_messages", results);
    let slow = class(vec![("result", "delivered")], Outcome::Well, 0.001, 4.0);
    service.classes.push(slow);
    service
        .families
        .push(histogram("device_message_seconds", &[0.5, 2.5, 10.0]));
    service.usual_failures = 0.000_6;
    service.disturbances = vec![
        outage(night_outage(now), 0.95),
        outage(last(now, 64, Weekday::Tuesday, (2, 15), 38), 0.9),
    ];
    service
}

/// A clean-up holds the queue every night, some pushes expire, and a page goes out that nobody
/// needs.
fn notification(now: Minute) -> Service {
    let results = [("sent", 0.25), ("expired", 60.0)];
    let mut service = work_of(
        "notification-service",
        210.0,
        Rhythm::HOME,
        "push_notifications",
        results,
    );
    service.usual_failures = 0.000_25;
    service.disturbances = daily(now, (3, 20), 7)
        .map(|span| outage(span, 0.3))
        .collect();
    service
}

/// Property managers' systems: moved in, moved out, and the key that follows. The smallest but one of
/// five partners fails most, which the number over all of them does not show.
fn property_sync(now: Minute) -> Service {
    let of = |partner, result, outcome, weight, seconds| {
        class(
            vec![("partner", partner), ("result", result)],
            outcome,
            weight,
            seconds,
        )
    };
    let mut service = Service::new("property-sync", 1, 6.0);
    service.rhythm = Rhythm::OFFICE.ahead(JAPAN);
    service.usual_failures = 0.002;
    let partners = [
        ("yanushi", 0.5, 0.24),
        ("chintai", 0.25, 0.18),
        ("ooya", 0.15, 0.1),
        ("kanri", 0.07, 0.45),
        ("sumai", 0.03, 0.03),
    ];
    service.classes = partners
        .into_iter()
        .flat_map(|(partner, done, failed)| {
            [
                of(partner, "done", Outcome::Well, done, 1.0),
                of(partner, "failed", Outcome::Failed, failed, 10.0),
            ]
        })
        .collect();
    service.families = vec![
        counter("partner_requests", &["partner", "result"]),
        START_TIME,
    ];
    service.disturbances = vec![outage(last(now, 17, Weekday::Thursday, (11, 0), 480), 0.12)];
    service
}

/// Jobs wait for a runner when everybody merges before going home.
fn ci(now: Minute) -> Service {
    let results = [("started", 20.0), ("waited", 300.0)];
    let mut service = work_of("ci-runner", 2.0, Rhythm::OFFICE, "ci_jobs", results);
    service
        .families
        .push(histogram("ci_job_wait_seconds", &[60.0, 600.0]));
    service.usual_failures = 0.03;
    service.disturbances = vec![
        outage(last(now, 2, Weekday::Tuesday, (17, 0), 100), 0.3),
        outage(last(now, 2, Weekday::Thursday, (17, 0), 90), 0.3),
    ];
    service
}

fn metrics(now: Minute) -> Service {
    let results = [("stored", 0.25), ("dropped", 0.25)];
    let mut service = work_of(
        "metrics-pipeline",
        2_000.0,
        Rhythm::FLAT,
        "ingested_batches",
        results,
    );
    service.usual_failures = 0.000_2;
    service.disturbances = vec![
        outage(last(now, 3, Weekday::Monday, (4, 0), 30), 0.02),
        outage(last(now, 31, Weekday::Monday, (4, 0), 40), 0.02),
    ];
    service
}

/// What customers look at when something else is wrong.
fn status_page(now: Minute) -> Service {
    let mut service = web("status-page", 4.0, Rhythm::HOME, ("/", "/subscribe"), 0.001);
    service.usual_failures = 0.000_1;
    let rush = Disturbance {
        span: last(now, 5, Weekday::Friday, (18, 15), 60),
        effect: Effect::Traffic(30.0),
    };
    service.disturbances = vec![rush];
    service
}

/// A suite every half hour or so.
fn e2e(now: Minute) -> Service {
    let results = [("green", 900.0), ("red", 900.0)];
    let mut service = work_of("e2e-suite", 0.03, Rhythm::OFFICE, "e2e_runs", results);
    service.usual_failures = 0.05;
    service.disturbances = vec![outage(
        last(now, 6, Weekday::Monday, (9, 0), 3 * DAY_MINUTES),
        0.1,
    )];
    service
}
