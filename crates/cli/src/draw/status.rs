//! `tomoni status` for people: the figures, then what qualifies them.

use std::fmt::Write as _;

use tomoni_app::status::{SloRow, StatusReport};

use super::bar::{bar, sparkline};
use super::moment::{minute, utc, window};
use super::number::{UNKNOWN, burn_rate, objective, remaining, service_level, share};
use super::remarks::{About, Remarks};
use super::screen::{Screen, Tone};
use super::table::{Cell, Column, Table};

/// Cells of the budget's bar, on a narrow screen and on others.
const BAR_CELLS: (usize, usize) = (8, 10);
/// Below so many columns a screen is narrow.
const NARROW_BELOW: usize = 100;
/// Below so many there is no room for bars.
const BARS_FROM: usize = 66;
/// How many days a sparkline shows: as many of these as fit.
const TREND_DAYS: [usize; 3] = [28, 14, 7];

/// The states in the order in which they are counted up.
const STATES: [&str; 6] = [
    "exhausted",
    "at_risk",
    "ok",
    "partial",
    "no_traffic",
    "no_data",
];

/// The whole report: what there is in one line, the table, and what needs a word.
pub(crate) fn status(report: &StatusReport, screen: Screen) -> String {
    let mut out = screen.wrap(&headline(report), 2);
    out.push_str(&screen.wrap(&moment(&report.at, report.slos.iter()), 2));
    if !report.slos.is_empty() {
        out.push('\n');
        out.push_str(&table(report, screen));
    }
    let words = words(report, screen);
    if !words.is_empty() {
        let _ = write!(out, "\n{words}");
    }
    out
}

/// How many objectives are in which state, the worst first; then the same of their groups.
fn headline(report: &StatusReport) -> String {
    let counted = |what: &str, is_meant: &dyn Fn(&SloRow) -> bool| {
        let meant: Vec<&SloRow> = report.slos.iter().filter(|slo| is_meant(slo)).collect();
        let counted = STATES.iter().filter_map(|state| {
            let count = meant.iter().filter(|slo| slo.state == *state).count();
            (count > 0).then(|| format!("{count} {}", state.replace('_', " ")))
        });
        let counted: Vec<String> = counted.collect();
        match meant.len() {
            0 => format!("no {what}"),
            1 => format!("1 {what}: {}", counted.join(", ")),
            many => format!("{many} {what}s: {}", counted.join(", ")),
        }
    };
    let objectives = counted("objective", &|slo| slo.group.is_none());
    let has_groups = report.slos.iter().any(|slo| slo.group.is_some());
    let groups = has_groups.then(|| counted("group", &|slo| slo.group.is_some()));
    let groups = groups.map_or_else(String::new, |groups| format!("; {groups}"));
    let firing = |severity: &str| {
        let count = report
            .slos
            .iter()
            .filter(|slo| slo.firing(severity))
            .count();
        (count > 0).then(|| format!("{count} {severity}{}", if count == 1 { "" } else { "s" }))
    };
    let firing: Vec<String> = ["page", "ticket"].into_iter().filter_map(firing).collect();
    let firing = if firing.is_empty() {
        String::new()
    } else {
        format!("; alerts: {}", firing.join(", "))
    };
    format!("{objectives}{groups}{firing}")
}

/// For when, and until when.
pub(super) fn moment<'a>(at: &str, slos: impl Iterator<Item = &'a SloRow>) -> String {
    let slos: Vec<&SloRow> = slos.collect();
    if slos.is_empty() {
        return format!("at {}", utc(at));
    }
    let marks = slos.iter().filter_map(|slo| slo.watermark.as_deref());
    let mut watermarks: Vec<&str> = marks.collect();
    watermarks.sort_unstable();
    let until = match (watermarks.first(), watermarks.last()) {
        (Some(oldest), Some(newest)) if oldest == newest && *oldest == at => {
            return format!("at {}", utc(at));
        }
        (Some(oldest), Some(newest)) if oldest == newest => {
            format!("figures end at {}", utc(newest))
        }
        (Some(oldest), Some(newest)) => {
            format!("figures end between {} and {}", minute(oldest), utc(newest))
        }
        _ => "no figures yet".to_owned(),
    };
    format!("at {}, {until}", utc(at))
}

fn table(report: &StatusReport, screen: Screen) -> String {
    let mut text = String::new();
    // The longest trend that leaves nothing else out.
    for (i, days) in TREND_DAYS.into_iter().enumerate() {
        text = table_with(report, screen, days);
        let has_room = text.contains("SPENT BY DAY");
        if has_room || i + 1 == TREND_DAYS.len() {
            break;
        }
    }
    text
}

fn table_with(report: &StatusReport, screen: Screen, trend_days: usize) -> String {
    let mut table = Table::new(&[
        Column::left("SLO").cut(),
        Column::left("TEAM").rank(2),
        Column::left("OBJECTIVE").kept(2),
        Column::right("SLI").kept(1),
        Column::left("BUDGET LEFT"),
        Column::left("BURN RATE").rank(1),
        Column::left("SPENT BY DAY").rank(3).filled(),
        Column::left("STATE"),
        Column::left("ALERT"),
        Column::left("NAME").rank(4),
    ]);
    let cells = match screen.width {
        Some(width) if width < BARS_FROM => 0,
        Some(width) if width < NARROW_BELOW => BAR_CELLS.0,
        _ => BAR_CELLS.1,
    };
    let columns = |text: &str| text.chars().count();
    let lefts = report.slos.iter().map(|slo| columns(&left(slo)));
    let widest = lefts.max().unwrap_or_default();
    for slo in &report.slos {
        let tone = tone(slo.state);
        let left_text = left(slo);
        let bar = slo
            .budget
            .remaining
            .map_or_else(|| " ".repeat(cells), |v| bar(v, cells));
        let blanks = " ".repeat(widest - columns(&left_text));
        let gap = if cells > 0 { " " } else { "" };
        let trend = &slo.trend[slo.trend.len().saturating_sub(trend_days)..];
        let sli = slo
            .sli
            .map_or(UNKNOWN.to_owned(), |v| service_level(v, slo.objective));
        let (alert, alert_tone) = alert(slo);
        table.row([
            Cell::plain(first_cell(report, slo)),
            Cell::plain(slo.team.as_deref().unwrap_or(UNKNOWN)),
            Cell::plain(format!("{} {}", objective(slo.objective), slo.window)),
            Cell::plain(sli),
            Cell::new(format!("{bar}{gap}{blanks}{left_text}"), tone),
            Cell::plain(burn(slo)),
            Cell::new(sparkline(trend), Tone::Quiet),
            Cell::new(state(slo), tone),
            Cell::new(alert, alert_tone),
            Cell::plain(title(slo)),
        ]);
    }
    table.text(screen, 0)
}

/// What a row is about; a group stands below the SLO that it is a group of, where that is shown.
fn first_cell(report: &StatusReport, slo: &SloRow) -> String {
    let has_several = has_several(report, &slo.slo);
    match &slo.group {
        Some(group) if report.slos.iter().any(|whole| whole.slo == group.of) => {
            let words = group.words();
            if has_several {
                format!("  {words} ({})", slo.objective_number)
            } else {
                format!("  {words}")
            }
        }
        _ => slo.label(has_several),
    }
}

/// What an SLO is called by people; what a group is called stands in its first cell already.
fn title(slo: &SloRow) -> &str {
    match &slo.group {
        Some(_) => "",
        None => slo.display_name.as_deref().unwrap_or_default(),
    }
}

/// What is left, in percent.
fn left(slo: &SloRow) -> String {
    slo.budget.remaining.map_or(UNKNOWN.to_owned(), remaining)
}

/// The burn rate of the window that pages soonest.
fn burn(slo: &SloRow) -> String {
    let rates = slo.burn_rates.0.iter();
    let rate = rates
        .filter(|(window, _)| *window == slo.pace)
        .find_map(|(_, rate)| *rate);
    match rate {
        Some(rate) => format!("{:>5} {}", burn_rate(rate), window(&slo.pace)),
        None => format!("{UNKNOWN:>5}"),
    }
}

fn has_several(report: &StatusReport, name: &str) -> bool {
    report.slos.iter().filter(|slo| slo.slo == name).count() > 1
}

/// The state in words, with what qualifies it.
fn state(slo: &SloRow) -> String {
    let mut words = slo.state.replace('_', " ");
    if slo.stage != "active" {
        words = format!("{words} ({})", slo.stage);
    }
    if slo.counting == Some("approximate") {
        words.push_str(" ≈");
    }
    if slo.source_error.is_some() {
        words.push_str(" !");
    }
    words
}

/// The most urgent alert that fires.
fn alert(slo: &SloRow) -> (&'static str, Tone) {
    if slo.firing("page") {
        ("page", Tone::Bad)
    } else if slo.firing("ticket") {
        ("ticket", Tone::Warn)
    } else {
        ("", Tone::Plain)
    }
}

fn tone(state: &str) -> Tone {
    match state {
        "ok" => Tone::Good,
        "at_risk" => Tone::Warn,
        "exhausted" => Tone::Bad,
        _ => Tone::Quiet,
    }
}

/// What has to be known beside the figures: a line for each, said once for all whom it concerns.
fn words(report: &StatusReport, screen: Screen) -> String {
    let mut remarks = Remarks::default();
    for slo in &report.slos {
        for words in said(slo) {
            remarks.add(About::row(slo, has_several(report, &slo.slo)), words);
        }
    }
    remarks.add_findings(&report.findings, report.slos.iter());
    remarks.text(screen)
}

/// Sentences about one row's figures.
fn said(slo: &SloRow) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(firing) = firing(slo) {
        said.push(firing);
    }
    let begins = slo
        .history_starts
        .as_ref()
        .map(|starts| format!("history begins at {}, after the window does", utc(starts)));
    match (slo.state, slo.coverage) {
        // A finding tells why.
        ("no_data", _) => {}
        ("no_traffic", _) => said.push("nothing happened in the window".to_owned()),
        (_, Some(coverage)) if coverage < 0.9 => {
            let because = begins
                .as_ref()
                .map_or(String::new(), |begins| format!(": {begins}"));
            said.push(format!(
                "partial, only {} of the window's minutes are known{because}",
                share(coverage)
            ));
        }
        ("partial", _) => said.push("partial, its period has only begun".to_owned()),
        _ => said.extend(begins),
    }
    if slo.counting == Some("approximate") {
        said.push("≈ evaluated by the server at intervals, not counted".to_owned());
    }
    if slo.excluded_minutes > 0 {
        said.push(format!("{} minutes are excluded", slo.excluded_minutes));
    }
    if slo.imputed_minutes > 0 {
        said.push(format!(
            "{} missing minutes count as its document says (missing-data)",
            slo.imputed_minutes
        ));
    }
    said
}

/// The first slot that is true, with its figures.
fn firing(slo: &SloRow) -> Option<String> {
    let firing = slo
        .alerts
        .iter()
        .find(|alert| alert.state == Some("firing"))?;
    let slot = firing.slots.iter().find(|slot| slot.holds == Some(true))?;
    let rate = |rate: Option<f64>| rate.map_or(UNKNOWN.to_owned(), burn_rate);
    Some(format!(
        "{}, it burns {} over {} and {} over {}, above {}",
        firing.severity,
        rate(slot.long_burn_rate),
        window(&slot.long),
        rate(slot.short_burn_rate),
        window(&slot.short),
        burn_rate(slot.factor)
    ))
}
