//! Teams `iot-edge`, `firmware` and `hardware`: what hangs on walls and doors.

use super::*;

pub(super) fn services(now: Minute) -> Vec<Service> {
    vec![
        hub(now),
        edge(now),
        ble_gateway(now),
        ota(now),
        lock_commands(now),
        lock_battery(now),
        lock_radio(now),
    ]
}

/// A hub in a building's basement: how much of its uplink gets lost, in percent.
fn hub(now: Minute) -> Service {
    let readings = [(0, 15), (25, 400)];
    let help = "Packets lost on the uplink, in percent.";
    let mut service = sensors("building-hub", 1, "uplink_loss_percent", help, readings);
    service.usual_failures = 0.002;
    service.unreachable = 0.001;
    service.disturbances = vec![
        outage(last(now, 11, Weekday::Wednesday, (13, 0), 110), 0.8),
        outage(last(now, 50, Weekday::Tuesday, (10, 0), 200), 0.6),
    ];
    service
}

/// The box in the office that still opens gates when the internet is away: few commands.
fn edge(now: Minute) -> Service {
    let results = [("acknowledged", 0.5), ("lost", 30.0)];
    let mut service = work_of(
        "edge-controller",
        1.2,
        Rhythm::OFFICE,
        "edge_commands",
        results,
    );
    let late = class(vec![("result", "acknowledged")], Outcome::Well, 0.002, 8.0);
    service.classes.push(late);
    service
        .families
        .push(histogram("edge_command_seconds", &[1.0, 5.0]));
    service.usual_failures = 0.001;
    service.disturbances = vec![
        Disturbance {
            span: night_outage(now),
            effect: Effect::Dead,
        },
        outage(last(now, 13, Weekday::Friday, (9, 0), 75), 0.25),
    ];
    service
}

/// A fleet on batteries and foreign networks: it is often out of reach.
fn ble_gateway(now: Minute) -> Service {
    let readings = [(20, 900), (3_000, 9_000)];
    let help = "Seconds since the gateway last heard any of its locks.";
    let mut service = sensors("ble-gateway", 4, "ble_heard_age_seconds", help, readings);
    service.usual_failures = 0.000_5;
    service.unreachable = 0.16;
    service.disturbances = vec![outage(last(now, 8, Weekday::Thursday, (0, 30), 240), 0.5)];
    service
}

/// Updates trickle; one that fails means a visit by a technician.
fn ota(now: Minute) -> Service {
    let results = [("installed", 120.0), ("rolled_back", 240.0)];
    let mut service = work_of(
        "ota-service",
        0.015,
        Rhythm::HOME,
        "firmware_updates",
        results,
    );
    // A bad batch of radios.
    service.disturbances = vec![outage(
        last(now, 12, Weekday::Tuesday, (1, 0), 2 * DAY_MINUTES),
        0.2,
    )];
    let planned = story_maintenance(now).into_iter();
    service
        .disturbances
        .extend(planned.map(|span| outage(span, 1.0)));
    service
}

/// Commands to locks, acknowledged in time or not. Down by plan every fourth week.
fn lock_commands(now: Minute) -> Service {
    let results = [("acknowledged", 0.75), ("timeout", 30.0)];
    let mut service = work_of("lock-commands", 9.0, Rhythm::HOME, "lock_commands", results);
    let late = class(
        vec![("result", "acknowledged")],
        Outcome::Well,
        0.001_5,
        6.0,
    );
    service.classes.push(late);
    service
        .families
        .push(histogram("lock_command_seconds", &[1.0, 3.0, 10.0]));
    service.usual_failures = 0.000_5;
    service.disturbances = vec![
        outage(night_outage(now), 0.95),
        outage(last(now, 21, Weekday::Thursday, (17, 30), 55), 0.15),
    ];
    let planned = story_maintenance(now).into_iter();
    service
        .disturbances
        .extend(planned.map(|span| outage(span, 0.9)));
    service
}

/// The weakest battery of six that are watched as a sample of a building's locks.
fn lock_battery(now: Minute) -> Service {
    let readings = [(56, 64), (44, 53)];
    let mut service = sensors(
        "lock-battery",
        6,
        "lock_battery_volts",
        "The lock's battery.",
        readings,
    );
    service.usual_failures = 0.000_5;
    service.unreachable = 0.02;
    service.disturbances = vec![
        // A cold spell.
        failures(last(now, 6, Weekday::Thursday, (4, 0), 600), 0.05, 0.0),
    ];
    service
}

/// Radio heartbeats of the same sample.
fn lock_radio(now: Minute) -> Service {
    let readings = [(10, 600), (3_100, 20_000)];
    let help = "Seconds since the lock last sent a heartbeat.";
    let mut service = sensors(
        "lock-radio",
        1,
        "lock_heartbeat_age_seconds",
        help,
        readings,
    );
    service.usual_failures = 0.001_5;
    service.unreachable = 0.03;
    service.disturbances = vec![
        outage(night_outage(now), 1.0),
        outage(last(now, 4, Weekday::Wednesday, (22, 0), 130), 0.9),
    ];
    service
}
