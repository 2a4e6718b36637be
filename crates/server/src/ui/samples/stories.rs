//! What Tobira promises, and how it went.

use super::course::Trouble;

/// One line of the table below: who promises what, and how it went.
pub(super) struct Story {
    pub(super) name: &'static str,
    pub(super) objective: Option<usize>,
    pub(super) title: &'static str,
    pub(super) service: &'static str,
    pub(super) team: &'static str,
    pub(super) target: f64,
    pub(super) window: &'static str,
    /// Events a day; 0 for a gauge, whose minutes count.
    pub(super) traffic: f64,
    /// The share of the budget that a calm window spends.
    pub(super) calm: f64,
    pub(super) troubles: &'static [Trouble],
}

const fn story(
    name: &'static str,
    title: &'static str,
    (service, team): (&'static str, &'static str),
    (target, window): (f64, &'static str),
    traffic: f64,
    (calm, troubles): (f64, &'static [Trouble]),
) -> Story {
    Story {
        name,
        objective: None,
        title,
        service,
        team,
        target,
        window,
        traffic,
        calm,
        troubles,
    }
}

const fn trouble(days_ago: f64, hours: f64, share: f64) -> Trouble {
    Trouble {
        days_ago,
        hours,
        share,
    }
}

const NONE: &[Trouble] = &[];
const OUTAGE: &[Trouble] = &[trouble(19.3, 2.0, 0.31), trouble(6.2, 1.0, 0.12)];
const SLOW_BURN: &[Trouble] = &[trouble(5.1, 122.0, 0.62)];
const BIG_OUTAGE: &[Trouble] = &[trouble(9.4, 3.0, 1.18), trouble(22.0, 4.0, 0.2)];
const NOW: &[Trouble] = &[trouble(0.11, 2.6, 0.36), trouble(12.6, 4.0, 0.22)];
const ENDLESS: &[Trouble] = &[trouble(40.0, 960.0, 8.2)];

const HOME: &str = "home";
const WORK: &str = "work";
const PLATFORM: &str = "platform";
const EDGE: &str = "iot-edge";

const STORIES: &[Story] = &[
    story(
        "unlock-availability",
        "Unlock succeeds",
        ("unlock-api", HOME),
        (0.999, "28d"),
        44_100.0,
        (0.22, OUTAGE),
    ),
    story(
        "unlock-latency",
        "Unlock answers within 800 ms",
        ("unlock-api", HOME),
        (0.99, "28d"),
        44_100.0,
        (0.15, NOW),
    ),
    story(
        "key-share-availability",
        "合鍵の共有が成功する",
        ("key-share", HOME),
        (0.995, "28d"),
        6_200.0,
        (0.3, NONE),
    ),
    story(
        "delivery-handover",
        "置き配の受け渡しが完了する",
        ("delivery", HOME),
        (0.98, "28d"),
        2_900.0,
        (0.35, SLOW_BURN),
    ),
    story(
        "delivery-partner",
        "Delivery partners answer",
        ("delivery-gateway", HOME),
        (0.97, "1M"),
        9_400.0,
        (0.25, BIG_OUTAGE),
    ),
    story(
        "resident-login",
        "Residents can sign in",
        ("identity", PLATFORM),
        (0.9995, "28d"),
        88_000.0,
        (0.4, NONE),
    ),
    story(
        "property-sync",
        "物件管理システムとの同期",
        ("property-sync", HOME),
        (0.95, "28d"),
        480.0,
        (0.6, NONE),
    ),
    story(
        "intercom-call",
        "Intercom calls connect",
        ("intercom", HOME),
        (0.99, "28d"),
        1_350.0,
        (0.5, OUTAGE),
    ),
    story(
        "enter-availability",
        "Doors open for those who may enter",
        ("entry-api", WORK),
        (0.999, "28d"),
        61_000.0,
        (0.3, BIG_OUTAGE),
    ),
    story(
        "enter-latency",
        "Entry decided within 500 ms",
        ("entry-api", WORK),
        (0.99, "28d"),
        61_000.0,
        (0.5, NONE),
    ),
    story(
        "room-booking-availability",
        "会議室の予約が成功する",
        ("room-booking", WORK),
        (0.995, "28d"),
        12_700.0,
        (0.55, SLOW_BURN),
    ),
    story(
        "calendar-sync",
        "Calendars of other companies stay in sync within five minutes of a change, whichever provider keeps them",
        ("calendar-gateway-for-external-calendar-providers", WORK),
        (0.95, "28d"),
        31_000.0,
        (0.4, NONE),
    ),
    story(
        "visitor-invite",
        "来訪者の招待メールが届く",
        ("visitor", WORK),
        (0.99, "28d"),
        830.0,
        (0.3, NONE),
    ),
    story(
        "visitor-checkin",
        "Visitors check in at the tablet",
        ("visitor", WORK),
        (0.99, "28d"),
        610.0,
        (0.1, NONE),
    ),
    story(
        "badge-import",
        "Badges imported by the next morning",
        ("badge-import", WORK),
        (0.9, "1Q"),
        22.0,
        (0.3, NONE),
    ),
    story(
        "occupancy-feed",
        "Occupancy is at most two minutes old",
        ("occupancy", WORK),
        (0.99, "28d"),
        0.0,
        (0.5, OUTAGE),
    ),
    story(
        "token-issue",
        "Tokens are issued",
        ("identity", PLATFORM),
        (0.9999, "28d"),
        410_000.0,
        (0.6, NONE),
    ),
    story(
        "message-delivery",
        "Device messages arrive within 3 s",
        ("device-messaging", PLATFORM),
        (0.995, "28d"),
        1_270_000.0,
        (0.35, OUTAGE),
    ),
    story(
        "push-notification",
        "通知がスマートフォンに届く",
        ("notification", PLATFORM),
        (0.99, "28d"),
        240_000.0,
        (0.2, NONE),
    ),
    story(
        "deploy-pipeline",
        "Deploys finish within 15 minutes",
        ("ci-cd", PLATFORM),
        (0.9, "28d"),
        74.0,
        (0.4, NONE),
    ),
    story(
        "audit-log",
        "Audit log entries are stored",
        ("audit", PLATFORM),
        (0.9999, "28d"),
        520_000.0,
        (0.02, NONE),
    ),
    story(
        "database-failover",
        "Databases answer",
        ("database", PLATFORM),
        (0.9995, "28d"),
        0.0,
        (0.12, NONE),
    ),
    story(
        "metrics-freshness",
        "Metrics are at most one minute old",
        ("observability", PLATFORM),
        (0.99, "28d"),
        0.0,
        (0.45, NONE),
    ),
    story(
        "firmware-update",
        "ファームウェア更新が成功する",
        ("firmware", EDGE),
        (0.97, "28d"),
        118.0,
        (0.5, SLOW_BURN),
    ),
    story(
        "command-ack",
        "Commands acknowledged within 5 s",
        ("device-command", EDGE),
        (0.98, "28d"),
        52_000.0,
        (0.5, NONE),
    ),
    story(
        "battery-report",
        "電池残量が毎日報告される",
        ("hardware", EDGE),
        (0.95, "28d"),
        0.0,
        (0.45, NONE),
    ),
    story(
        "radio-heartbeat",
        "Locks are heard every minute",
        ("hardware", EDGE),
        (0.999, "28d"),
        0.0,
        (1.0, ENDLESS),
    ),
    story(
        "gateway-uptime",
        "Gateways are connected",
        ("gateway", EDGE),
        (0.995, "28d"),
        0.0,
        (0.3, OUTAGE),
    ),
    story(
        "lab-temperature",
        "Test lab stays below 30 °C",
        ("hardware", EDGE),
        (0.9, "28d"),
        0.0,
        (0.0, NONE),
    ),
];

/// The stories with the one that has two objectives told twice.
pub(super) fn stories() -> Vec<Story> {
    let mut all: Vec<Story> = Vec::with_capacity(STORIES.len() + 1);
    for told in STORIES {
        let mut story = story(
            told.name,
            told.title,
            (told.service, told.team),
            (told.target, told.window),
            told.traffic,
            (told.calm, told.troubles),
        );
        if told.name == "command-ack" {
            story.objective = Some(1);
            all.push(Story {
                objective: Some(2),
                title: "Commands acknowledged within 30 s",
                target: 0.995,
                ..story
            });
            story = Story {
                objective: Some(1),
                ..story_of(told)
            };
        }
        all.push(story);
    }
    all
}

fn story_of(told: &Story) -> Story {
    Story {
        troubles: told.troubles,
        ..*told
    }
}
