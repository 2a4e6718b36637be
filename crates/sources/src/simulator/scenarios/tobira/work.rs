//! Team `work`: what offices touch.

use super::*;

pub(super) fn services(now: Minute) -> Vec<Service> {
    vec![
        entry(now),
        reservation(now),
        reception(now),
        calendar_sync(now),
        admin(now),
    ]
}

fn entry(now: Minute) -> Service {
    let paths = ("/v1/gates", "/v1/entries");
    let mut service = web("entry-api", 260.0, Rhythm::OFFICE, paths, 0.003);
    service.usual_failures = 0.000_08;
    service.disturbances = vec![
        outage(last(now, 25, Weekday::Monday, (8, 50), 9), 0.3),
        outage(last(now, 68, Weekday::Tuesday, (9, 5), 22), 0.3),
    ];
    service
}

fn reservation(now: Minute) -> Service {
    let paths = ("/v1/rooms", "/v1/reservations");
    let mut service = web("reservation-api", 130.0, Rhythm::OFFICE, paths, 0.009);
    service.usual_failures = 0.000_4;
    service.disturbances = vec![
        outage(last(now, 18, Weekday::Thursday, (13, 30), 24), 0.25),
        outage(last(now, 75, Weekday::Wednesday, (10, 10), 40), 0.3),
    ];
    service
}

/// Nothing is wrong with it; its target was copied from a network's.
fn reception(now: Minute) -> Service {
    let paths = ("/v1/visitors", "/v1/checkins");
    let mut service = web("reception-api", 110.0, Rhythm::OFFICE, paths, 0.005);
    service.usual_failures = 0.000_12;
    service.disturbances = vec![outage(last(now, 30, Weekday::Friday, (14, 0), 6), 0.1)];
    service
}

/// Other companies' calendars: when they are slow to answer, rooms look free that are not.
fn calendar_sync(now: Minute) -> Service {
    let results = [("done", 0.5), ("failed", 30.0)];
    let mut service = work_of(
        "calendar-sync",
        40.0,
        Rhythm::OFFICE,
        "calendar_syncs",
        results,
    );
    service.usual_failures = 0.004;
    service.disturbances = vec![
        outage(last(now, 7, Weekday::Monday, (9, 30), 65), 0.5),
        outage(last(now, 16, Weekday::Thursday, (15, 10), 45), 0.4),
        outage(last(now, 23, Weekday::Tuesday, (11, 0), 70), 0.35),
    ];
    service
}

/// Bad for weeks, and its SLO never says so: the target is far too loose.
fn admin(now: Minute) -> Service {
    let paths = ("/admin/users", "/admin/settings");
    let mut service = web("admin-console", 18.0, Rhythm::OFFICE, paths, 0.05);
    service.usual_failures = 0.004;
    service.disturbances = vec![outage(last(now, 10, Weekday::Tuesday, (16, 0), 90), 0.15)];
    service
}
