//! What Sloth and Pyrra would say of the same minutes.

use tomoni_app::explain::Explanation;
use tomoni_app::peers::{NanRow, PartRow, PartRows, PeerRow, ReckoningRow, SharesRow};

use super::{INDENT, line, title};
use crate::draw::moment::{day, span, utc};
use crate::draw::number::{UNKNOWN, amount, burn_rate, points, remaining, service_level, share};
use crate::draw::screen::{Screen, Tone};
use crate::draw::table::{Cell, Column, Table};

/// A peer's name as people write it.
pub(in crate::draw) fn tool_name(tool: &str) -> &'static str {
    match tool {
        "sloth" => "Sloth",
        "pyrra" => "Pyrra",
        _ => "the other",
    }
}

/// Why a peer shows no number.
pub(in crate::draw) fn nan_words(tool: &str, nan: &NanRow) -> String {
    let name = tool_name(tool);
    let windows = match nan.windows {
        1 => "one window of five minutes".to_owned(),
        windows => format!("{} windows of five minutes", amount(windows as f64)),
    };
    format!(
        "{name} shows NaN until {}, because nothing happened in {windows}: 0/0, unless the queries \
         guard against it. Its figures here are those of the other windows",
        utc(&nan.until)
    )
}

/// One section of an explanation.
pub(super) fn beside(out: &mut String, explanation: &Explanation, several: bool, screen: Screen) {
    title(out, "What others would say", screen);
    figures(out, explanation, screen);
    for peer in &explanation.peers.theirs {
        notes(out, peer, screen);
    }
    let differs = |peer: &&PeerRow| !peer.causes.is_empty();
    for peer in explanation.peers.theirs.iter().filter(differs) {
        let slo = &explanation.figures;
        let number = match several {
            true => format!(" --objective {}", slo.objective_number),
            false => String::new(),
        };
        let words = format!(
            "where that comes from: tomoni explain {}{number} --as {}",
            slo.slo, peer.tool
        );
        line(out, &words, screen);
    }
}

/// The peers' figures, why they differ, and where.
pub(super) fn alone(out: &mut String, explanation: &Explanation, screen: Screen) {
    title(out, "From the same minutes", screen);
    figures(out, explanation, screen);
    for peer in &explanation.peers.theirs {
        notes(out, peer, screen);
        if !peer.causes.is_empty() {
            causes(out, peer, screen);
            places(out, peer, screen);
        }
    }
}

fn figures(out: &mut String, explanation: &Explanation, screen: Screen) {
    let target = explanation.figures.objective;
    let window = &explanation.figures.window;
    let mut table = Table::new(&[
        Column::left(""),
        Column::right("SLI"),
        Column::right("BUDGET LEFT"),
        Column::right("BURN RATE"),
        Column::right("POINTS"),
    ]);
    let mut row = |name: &str, figures: Option<ReckoningRow>, difference: Option<f64>| {
        let unknown = || UNKNOWN.to_owned();
        table.row([
            Cell::plain(name),
            Cell::plain(figures.map_or_else(unknown, |f| service_level(f.sli, target))),
            Cell::plain(figures.map_or_else(unknown, |f| remaining(f.remaining))),
            Cell::plain(
                figures.map_or_else(unknown, |f| format!("{} {window}", burn_rate(f.burn_rate))),
            ),
            Cell::plain(difference.map_or_else(String::new, points)),
        ]);
    };
    row("Tomoni", explanation.peers.ours, None);
    for peer in &explanation.peers.theirs {
        row(tool_name(peer.tool), peer.figures, peer.difference);
    }
    out.push_str(&table.text(screen, INDENT));
}

fn notes(out: &mut String, peer: &PeerRow, screen: Screen) {
    if let Some(cannot) = &peer.cannot {
        line(out, cannot, screen);
    }
    if let Some(nan) = &peer.nan {
        line(out, &nan_words(peer.tool, nan), screen);
    }
    let is_same = peer.difference.is_some() && peer.causes.is_empty();
    if is_same {
        let words = format!("{} says the same", tool_name(peer.tool));
        line(out, &words, screen);
    }
}

fn causes(out: &mut String, peer: &PeerRow, screen: Screen) {
    title(out, "Why, in points of the budget", screen);
    for cause in &peer.causes {
        let said = format!("{}: {}", points(cause.difference), cause.words);
        line(out, &said, screen);
    }
    let Some(traffic) = &peer.by_traffic else {
        return;
    };
    let name = tool_name(peer.tool);
    let spent = |spent: SharesRow| {
        let [ours, theirs] = [spent.ours, spent.theirs].map(share);
        format!("{ours} of the budget, {theirs} by {name}'s count")
    };
    let mean = amount(traffic.mean_events);
    let quiet = format!(
        "hours quieter than the mean of {mean} events spent {}",
        spent(traffic.quiet)
    );
    line(out, &quiet, screen);
    line(
        out,
        &format!("busier hours spent {}", spent(traffic.busy)),
        screen,
    );
}

fn places(out: &mut String, peer: &PeerRow, screen: Screen) {
    title(out, "Where: what was spent of the budget", screen);
    let name = match peer.tool {
        "sloth" => "SLOTH",
        _ => "PYRRA",
    };
    let mut table = Table::new(&[
        Column::left(""),
        Column::left("UTC"),
        Column::right("BAD"),
        Column::right("TOTAL"),
        Column::right("TOMONI"),
        Column::right(name),
        Column::right("POINTS"),
    ]);
    parts(&mut table, "day", &peer.days);
    parts(&mut table, "hour", &peer.hours);
    out.push_str(&table.text(screen, INDENT));
}

/// Parts, what the others make, and what all of them make.
fn parts(table: &mut Table, what: &'static str, rows: &PartRows) {
    let mut all = rows.others_spent;
    for row in &rows.listed {
        all.ours += row.spent.ours;
        all.theirs += row.spent.theirs;
        all.difference += row.spent.difference;
        table.row(part(what, row));
    }
    let mut sum = |when: String, sums: SharesRow| {
        table.row([
            Cell::new(what, Tone::Quiet),
            Cell::new(when, Tone::Quiet),
            Cell::default(),
            Cell::default(),
            Cell::plain(share(sums.ours)),
            Cell::plain(share(sums.theirs)),
            Cell::plain(points(sums.difference)),
        ]);
    };
    if rows.others > 0 {
        sum(format!("{} others", rows.others), rows.others_spent);
    }
    sum("all".to_owned(), all);
}

fn part(what: &'static str, row: &PartRow) -> [Cell; 7] {
    let when = if row.span.minutes == 1_440 {
        day(&row.span.from)
    } else {
        span(&row.span.from, &row.span.until)
    };
    [
        Cell::new(what, Tone::Quiet),
        Cell::plain(when),
        Cell::plain(amount(row.bad.0.as_f64())),
        Cell::plain(amount(row.total.0.as_f64())),
        Cell::plain(share(row.spent.ours)),
        Cell::plain(share(row.spent.theirs)),
        Cell::plain(points(row.spent.difference)),
    ]
}
