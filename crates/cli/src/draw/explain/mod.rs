//! `tomoni explain` for people: the answer first, then how it came about.

mod causes;
mod peers;

use std::fmt::Write as _;

use tomoni_app::explain::{
    CountingRow, CoverageRow, ExclusionRow, Explanation, Explanations, Gaps, SlicesRow, Step,
    WindowRow,
};

use crate::draw::bar::bar;
use crate::draw::moment::{duration, span};
use crate::draw::number::{UNKNOWN, amount, digits, objective, remaining, service_level, share};
use crate::draw::screen::{Screen, Tone, harmless};
use crate::draw::table::{Cell, Column, Table};

pub(super) use peers::{nan_words, tool_name};

const INDENT: usize = 2;

/// All objectives that were asked for, one after the other; or of each what a peer says alone.
pub(crate) fn explanations(report: &Explanations, peers_alone: bool, screen: Screen) -> String {
    let several = report.objectives.len() > 1;
    let mut out = String::new();
    for (i, explanation) in report.objectives.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        out.push_str(&head(explanation, several, screen));
        if peers_alone {
            peers::alone(&mut out, explanation, screen);
            continue;
        }
        window(&mut out, &explanation.window, screen);
        counting(&mut out, &explanation.counting, screen);
        coverage(&mut out, &explanation.coverage, explanation.slices, screen);
        series(&mut out, explanation, screen);
        exclusions(&mut out, &explanation.exclusions, screen);
        arithmetic(&mut out, explanation, screen);
        causes::spending(&mut out, explanation, screen);
        causes::burns(&mut out, explanation, screen);
        causes::slots(&mut out, explanation, screen);
        peers::beside(&mut out, explanation, several, screen);
        if let Some(rows) = &explanation.minutes {
            causes::minutes(&mut out, rows, screen);
        }
    }
    if !report.findings.is_empty() {
        title(&mut out, "To look at", screen);
        for finding in &report.findings {
            let help = finding
                .help
                .as_ref()
                .map_or(String::new(), |help| format!(" ({help})"));
            line(&mut out, &format!("{}{help}", finding.message), screen);
        }
    }
    out
}

fn head(explanation: &Explanation, several: bool, screen: Screen) -> String {
    let slo = &explanation.figures;
    let mut out = screen.tint(&slo.label(several), Tone::Strong);
    if let Some(name) = &slo.display_name {
        let _ = write!(out, "  {}", harmless(name));
    }
    out.push('\n');
    if let Some(description) = &explanation.description {
        let words: Vec<&str> = description.split_whitespace().collect();
        out.push_str(&screen.wrap(&words.join(" "), 0));
    }
    let team = slo
        .team
        .as_ref()
        .map_or(String::new(), |team| format!(", team {team}"));
    let about = format!(
        "{}; service {}{team}; {}",
        promise(explanation),
        slo.service,
        slo.stage
    );
    out.push_str(&screen.wrap(&about, 0));
    out.push('\n');
    let sli = slo
        .sli
        .map_or(UNKNOWN.to_owned(), |v| service_level(v, slo.objective));
    let left = slo.budget.remaining.map_or(UNKNOWN.to_owned(), |v| {
        format!("{} {}", bar(v, 10), remaining(v))
    });
    let tone = match slo.state {
        "ok" => Tone::Good,
        "at_risk" => Tone::Warn,
        "exhausted" => Tone::Bad,
        _ => Tone::Quiet,
    };
    let figures = format!(
        "  SLI {sli}   budget left {left}   {}",
        slo.state.replace('_', " ")
    );
    out.push_str(&screen.tint(&figures, tone));
    out.push('\n');
    out
}

/// What is promised, in words.
fn promise(explanation: &Explanation) -> String {
    let slo = &explanation.figures;
    let (objective_, window) = (objective(slo.objective), &slo.window);
    let width = explanation.slices.map_or(1, |slices| slices.width_minutes);
    match explanation.slices.map(|slices| slices.target) {
        None => format!("{objective_} of events over {window}"),
        Some(Some(target)) => format!(
            "{objective_} of slices over {window}: of {}, good with at least {} good events",
            duration(width),
            objective(target)
        ),
        Some(None) => {
            format!(
                "{objective_} as the mean of slices over {window}, of {}",
                duration(width)
            )
        }
    }
}

fn title(out: &mut String, text: &str, screen: Screen) {
    let _ = writeln!(out, "\n{}", screen.tint(text, Tone::Strong));
}

/// A line of words, indented.
fn line(out: &mut String, text: &str, screen: Screen) {
    out.push_str(&screen.wrap(&format!("{}{text}", " ".repeat(INDENT)), INDENT * 2));
}

fn window(out: &mut String, window: &WindowRow, screen: Screen) {
    title(out, "Window", screen);
    let spans = span(&window.from, &window.until);
    line(
        out,
        &format!(
            "{} {}: {spans} UTC, {} minutes ({})",
            window.kind,
            window.text,
            amount(window.minutes as f64),
            duration(window.minutes)
        ),
        screen,
    );
    if let (Some(zone), Some([from, until, whole_until])) = (&window.zone, &window.local) {
        line(
            out,
            &format!("in {zone}: {from} – {until}; it ends at {whole_until}"),
            screen,
        );
    }
}

fn counting(out: &mut String, counting: &CountingRow, screen: Screen) {
    title(out, "What is counted", screen);
    for query in &counting.queries {
        // Queries are not folded: they are copied.
        let lines: Vec<String> = query.promql.trim().lines().map(harmless).collect();
        let _ = writeln!(out, "  {:<8}{}", query.role, lines.join("\n          "));
        let read = format!("          {}: {}", query.counting, query.read_as);
        out.push_str(&screen.wrap(&read, 10));
    }
    if let Some(threshold) = &counting.threshold {
        line(out, &format!("a minute is good when {threshold}"), screen);
    }
    let server = counting
        .server
        .as_deref()
        .unwrap_or("nobody: only what is kept is used");
    line(out, &format!("asked of {server}"), screen);
    line(out, &format!("kept as  {}", counting.ledger), screen);
}

fn coverage(out: &mut String, coverage: &CoverageRow, slices: Option<SlicesRow>, screen: Screen) {
    title(out, "What is known", screen);
    let known = coverage.share.map_or(UNKNOWN.to_owned(), share);
    line(
        out,
        &format!(
            "{} of {} minutes ({known})",
            amount(coverage.known as f64),
            amount(coverage.minutes as f64)
        ),
        screen,
    );
    if let Some(slices) = slices {
        let of = format!(
            "{} of {} slices, {} of them with traffic",
            amount(slices.known as f64),
            amount(slices.all as f64),
            amount(slices.with_traffic as f64)
        );
        line(out, &of, screen);
    }
    if coverage.approximate > 0 {
        let minutes = amount(coverage.approximate as f64);
        line(
            out,
            &format!("{minutes} of them evaluated by the server, not counted"),
            screen,
        );
    }
    if coverage.imputed > 0 {
        let said = format!(
            "{} missing minutes count as {}",
            amount(coverage.imputed as f64),
            coverage.missing_data
        );
        line(out, &said, screen);
    } else if coverage.gaps.count > 0 && coverage.missing_data == "ignore" {
        line(out, "missing minutes count as nothing", screen);
    }
    gaps(out, "missing", &coverage.gaps, screen);
    gaps(
        out,
        "bad or good above total, clamped",
        &coverage.clamped,
        screen,
    );
    gaps(
        out,
        "NaN, infinite or negative, not counted",
        &coverage.invalid,
        screen,
    );
}

fn gaps(out: &mut String, what: &str, gaps: &Gaps, screen: Screen) {
    if gaps.count == 0 {
        return;
    }
    let listed = match gaps.count - gaps.longest.len() {
        0 => String::new(),
        _ => format!("; the {} longest", gaps.longest.len()),
    };
    let stretches = if gaps.count == 1 {
        "stretch"
    } else {
        "stretches"
    };
    let minutes = amount(gaps.minutes as f64);
    line(
        out,
        &format!(
            "{what}: {minutes} minutes in {} {stretches}{listed}",
            gaps.count
        ),
        screen,
    );
    let mut table = Table::new(&[Column::left(""), Column::right("")]);
    for gap in &gaps.longest {
        table.row([
            Cell::plain(format!("{} UTC", span(&gap.from, &gap.until))),
            Cell::plain(duration(gap.minutes)),
        ]);
    }
    out.push_str(&table.text(screen, INDENT * 2));
}

fn series(out: &mut String, explanation: &Explanation, screen: Screen) {
    let kept = explanation.window.minutes - explanation.coverage.read;
    if kept > 0 && explanation.coverage.known > 0 {
        let words = format!(
            "{} minutes were kept by earlier runs; a run without --data reads them again and \
             tells which series began, ended and restarted",
            amount(kept as f64)
        );
        line(out, &words, screen);
    }
    let Some(series) = explanation.series else {
        return;
    };
    let read = if kept > 0 {
        "in what this run read: "
    } else {
        ""
    };
    let words = format!(
        "{read}{} series began, {} ended, {} started again from zero",
        series.births, series.deaths, series.resets
    );
    line(out, &words, screen);
    if series.deaths + series.resets > 0 {
        let interval = series
            .interval_seconds
            .map_or_else(String::new, |s| format!(" ({s} s)"));
        let words = format!(
            "lost at each end and restart: what came after the last scrape, at most one scrape \
             interval{interval}"
        );
        line(out, &words, screen);
    }
}

fn exclusions(out: &mut String, rows: &[ExclusionRow], screen: Screen) {
    if rows.is_empty() {
        return;
    }
    title(out, "What does not count", screen);
    for row in rows {
        line(
            out,
            &format!(
                "{} UTC ({}): {}, {} ({})",
                span(&row.span.from, &row.span.until),
                duration(row.span.minutes),
                row.category,
                row.reason,
                row.author
            ),
            screen,
        );
    }
}

fn arithmetic(out: &mut String, explanation: &Explanation, screen: Screen) {
    title(out, "Arithmetic", screen);
    if explanation.arithmetic.is_empty() {
        line(out, "nothing is known, so nothing is computed", screen);
        return;
    }
    let unit = explanation.figures.budget.unit;
    let mut table = Table::new(&[
        Column::left(""),
        Column::left("").rank(1),
        Column::left(""),
        Column::left(""),
    ]);
    for step in &explanation.arithmetic {
        table.row([
            Cell::plain(step.name),
            Cell::new(format!("= {}", step.formula), Tone::Quiet),
            Cell::plain(format!("= {}", step.numbers)),
            Cell::plain(format!("= {}", result(step, unit))),
        ]);
    }
    out.push_str(&table.text(screen, INDENT));
}

fn result(step: &Step, unit: &str) -> String {
    let Some(value) = step.result else {
        return "unknown".to_owned();
    };
    let digits = digits(value);
    match step.name {
        "allowed" | "spent" if unit != "ratio" => format!("{digits} {unit}"),
        "imputed" => format!("{digits} events"),
        _ => digits,
    }
}
