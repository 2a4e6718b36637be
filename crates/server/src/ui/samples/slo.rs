//! An SLO's page for each of the thirty.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use tomoni_slo::{BudgetUnit, MissingData, Severity, State};

use super::course::{self, SHOWN, WATERMARK_S, WINDOW_STEPS};
use super::groups;
use super::peers::peers;
use super::rows::minutes_ago;
use super::stories::{Story, stories};
use crate::ui::series::{Series, SeriesSpan};
use crate::ui::view::{
    Counting, DayRow, Explanation, GenerationNote, MethodView, RevisionNote, Row, Slo, SlotRow,
    Span, SpanKind, Timeline, TimelinePoint,
};

const WINDOW_MINUTES: i64 = 40_320;

/// The page of one of [`rows`](super::rows()).
pub fn slo(row: &Row) -> Slo {
    let siblings = match row.key.objective {
        None => Vec::new(),
        Some(_) => super::rows()
            .into_iter()
            .filter(|other| other.key.name == row.key.name)
            .map(|other| (other.key, other.title))
            .collect(),
    };
    let is_gauge = row.budget.unit == BudgetUnit::Minutes;
    Slo {
        row: row.clone(),
        description: description(&row.key.name).map(str::to_owned),
        siblings,
        group_of: None,
        groups: groups::of(row),
        method: if is_gauge {
            MethodView::Timeslices {
                target: 0.95,
                width_minutes: 1,
            }
        } else if row.key.name == "calendar-sync" {
            MethodView::RatioTimeslices { width_minutes: 5 }
        } else {
            MethodView::Occurrences
        },
        is_calendar: row.window.starts_with('1'),
        window: (minutes_ago(WINDOW_MINUTES), minutes_ago(0)),
        defined_at: Some(format!("slos/{}/{}.yaml:1", row.service.name, row.key.name)),
        burn_rates: burn_rates(row),
        slots: slots(row),
        timeline: timeline(row),
        explanation: explanation(row),
        revisions: revisions(row),
        generations: generations(row),
    }
}

fn description(name: &str) -> Option<&'static str> {
    match name {
        "unlock-availability" => Some(
            "A resident who may unlock a door can unlock it. Counted at the edge, without retries.",
        ),
        "key-share-availability" => Some(
            "入居者が家族や友人に合鍵を共有できること。招待の送信から受け取りまでを対象とする。",
        ),
        "radio-heartbeat" => Some(
            "Far too tight on purpose: radios sleep, and nobody has revisited the target since 2022.",
        ),
        _ => None,
    }
}

fn story(row: &Row) -> Option<Story> {
    stories()
        .into_iter()
        .find(|story| story.name == row.key.name)
}

fn burn_rates(row: &Row) -> Vec<(i64, Option<f64>)> {
    let hour = row.burn_rate;
    let long = row.budget.consumed;
    [
        (5, 1.25),
        (30, 1.1),
        (60, 1.0),
        (120, 0.82),
        (360, 0.46),
        (1_440, 0.2),
        (4_320, 0.09),
    ]
    .into_iter()
    .map(|(minutes, share)| {
        (
            minutes,
            hour.map(|hour| hour * share + long * (1.0 - share).max(0.0)),
        )
    })
    .collect()
}

fn slots(row: &Row) -> Vec<SlotRow> {
    let rates = burn_rates(row);
    let rate = |minutes| {
        rates
            .iter()
            .find(|rate| rate.0 == minutes)
            .and_then(|rate| rate.1)
    };
    [
        (Severity::Page, 60, 5, 13.44),
        (Severity::Page, 360, 30, 5.6),
        (Severity::Ticket, 1_440, 120, 2.8),
        (Severity::Ticket, 4_320, 360, 0.933_333),
    ]
    .into_iter()
    .map(|(severity, long, short, factor)| {
        let (long, short) = ((long, rate(long)), (short, rate(short)));
        let is_true = |rate: Option<f64>| rate.is_some_and(|rate| rate > factor);
        SlotRow {
            severity,
            long,
            short,
            factor,
            holds: (!row.is_frozen).then_some(is_true(long.1) && is_true(short.1)),
            is_impossible: factor * (1.0 - row.target) >= 1.0,
        }
    })
    .collect()
}

/// How many events may be bad, whatever the budget's unit.
fn allowed_events(row: &Row) -> f64 {
    match (row.budget.unit, story(row)) {
        (BudgetUnit::Ratio, Some(story)) => story.traffic * 28.0 * (1.0 - row.target),
        _ => row.budget.allowed,
    }
}

/// How a row's budget went, point by point.
fn timeline(row: &Row) -> Timeline {
    let Some(story) = story(row) else {
        return Timeline {
            from: minutes_ago(WINDOW_MINUTES),
            until: minutes_ago(0),
            points: Vec::new(),
            days: Vec::new(),
            spans: Vec::new(),
            is_away: false,
        };
    };
    let spending = course::spending(story.name, story.calm, story.troubles);
    let left = course::remaining(&spending);
    let spans = spans(row);
    let is_blind = |at: Timestamp| {
        spans.iter().any(|span| {
            matches!(span.kind, SpanKind::Gap | SpanKind::Backfill)
                && span.from <= at
                && at < span.until
        })
    };
    let points = left.iter().enumerate().map(|(step, left)| {
        let at = Timestamp::from_second(course::step_end_s(step)).unwrap_or_default();
        let remaining = match row.state {
            State::NoData => None,
            State::NoTraffic => Some(1.0),
            _ => Some(*left).filter(|_| !is_blind(at)),
        };
        let sli = remaining
            .filter(|_| row.sli.is_some())
            .map(|left| 1.0 - (1.0 - left) * (1.0 - row.target));
        TimelinePoint {
            at,
            remaining,
            sli,
            is_partial: row.quality.coverage.is_some_and(|c| c < 0.9),
        }
    });
    Timeline {
        from: minutes_ago(WINDOW_MINUTES),
        until: minutes_ago(0),
        points: points.collect(),
        days: days(row, &spending),
        spans,
        is_away: false,
    }
}

fn days(row: &Row, spending: &[f64]) -> Vec<DayRow> {
    let zone = TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC);
    let midnight = |date: Date| {
        date.to_zoned_datetime(zone.clone())
            .map(|zoned| zoned.timestamp())
            .unwrap_or_default()
    };
    let first = minutes_ago(WINDOW_MINUTES)
        .to_zoned_datetime(zone.clone())
        .date();
    (0..29)
        .map(|n| {
            let date = first.saturating_add(i64::from(n).days());
            let (start, end) = (midnight(date), midnight(date.saturating_add(1.day())));
            let (from, until) = (
                start.max(minutes_ago(WINDOW_MINUTES)),
                end.min(minutes_ago(0)),
            );
            let steps = |step: &usize| {
                let at = course::step_end_s(*step);
                from.as_second() < at && at <= until.as_second()
            };
            let spent: f64 = (0..SHOWN)
                .filter(steps)
                .filter_map(|step| spending.get(step + WINDOW_STEPS))
                .sum();
            let minutes = (until.as_second() - from.as_second()) / 60;
            let is_loading = spans(row).iter().any(|span| {
                let is_unknown = matches!(span.kind, SpanKind::Gap | SpanKind::Backfill);
                is_unknown && span.from <= from && until <= span.until
            });
            let is_known = !matches!(row.state, State::NoData | State::NoTraffic) && !is_loading;
            let spent = if is_known { spent } else { 0.0 };
            DayRow {
                date,
                start: from,
                end: until,
                bad: (spent * allowed_events(row)).round(),
                total: (allowed_events(row) / (1.0 - row.target) * minutes as f64
                    / WINDOW_MINUTES as f64)
                    .round(),
                spent: is_known.then_some(spent),
                known_minutes: if row.state == State::NoData || is_loading {
                    0
                } else {
                    minutes
                },
                minutes,
            }
        })
        .collect()
}

fn spans(row: &Row) -> Vec<Span> {
    let span = |kind, from, until, note: &str| Span {
        kind,
        from: minutes_ago(from),
        until: minutes_ago(until),
        note: note.to_owned(),
    };
    match row.key.name.as_str() {
        "unlock-availability" => vec![
            span(SpanKind::Page, 27_800, 27_600, "1h 31×, 5m 44×"),
            span(SpanKind::Revision, 24_000, 24_000, "99.95% → 99.9%"),
            span(
                SpanKind::Exclusion,
                15_900,
                15_660,
                "planned maintenance: 決済基盤の切り替え",
            ),
            span(
                SpanKind::Generation,
                12_000,
                12_000,
                "5xx at the edge, no longer in the app",
            ),
            span(SpanKind::Page, 8_930, 8_870, "1h 15×, 5m 22×"),
            span(SpanKind::Gap, 3_100, 2_890, "Prometheus did not answer"),
        ],
        "unlock-latency" => vec![
            span(SpanKind::Ticket, 18_200, 17_600, "6h 4×"),
            span(SpanKind::Page, 143, 0, "1h 31×, 5m 39×"),
        ],
        "room-booking-availability" => vec![
            span(
                SpanKind::Exclusion,
                20_400,
                20_160,
                "計画メンテナンス: DB アップグレード",
            ),
            span(SpanKind::Ticket, 6_900, 2_000, "3d 1.6×"),
        ],
        "delivery-handover" => vec![span(SpanKind::Ticket, 4_020, 0, "1d 3.6×, 2h 3.4×")],
        "battery-report" => vec![
            span(SpanKind::Gap, 30_500, 25_200, "no sample"),
            span(SpanKind::Gap, 9_000, 2_900, "no sample"),
        ],
        "gateway-uptime" => vec![span(SpanKind::Gap, 17_532, 16_000, "no sample")],
        "metrics-freshness" => vec![span(SpanKind::Backfill, WINDOW_MINUTES, 17_280, "")],
        "delivery-partner" => vec![span(SpanKind::Page, 13_500, 13_330, "1h 40×, 5m 61×")],
        _ => Vec::new(),
    }
}

fn explanation(row: &Row) -> Explanation {
    let coverage = row.quality.coverage.unwrap_or(1.0);
    let minutes = WINDOW_MINUTES - row.quality.excluded_minutes;
    let is_known = !matches!(row.state, State::NoData | State::NoTraffic);
    let bad = if is_known {
        (row.budget.consumed * allowed_events(row)).round()
    } else {
        0.0
    };
    let total = if is_known {
        (allowed_events(row) / (1.0 - row.target) * coverage).round()
    } else {
        0.0
    };
    let is_gauge = row.budget.unit == BudgetUnit::Minutes;
    let known = (minutes as f64 * coverage).round() as i64;
    let metric = row.service.name.replace('-', "_");
    Explanation {
        counting: match row.key.name.as_str() {
            "delivery-handover" => Counting::Evaluated,
            "message-delivery" => Counting::TooLarge,
            "firmware-update" => Counting::Pushed,
            _ if is_gauge => Counting::Gauge,
            _ => Counting::Exact,
        },
        source: "prometheus-main".to_owned(),
        queries: if is_gauge {
            vec![(
                "thresholdMetric".to_owned(),
                format!("min(up{{job=\"{}\"}})", row.service.name),
            )]
        } else {
            vec![
                (
                    "bad".to_owned(),
                    format!(
                        "{metric}_requests_total{{job=\"{}\",code=~\"5..\"}}",
                        row.service.name
                    ),
                ),
                (
                    "total".to_owned(),
                    format!("{metric}_requests_total{{job=\"{}\"}}", row.service.name),
                ),
            ]
        },
        minutes,
        known_minutes: known,
        missing_data: if row.quality.imputed_minutes > 0 {
            MissingData::Bad
        } else {
            MissingData::Ignore
        },
        good: total - bad,
        bad,
        total,
        weighed: (bad, total),
        slices: is_gauge.then(|| (known, known - bad as i64, WINDOW_MINUTES)),
        peers: peers(row, is_gauge),
    }
}

fn revisions(row: &Row) -> Vec<RevisionNote> {
    let note = |number, since, target, author: &str, reason: &str| RevisionNote {
        number,
        since: minutes_ago(since),
        target,
        window: row.window.clone(),
        author: Some(author.to_owned()),
        reason: Some(reason.to_owned()),
    };
    match row.key.name.as_str() {
        "unlock-availability" => vec![
            note(
                2,
                24_000,
                row.target,
                "佐藤 美咲",
                "Two months without a complaint at 99.92%; the team decided in its weekly review.",
            ),
            note(
                1,
                260_000,
                0.9995,
                "Ken Tanaka",
                "First target, taken from the old dashboard.",
            ),
        ],
        _ => vec![RevisionNote {
            author: None,
            reason: None,
            ..note(1, 260_000, row.target, "", "")
        }],
    }
}

fn generations(row: &Row) -> Vec<GenerationNote> {
    let hash = |n: u64| {
        format!(
            "{:012x}",
            course::seed(&row.key.name).wrapping_mul(n) & 0xffff_ffff_ffff
        )
    };
    let first = GenerationNote {
        hash: hash(3),
        since: minutes_ago(260_000),
    };
    match row.key.name.as_str() {
        "unlock-availability" => vec![
            GenerationNote {
                hash: hash(5),
                since: minutes_ago(12_000),
            },
            first,
        ],
        _ => vec![first],
    }
}

/// What the script asks for, for one of [`rows`](super::rows()).
pub fn series(row: &Row) -> Series {
    let line = timeline(row);
    let step = course::STEP_S;
    let each = allowed_events(row) / (1.0 - row.target) / WINDOW_STEPS as f64;
    let spending = story(row)
        .map(|s| course::spending(s.name, s.calm, s.troubles))
        .unwrap_or_default();
    let column = |value: &dyn Fn(usize) -> f64| {
        line.points
            .iter()
            .enumerate()
            .map(|(n, point)| point.remaining.map(|_| value(n).round()))
            .collect()
    };
    let spent = |n: usize| spending.get(n + WINDOW_STEPS).copied().unwrap_or_default();
    Series {
        slo: row.key.name.clone(),
        objective: row.key.objective.unwrap_or(1),
        target: row.target,
        step,
        t: line
            .points
            .iter()
            .map(|point| point.at.as_second())
            .collect(),
        remaining: line.points.iter().map(|point| point.remaining).collect(),
        sli: line.points.iter().map(|point| point.sli).collect(),
        is_partial: line.points.iter().map(|point| point.is_partial).collect(),
        bad: column(&|n| spent(n) * allowed_events(row)),
        total: column(&|n| each * course::rhythm(WATERMARK_S - (SHOWN - n) as i64 * step)),
        spans: line
            .spans
            .iter()
            .map(|span| SeriesSpan {
                kind: kind(span.kind),
                from: span.from.as_second(),
                until: span.until.as_second(),
                note: span.note.clone(),
            })
            .collect(),
    }
}

const fn kind(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Gap => "gap",
        SpanKind::Exclusion => "exclusion",
        SpanKind::Backfill => "backfill",
        SpanKind::Generation => "generation",
        SpanKind::Revision => "revision",
        SpanKind::Ticket => "ticket",
        SpanKind::Page => "page",
    }
}
