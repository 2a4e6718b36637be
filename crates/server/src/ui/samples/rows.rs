//! The thirty objectives of Tobira.

use jiff::Timestamp;
use tomoni_slo::{Budget, BudgetUnit, Severity, Stage, State};

use super::course::{self, WATERMARK_S};
use super::groups;
use super::stories::{Story, stories};
use crate::ui::view::{Alert, Backfill, Named, Quality, Row, SloKey};

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
        groups: None,
    };
    row.groups = groups::summary(&row);
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
        "calendar-sync" => {
            row.budget.unit = BudgetUnit::Ratio;
            row.budget.allowed = 1.0 - row.target;
            row.budget.spent = row.budget.consumed * row.budget.allowed;
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
