//! The thirty objectives of Tobira.

use jiff::Timestamp;
use tomoni_slo::{Budget, BudgetUnit, Severity, Stage, State};

use super::course::{self, Trouble, WATERMARK_S};
use crate::ui::view::{Alert, Backfill, Named, Quality, Row, SloKey};

/// One line of the table below.
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

/// Who or what a name is called in documents.
pub(super) fn named(name: &str) -> Named {
    let display_name = match name {
        "home" => Some("Home"),
        "work" => Some("Work"),
        "platform" => Some("共通基盤"),
        "iot-edge" => Some("IoT Edge"),
        "unlock-api" => Some("Unlock API"),
        "room-booking" => Some("会議室予約"),
        "delivery" => Some("置き配"),
        "identity" => Some("Identity"),
        _ => None,
    };
    Named {
        name: name.to_owned(),
        display_name: display_name.map(str::to_owned),
    }
}

/// An instant so many minutes before the watermark.
pub(super) fn minutes_ago(minutes: i64) -> Timestamp {
    Timestamp::from_second(WATERMARK_S - minutes * 60).unwrap_or_default()
}

/// All rows, in the order of the table.
pub fn rows() -> Vec<Row> {
    stories().iter().map(row).collect()
}

pub(super) fn row(story: &Story) -> Row {
    let spending = course::spending(story.name, story.calm, story.troubles);
    let left = course::remaining(&spending);
    let remaining = left.last().copied().unwrap_or(1.0);
    let is_gauge = story.traffic <= 0.0;
    let allowed = if is_gauge {
        (40_320.0 * (1.0 - story.target)).round()
    } else {
        story.traffic * 28.0 * (1.0 - story.target)
    };
    let spent = ((1.0 - remaining) * allowed).round();
    let consumed = spent / allowed;
    let mut row = Row {
        key: SloKey {
            name: story.name.to_owned(),
            objective: story.objective,
        },
        title: story.title.to_owned(),
        service: named(story.service),
        team: Some(named(story.team)),
        stage: Stage::Active,
        target: story.target,
        window: story.window.to_owned(),
        sli: Some(1.0 - consumed * (1.0 - story.target)),
        budget: Budget {
            allowed,
            spent,
            unit: if is_gauge {
                BudgetUnit::Minutes
            } else {
                BudgetUnit::Events
            },
            consumed,
            one_failure: Some(1.0 / allowed),
        },
        state: state(1.0 - consumed),
        alerts: Vec::new(),
        is_frozen: false,
        burn_rate: Some(0.2 + course::noise(course::seed(story.name), 99) * 0.9),
        quality: Quality::PLAIN,
        backfill: None,
        spark: left.iter().step_by(6).map(|value| Some(*value)).collect(),
    };
    special(&mut row);
    row
}

fn state(remaining: f64) -> State {
    match remaining {
        r if r <= 0.0 => State::Exhausted,
        r if r < 0.25 => State::AtRisk,
        _ => State::Ok,
    }
}

/// What cannot be told by numbers alone.
fn special(row: &mut Row) {
    let alert = |severity, is_firing, minutes| Alert {
        severity,
        is_firing,
        since: minutes_ago(minutes),
    };
    match row.key.name.as_str() {
        "unlock-latency" => {
            row.alerts = vec![
                alert(Severity::Page, true, 143),
                alert(Severity::Ticket, false, 12),
            ];
            row.burn_rate = Some(31.4);
        }
        "delivery-handover" => {
            row.alerts = vec![alert(Severity::Ticket, true, 4_020)];
            row.burn_rate = Some(3.42);
            row.quality.approximate_minutes = 40_320;
        }
        "room-booking-availability" => {
            row.alerts = vec![alert(Severity::Page, false, 1)];
            row.burn_rate = Some(14.1);
            row.quality.excluded_minutes = 240;
        }
        "unlock-availability" => {
            row.quality.excluded_minutes = 240;
            row.quality.coverage = Some(0.9948);
        }
        "property-sync" => row.quality.clamped_minutes = 37,
        "visitor-checkin" => no_traffic(row),
        "lab-temperature" => no_data(row),
        "battery-report" => {
            row.state = State::Partial;
            row.quality.coverage = Some(0.714);
            row.is_frozen = true;
            blind(row, 14..22);
        }
        "gateway-uptime" => {
            row.quality.coverage = Some(0.962);
            row.quality.imputed_minutes = 1_532;
            blind(row, 31..33);
        }
        "firmware-update" => row.stage = Stage::Shadow,
        "audit-log" => row.quality.invalid_minutes = 3,
        "badge-import" => {
            row.state = State::Partial;
            row.stage = Stage::Draft;
        }
        "metrics-freshness" => {
            row.state = State::Partial;
            row.quality.coverage = Some(0.43);
            row.backfill = Some(Backfill {
                done_minutes: 17_280,
                wanted_minutes: 40_320,
                remaining_s: Some(95),
            });
            blind(row, 0..32);
        }
        _ => {}
    }
}

fn no_traffic(row: &mut Row) {
    row.state = State::NoTraffic;
    row.sli = None;
    row.burn_rate = None;
    row.budget = Budget {
        allowed: 0.0,
        spent: 0.0,
        unit: BudgetUnit::Events,
        consumed: 0.0,
        one_failure: None,
    };
    row.spark = vec![Some(1.0); row.spark.len()];
}

fn no_data(row: &mut Row) {
    row.state = State::NoData;
    row.sli = None;
    row.burn_rate = None;
    row.quality.coverage = Some(0.0);
    row.is_frozen = true;
    row.spark = vec![None; row.spark.len()];
}

fn blind(row: &mut Row, places: std::ops::Range<usize>) {
    for (place, value) in row.spark.iter_mut().enumerate() {
        if places.contains(&place) {
            *value = None;
        }
    }
}
