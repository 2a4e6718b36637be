//! `tomoni compare` for people: what is left of every budget, here and by peers' counts.

use tomoni_app::peers::{Compared, Comparison, PeerRow};

use super::explain::{nan_words, tool_name};
use super::number::{UNKNOWN, counted, objective, points, remaining};
use super::remarks::{About, Remarks};
use super::screen::{Screen, Tone};
use super::status::moment;
use super::table::{Cell, Column, Table};

/// Peers that differ by less than this share of the budget agree.
const AGREES_BELOW: f64 = 0.005;

/// The whole report: what there is in one line, the table, and what needs a word.
pub(crate) fn comparison(report: &Comparison, screen: Screen) -> String {
    let mut out = screen.wrap(&headline(report), 2);
    let figures = report.objectives.iter().map(|compared| &compared.figures);
    out.push_str(&screen.wrap(&moment(&report.at, figures), 2));
    out.push('\n');
    out.push_str(&table(report, screen));
    let remarks = remarks(report).text(screen);
    if !remarks.is_empty() {
        out.push('\n');
        out.push_str(&remarks);
    }
    out
}

fn headline(report: &Comparison) -> String {
    let n = report.objectives.len();
    let objectives = counted(n, "objective");
    format!("{objectives}: what is left of the budget, from the same minutes")
}

fn table(report: &Comparison, screen: Screen) -> String {
    let mut table = Table::new(&[
        Column::left("SLO").cut(),
        Column::left("OBJECTIVE").rank(1),
        Column::right("TOMONI"),
        Column::right("SLOTH"),
        Column::right("PYRRA"),
        Column::right("POINTS"),
        Column::left(""),
        Column::left("TEAM").rank(2),
        Column::left("NAME").rank(3),
    ]);
    let has_nan = |peer: &PeerRow| peer.nan.is_some();
    let mut peers = report.objectives.iter().flat_map(|o| &o.peers.theirs);
    let star = if peers.any(has_nan) { " " } else { "" };
    for compared in &report.objectives {
        let slo = &compared.figures;
        let left = |tool: &str| {
            let mut peers = compared.peers.theirs.iter();
            let Some(peer) = peers.find(|peer| peer.tool == tool) else {
                return UNKNOWN.to_owned();
            };
            let left = peer.figures.map(|figures| remaining(figures.remaining));
            let star = if has_nan(peer) { "*" } else { star };
            format!("{}{star}", left.as_deref().unwrap_or(UNKNOWN))
        };
        let (words, tone) = verdict(compared);
        let difference = most_different(compared).and_then(|peer| peer.difference);
        table.row([
            Cell::plain(slo.label(has_several(report, compared))),
            Cell::plain(format!("{} {}", objective(slo.objective), slo.window)),
            Cell::plain(slo.budget.remaining.map_or(UNKNOWN.to_owned(), remaining)),
            Cell::plain(left("sloth")),
            Cell::plain(left("pyrra")),
            Cell::plain(difference.map_or(UNKNOWN.to_owned(), points)),
            Cell::new(words, tone),
            Cell::plain(slo.team.as_deref().unwrap_or(UNKNOWN)),
            Cell::plain(slo.display_name.as_deref().unwrap_or_default()),
        ]);
    }
    table.text(screen, 0)
}

fn has_several(report: &Comparison, compared: &Compared) -> bool {
    let slo = &compared.figures.slo;
    let objectives = report.objectives.iter();
    objectives.filter(|other| other.figures.slo == *slo).count() > 1
}

/// The peer whose number differs most.
fn most_different(compared: &Compared) -> Option<&PeerRow> {
    let peers = compared.peers.theirs.iter();
    let differing = peers.filter_map(|peer| Some((peer.difference?.abs(), peer)));
    // The first of those that are equal.
    let most = differing.rev().max_by(|a, b| a.0.total_cmp(&b.0));
    most.map(|(_, peer)| peer)
}

/// What a difference means to somebody who believes the peer.
fn verdict(compared: &Compared) -> (String, Tone) {
    let peers = &compared.peers.theirs;
    if peers.iter().all(|peer| peer.cannot.is_some()) {
        return ("no peer can say it".to_owned(), Tone::Quiet);
    }
    let Some(peer) = most_different(compared) else {
        return ("nothing to compare".to_owned(), Tone::Quiet);
    };
    if let Some(peer) = peers.iter().find(|peer| peer.nan.is_some()) {
        return (format!("{} shows NaN", tool_name(peer.tool)), Tone::Warn);
    }
    let name = tool_name(peer.tool);
    let (Some(difference), Some(ours)) = (peer.difference, compared.figures.budget.remaining)
    else {
        return ("nothing to compare".to_owned(), Tone::Quiet);
    };
    let (is_spent, seems_spent) = (ours <= 0.0, ours + difference <= 0.0);
    match (is_spent, seems_spent) {
        (true, false) => (format!("{name} hides exhaustion"), Tone::Bad),
        (false, true) => (format!("{name} says exhausted"), Tone::Bad),
        _ if difference.abs() < AGREES_BELOW => ("agree".to_owned(), Tone::Good),
        _ if difference > 0.0 => (format!("{name} looks better"), Tone::Warn),
        _ => (format!("{name} looks worse"), Tone::Warn),
    }
}

fn remarks(report: &Comparison) -> Remarks {
    let mut remarks = Remarks::default();
    for compared in &report.objectives {
        let about = || About::row(&compared.figures, has_several(report, compared));
        for peer in &compared.peers.theirs {
            if let Some(nan) = &peer.nan {
                remarks.add(about(), format!("* {}", nan_words(peer.tool, nan)));
            }
            for cause in &peer.causes {
                if cause.difference.abs() >= AGREES_BELOW {
                    remarks.add(about(), cause.words.clone());
                }
            }
            if let Some(cannot) = &peer.cannot {
                remarks.add(about(), cannot.clone());
            }
        }
    }
    let rows = report.objectives.iter().map(|compared| &compared.figures);
    remarks.add_findings(&report.findings, rows);
    remarks
}
