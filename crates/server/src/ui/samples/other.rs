//! The other pages' samples.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use tomoni_slo::{Severity, State};

use super::course::{self, WATERMARK_S};
use super::rows::{minutes_ago, named, rows};
use crate::site::limits::ROWS_PER_PAGE;
use crate::ui::view::{
    Check, CheckResult, Cut, Finding, FindingSeverity, Findings, MinuteFact, MinuteRow, Minutes,
    Outage, Overview, Row, Service, StateCounts, Tally, Team,
};

const DOZEN: usize = 12;

fn worst_first(mut rows: Vec<Row>) -> Vec<Row> {
    let rank = |row: &Row| match row.state {
        State::NoData | State::NoTraffic => 2.0,
        _ => row.budget.remaining(),
    };
    rows.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
    rows
}

fn tally(name: &str, rows: &[&Row]) -> Tally {
    let firing = rows
        .iter()
        .filter(|row| row.alerts.iter().any(|a| a.is_firing))
        .count();
    Tally {
        named: named(name),
        states: StateCounts::of(rows.iter().copied()),
        firing: i64::try_from(firing).unwrap_or_default(),
    }
}

/// `/` with all of Tobira's objectives.
pub fn overview() -> Overview {
    let all = worst_first(rows());
    let keep = |is_wanted: &dyn Fn(&Row) -> bool| -> Vec<Row> {
        all.iter()
            .filter(|row| is_wanted(row))
            .take(DOZEN)
            .cloned()
            .collect()
    };
    let fires = |row: &Row| row.alerts.iter().any(|alert| alert.is_firing);
    let pages = |row: &Row| {
        row.alerts
            .iter()
            .any(|alert| alert.is_firing && alert.severity == Severity::Page)
    };
    let mut firing = keep(&fires);
    firing.sort_by_key(|row| !pages(row));
    let teams = ["home", "work", "iot-edge", "platform"];
    let count =
        |is_counted: &dyn Fn(&Row) -> bool| all.iter().filter(|row| is_counted(row)).count() as i64;
    Overview {
        states: StateCounts::of(&all),
        firing,
        firing_all: count(&fires),
        worst: keep(&|row| matches!(row.state, State::Exhausted | State::AtRisk) && !fires(row)),
        doubtful: keep(&|row| {
            let is_whole = matches!(row.state, State::Ok | State::AtRisk | State::Exhausted);
            (!is_whole || row.quality.clamped_minutes > 0) && row.backfill.is_none()
        }),
        backfilling: keep(&|row| row.backfill.is_some()),
        // As after a start with many new SLOs.
        backfilling_all: count(&|row| row.backfill.is_some()) + 7,
        teams: teams.map(|team| tally(team, &of_team(&all, team))).into(),
        findings: 5,
    }
}

fn of_team<'a>(rows: &'a [Row], team: &str) -> Vec<&'a Row> {
    let is_theirs = |row: &&Row| row.team.as_ref().is_some_and(|named| named.name == team);
    rows.iter().filter(is_theirs).collect()
}

/// `/` on a day on which all is well, before anybody has named a team.
pub fn quiet_overview() -> Overview {
    let fine: Vec<Row> = worst_first(rows())
        .into_iter()
        .filter(|row| row.state == State::Ok && row.alerts.is_empty())
        .collect();
    Overview {
        states: StateCounts::of(&fine),
        firing: Vec::new(),
        firing_all: 0,
        worst: fine.into_iter().take(5).collect(),
        doubtful: Vec::new(),
        backfilling: Vec::new(),
        backfilling_all: 0,
        teams: Vec::new(),
        findings: 0,
    }
}

/// `/` before anything is there.
pub fn empty_overview() -> Overview {
    Overview {
        states: StateCounts::default(),
        firing: Vec::new(),
        firing_all: 0,
        worst: Vec::new(),
        doubtful: Vec::new(),
        backfilling: Vec::new(),
        backfilling_all: 0,
        teams: Vec::new(),
        findings: 0,
    }
}

/// The middle page of a long list.
pub fn long_team() -> Team {
    let per_page = 4;
    let whole = team("home");
    let cut = Cut::at(per_page + 1, per_page, whole.rows.len());
    Team {
        rows: cut.of(whole.rows),
        cut,
        ..whole
    }
}

/// A team's page; one that nobody knows owns nothing yet.
pub fn team(name: &str) -> Team {
    let all = worst_first(rows());
    let theirs = of_team(&all, name);
    let mut services: Vec<&str> = theirs.iter().map(|row| row.service.name.as_str()).collect();
    services.sort_unstable();
    services.dedup();
    let of = |service: &str| -> Vec<&Row> {
        theirs
            .iter()
            .copied()
            .filter(|row| row.service.name == service)
            .collect()
    };
    Team {
        team: named(name),
        services: services
            .iter()
            .map(|service| tally(service, &of(service)))
            .collect(),
        states: StateCounts::of(theirs.iter().copied()),
        cut: Cut::at(1, ROWS_PER_PAGE, theirs.len()),
        rows: theirs.into_iter().cloned().collect(),
    }
}

/// A service's page; one that nobody knows has no objective yet.
pub fn service(name: &str) -> Service {
    let rows: Vec<Row> = worst_first(rows())
        .into_iter()
        .filter(|row| row.service.name == name)
        .collect();
    let description = match name {
        "unlock-api" => Some("Unlocks a resident's door from the app, the watch and the key pad."),
        "room-booking" => {
            Some("会議室の予約・変更・取り消しを扱う。外部カレンダーとの同期は別サービス。")
        }
        _ => None,
    };
    Service {
        service: named(name),
        description: description.map(str::to_owned),
        team: rows.first().and_then(|row| row.team.clone()),
        defined_at: (!rows.is_empty()).then(|| format!("services/{name}.yaml:1")),
        states: StateCounts::of(&rows),
        cut: Cut::at(1, ROWS_PER_PAGE, rows.len()),
        rows,
    }
}

/// Days of minutes: one with trouble of every kind, all of it, and one that is not there.
pub fn minutes() -> Vec<(&'static str, Minutes)> {
    let day = Date::constant(2026, 11, 18);
    let view = |rows, is_all| Minutes {
        key: rows_key(),
        title: "Unlock succeeds".to_owned(),
        service: named("unlock-api"),
        target: 0.999,
        day,
        previous: Some(day.saturating_sub(1.day())),
        next: Some(day.saturating_add(1.day())),
        rows,
        is_all,
    };
    let quiet = Minutes {
        previous: None,
        ..view(Vec::new(), false)
    };
    vec![
        ("minutes", view(day_rows(), false)),
        ("minutes-all", view(day_rows(), true)),
        ("minutes-empty", quiet),
    ]
}

fn rows_key() -> crate::ui::view::SloKey {
    crate::ui::view::SloKey {
        name: "unlock-availability".to_owned(),
        objective: None,
    }
}

/// 2026-11-18 in Tokyo.
const DAY_START_S: i64 = 1_794_927_600;

fn day_rows() -> Vec<MinuteRow> {
    (1..=1_440_u32).map(minute).collect()
}

fn minute(n: u32) -> MinuteRow {
    let end_s = DAY_START_S + i64::from(n) * 60;
    let total =
        (31.0 * course::rhythm(end_s) * (0.7 + 0.6 * course::noise(5, u64::from(n)))).round();
    let luck = course::noise(11, u64::from(n));
    let bad = match n {
        812..=871 => (total * (0.1 + 0.5 * luck)).round(),
        872..=880 => (total * 0.04).ceil(),
        _ if luck > 0.985 => 1.0,
        _ => 0.0,
    };
    let fact = match n {
        1_120..=1_163 => MinuteFact::Unknown,
        1_164 => MinuteFact::Invalid,
        130..=150 if luck > 0.4 => MinuteFact::Counts {
            bad: 0.0,
            total: 0.0,
        },
        _ => MinuteFact::Counts {
            bad: bad.min(total),
            total,
        },
    };
    MinuteRow {
        end: Timestamp::from_second(end_s).unwrap_or_default(),
        fact,
        is_excluded: (181..=240).contains(&n),
        is_approximate: false,
        is_clamped: n == 702,
        is_closed: n <= 1_430,
    }
}

/// `/findings` with one of each.
pub fn findings() -> Findings {
    let finding =
        |code: &str, severity, (line, column), message: &str, help: Option<&str>, object: &str| {
            Finding {
                code: code.to_owned(),
                severity,
                file: format!("slos/{object}.yaml"),
                line,
                column,
                message: message.to_owned(),
                help: help.map(str::to_owned),
                object: Some(format!("SLO {object}")),
                keeps_last_good: code == "openslo/target-out-of-range",
            }
        };
    let mut checks: Vec<Check> = rows().into_iter().take(9).map(check).collect();
    checks.sort_by_key(|check| {
        matches!(
            check.result,
            CheckResult::Found { .. } | CheckResult::NotYet
        )
    });
    Findings {
        findings: vec![
            finding(
                "openslo/target-out-of-range",
                FindingSeverity::Error,
                (14, 15),
                "a target lies in [0, 1): 1 leaves no error budget",
                Some("write `target: 0.999`, or use `targetPercent`"),
                "token-issue",
            ),
            finding(
                "openslo/unknown-reference",
                FindingSeverity::Error,
                (22, 21),
                "nothing defines the SLI `calendar-sync-sli`",
                Some("did you mean `calendar-sync`, defined in slos/calendar.yaml:3?"),
                "calendar-sync",
            ),
            finding(
                "openslo/unknown-service",
                FindingSeverity::Warning,
                (8, 12),
                "no document defines the service `badge-import`",
                None,
                "badge-import",
            ),
            finding(
                "tomoni/impossible-slot",
                FindingSeverity::Warning,
                (31, 0),
                "a page can never be raised: factor 13.44 × (1 − 0.9) is at least 1",
                Some("raise the target, or give the SLO its own alert policy"),
                "deploy-pipeline",
            ),
        ],
        finding_cut: Cut::at(1, 200, 4),
        errors: 2,
        warnings: 2,
        cut: Cut::at(1, 200, checks.len()),
        blind: 4,
        checks,
        documents: 67,
        read_at: minutes_ago(4),
    }
}

fn check(row: Row) -> Check {
    let result = match row.key.name.as_str() {
        "unlock-latency" => CheckResult::Nothing {
            last_seen: Some(minutes_ago(13_000)),
        },
        "property-sync" => CheckResult::Nothing { last_seen: None },
        "delivery-partner" => CheckResult::Failed {
            error: "connect to http://metrics.delivery.example:9090: connection refused".to_owned(),
        },
        "intercom-call" => CheckResult::NotYet,
        "badge-import" => CheckResult::Quiet {
            newest: minutes_ago(1),
        },
        "key-share-availability" => CheckResult::Pushed { newest: None },
        "delivery-handover" => CheckResult::Pushed {
            newest: Some(minutes_ago(22)),
        },
        _ => CheckResult::Found {
            newest: Timestamp::from_second(WATERMARK_S + 96).unwrap_or_default(),
        },
    };
    let service = row.service.name.clone();
    Check {
        query: format!(
            "{}_requests_total{{job=\"{service}\"}}",
            service.replace('-', "_")
        ),
        key: row.key,
        title: row.title,
        service: row.service,
        team: row.team,
        source: "http://prometheus:9090".to_owned(),
        result,
    }
}

/// `/findings` when there is nothing to say.
pub fn empty_findings() -> Findings {
    Findings {
        findings: Vec::new(),
        finding_cut: Cut::at(1, 200, 0),
        errors: 0,
        warnings: 0,
        checks: Vec::new(),
        cut: Cut::at(1, 200, 0),
        blind: 0,
        documents: 0,
        read_at: minutes_ago(1),
    }
}

/// A database that is away and a source that does not answer.
pub fn outages() -> Vec<Outage> {
    vec![
        Outage::Database {
            since: minutes_ago(3),
        },
        Outage::Source {
            name: "prometheus-main".to_owned(),
            since: minutes_ago(17),
            error: "POST http://prometheus:9090/api/v1/query: operation timed out after 10 s"
                .to_owned(),
        },
    ]
}
