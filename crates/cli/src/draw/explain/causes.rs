//! What spent the budget, how fast it burns, which alerts hold, minute by minute.

use tomoni_app::explain::{Explanation, MinuteRow, SpentRow};
use tomoni_app::status::Count;

use super::{INDENT, line, title};
use crate::draw::bar::sparkline;
use crate::draw::moment::{day, minute, span, window as named};
use crate::draw::number::{UNKNOWN, amount, burn_rate, share};
use crate::draw::screen::{Screen, Tone};
use crate::draw::table::{Cell, Column, Table};

/// How many days are listed among those that spent most.
const DAYS_MAX: usize = 5;

pub(super) fn spending(out: &mut String, explanation: &Explanation, screen: Screen) {
    let spending = &explanation.spending;
    let trend: Vec<Option<f64>> = spending
        .days
        .iter()
        .map(|day| day.share_of_budget)
        .collect();
    title(out, "What spent the budget", screen);
    if !trend.iter().flatten().any(|share| *share > 0.0) {
        line(out, "nothing did", screen);
        return;
    }
    // A year does not fit on a line.
    let room = screen
        .width
        .map_or(trend.len(), |width| width.saturating_sub(40));
    if trend.len() <= room
        && let (Some(first), Some(last)) = (spending.days.first(), spending.days.last())
    {
        let (first, last) = (day(&first.span.from), day(&last.span.from));
        line(
            out,
            &format!("{first}  {}  {last}", sparkline(&trend)),
            screen,
        );
    }
    let mut days: Vec<&SpentRow> = spending.days.iter().collect();
    days.sort_by(|a, b| share_of(b).total_cmp(&share_of(a)));
    days.retain(|row| share_of(row) > 0.0);
    days.truncate(DAYS_MAX);
    let mut table = Table::new(&[
        Column::left("WORST"),
        Column::left("UTC"),
        Column::right("BAD"),
        Column::right("TOTAL"),
        Column::right("OF BUDGET"),
    ]);
    for row in days {
        let when = if row.span.minutes == 1_440 {
            day(&row.span.from)
        } else {
            span(&row.span.from, &row.span.until)
        };
        table.row(spent("day", when, row));
    }
    for row in &spending.hours {
        table.row(spent("hour", span(&row.span.from, &row.span.until), row));
    }
    for row in &spending.minutes {
        table.row(spent("minute", minute(&row.span.until), row));
    }
    out.push_str(&table.text(screen, INDENT));
}

fn share_of(row: &SpentRow) -> f64 {
    row.share_of_budget.unwrap_or_default()
}

fn spent(what: &'static str, when: String, row: &SpentRow) -> [Cell; 5] {
    [
        Cell::new(what, Tone::Quiet),
        Cell::plain(when),
        Cell::plain(count(row.bad)),
        Cell::plain(count(row.total)),
        Cell::plain(row.share_of_budget.map_or(UNKNOWN.to_owned(), share)),
    ]
}

fn count(count: Option<Count>) -> String {
    count.map_or(UNKNOWN.to_owned(), |count| amount(count.0.as_f64()))
}

fn rate(value: Option<f64>) -> String {
    value.map_or(UNKNOWN.to_owned(), burn_rate)
}

pub(super) fn burns(out: &mut String, explanation: &Explanation, screen: Screen) {
    title(out, "How fast it burns", screen);
    let mut table = Table::new(&[
        Column::left("WINDOW"),
        Column::right("BAD"),
        Column::right("TOTAL"),
        Column::right("BURN RATE"),
        Column::right("OF ONE FAILURE"),
        Column::left(""),
    ]);
    for row in &explanation.burn_rates {
        let lacks = if row.lacks_coverage {
            "too little is known"
        } else {
            ""
        };
        table.row([
            Cell::plain(named(&row.window)),
            Cell::plain(count(row.bad)),
            Cell::plain(count(row.total)),
            Cell::plain(rate(row.rate)),
            Cell::plain(rate(row.one_failure)),
            Cell::new(lacks, Tone::Warn),
        ]);
    }
    out.push_str(&table.text(screen, INDENT));
}

pub(super) fn slots(out: &mut String, explanation: &Explanation, screen: Screen) {
    title(out, "Alerts", screen);
    let mut table = Table::new(&[
        Column::left("SEVERITY"),
        Column::right("LONG"),
        Column::right(""),
        Column::right("SHORT"),
        Column::right(""),
        Column::right("ABOVE"),
        Column::left(""),
    ]);
    for row in &explanation.slots {
        let slot = &row.slot;
        let (holds, tone) = match slot.holds {
            Some(true) => ("true", Tone::Bad),
            Some(false) if slot.impossible => {
                ("can never be true: the target is too low", Tone::Warn)
            }
            Some(false) => ("no", Tone::Quiet),
            None => ("frozen: too little is known", Tone::Warn),
        };
        table.row([
            Cell::plain(row.severity),
            Cell::plain(named(&slot.long)),
            Cell::plain(rate(slot.long_burn_rate)),
            Cell::plain(named(&slot.short)),
            Cell::plain(rate(slot.short_burn_rate)),
            Cell::plain(burn_rate(slot.factor)),
            Cell::new(holds, tone),
        ]);
    }
    out.push_str(&table.text(screen, INDENT));
    if let Some(row) = explanation.slots.first() {
        let words = format!(
            "one is true when both burn rates are above its factor, with at least {} bad in the \
             short window",
            amount(row.bad_min.0.as_f64())
        );
        line(out, &words, screen);
    }
}

pub(super) fn minutes(out: &mut String, rows: &[MinuteRow], screen: Screen) {
    title(out, "Minutes, by their ends", screen);
    let mut table = Table::new(&[
        Column::left("UTC"),
        Column::right("BAD"),
        Column::right("TOTAL"),
        Column::left(""),
    ]);
    for row in rows {
        let mut words = row.marks.clone();
        if row.bad.is_none() {
            words.insert(0, "unknown");
        }
        if row.excluded {
            words.push("excluded");
        }
        table.row([
            Cell::plain(minute(&row.end)),
            Cell::plain(count(row.bad)),
            Cell::plain(count(row.total)),
            Cell::new(words.join(", "), Tone::Warn),
        ]);
    }
    out.push_str(&table.text(screen, INDENT));
}
