//! Team `home`: what residents touch.

use super::*;

pub(super) fn services(now: Minute) -> Vec<Service> {
    vec![
        unlock(now),
        key_sharing(now),
        visitor(now),
        delivery(now),
        resident_app(now),
        legacy(now),
    ]
}

fn unlock(now: Minute) -> Service {
    let mut service = web(
        "unlock-api",
        420.0,
        Rhythm::HOME,
        ("/v1/doors", "/v1/unlock"),
        0.004,
    );
    service.pods = 2;
    service.usual_failures = 0.000_2;
    service.disturbances = vec![
        // Doors that could not be reached, while the broker was away.
        outage(night_outage(now), 0.4),
        outage(last(now, 33, Weekday::Thursday, (8, 15), 18), 0.3),
        outage(last(now, 61, Weekday::Monday, (19, 5), 25), 0.2),
    ];
    service
}

/// A deploy six days ago made one kind of invitation fail, and more of them every hour.
fn key_sharing(now: Minute) -> Service {
    let paths = ("/v1/keys", "/v1/invitations");
    let mut service = web("key-sharing-api", 90.0, Rhythm::HOME, paths, 0.006);
    service.usual_failures = 0.000_15;
    let burn = around(now, 6 * DAY_MINUTES + 2 * HOUR, 3 * HOUR);
    service.planned = vec![deploy(burn.after)];
    service.disturbances = vec![
        failures(burn, 0.001, 0.005),
        outage(last(now, 40, Weekday::Wednesday, (12, 30), 35), 0.25),
    ];
    service
}

/// The evening outage: a pool of connections ran dry when everybody came home.
fn visitor(now: Minute) -> Service {
    let paths = ("/v1/visits", "/v1/intercom");
    let mut service = web("visitor-api", 75.0, Rhythm::HOME, paths, 0.01);
    service.usual_failures = 0.000_3;
    service.disturbances = vec![
        outage(last(now, 5, Weekday::Friday, (18, 10), 42), 0.7),
        // The same, seven weeks before: a repeat.
        outage(last(now, 54, Weekday::Friday, (18, 35), 29), 0.6),
    ];
    service
}

/// Deliveries go through two partners; one of them often has bad mornings.
fn delivery(now: Minute) -> Service {
    let of = |partner, result, outcome, weight, seconds| {
        class(
            vec![("partner", partner), ("result", result)],
            outcome,
            weight,
            seconds,
        )
    };
    let mut service = Service::new("delivery-api", 1, 24.0);
    service.rhythm = Rhythm::OFFICE.ahead(JAPAN);
    service.usual_failures = 0.003;
    service.classes = vec![
        of("kaido", "accepted", Outcome::Well, 0.6, 0.5),
        of("mado", "accepted", Outcome::Well, 0.4, 0.25),
        of("kaido", "failed", Outcome::Failed, 0.92, 5.0),
        of("mado", "failed", Outcome::Failed, 0.08, 5.0),
        // A courier's scanner that sends the same handover twice.
        of("kaido", "again", Outcome::Beside, 0.004, 0.5),
    ];
    let only = |results| FamilyKind::Counter {
        by: &["partner"],
        only: Some(("result", results)),
    };
    service.families = vec![
        counter("partner_requests", &["partner", "result"]),
        Family {
            name: "delivery_handovers_expected",
            help: "Handovers that partners announced.",
            kind: only(&["accepted", "failed"]),
        },
        Family {
            name: "delivery_handovers_completed",
            help: "Handovers that scanners reported; one that is reported twice counts twice.",
            kind: only(&["accepted", "again"]),
        },
        START_TIME,
    ];
    service.churn.deploys_a_day = 0.2;
    service.disturbances = vec![
        // The partial outage, at the partner.
        outage(last(now, 12, Weekday::Wednesday, (10, 0), 310), 0.32),
        outage(last(now, 20, Weekday::Monday, (9, 20), 150), 0.25),
        outage(last(now, 47, Weekday::Monday, (9, 40), 95), 0.25),
    ];
    service
}

fn resident_app(now: Minute) -> Service {
    let paths = ("/app/start", "/app/session");
    let mut service = web("resident-app", 160.0, Rhythm::HOME, paths, 0.02);
    service.usual_failures = 0.000_5;
    service.disturbances = vec![outage(last(now, 15, Weekday::Thursday, (20, 45), 50), 0.35)];
    service
}

/// Nobody calls it any more, but it runs.
fn legacy(now: Minute) -> Service {
    let mut service = Service::new("legacy-unlock-api", 1, 1.0);
    service.classes = vec![class(vec![("code", "200")], Outcome::Well, 1.0, 0.062_5)];
    service.families = vec![counter("http_requests", &["code"]), START_TIME];
    service.disturbances = vec![Disturbance {
        span: Span::new(Minute::from_index(0), now + 100 * FUTURE_DAYS * DAY_MINUTES),
        effect: Effect::Traffic(0.0),
    }];
    service
}
