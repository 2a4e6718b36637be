//! `/slos/{slo}/minutes?day=`: the minutes that a number came from.

use maud::{Markup, html};

use crate::ui::chart::grid;
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::layout::{Section, Sheet, document};
use crate::ui::parts;
use crate::ui::view::{MinuteFact, MinuteRow, Minutes};

/// The page.
pub fn page(view: &Minutes, context: &Context) -> Markup {
    let messages = context.messages();
    let date = context.times().long_date(view.day);
    let title = messages.minutes_title(&view.title, context.times().day(view.day));
    let sheet = Sheet {
        title: &title,
        section: Section::Other,
        has_charts: false,
        is_live: false,
    };
    let mut steps = parts::steps_to(None, Some(&view.service));
    steps.push((&view.title, parts::slo_path(&view.key)));
    let content = html! {
        (parts::breadcrumbs(&steps, &context.times().day(view.day), context))
        h1 { (date) }
        p.lead { (messages.minutes_of_what(&view.title)) }
        (pager(view, context))
        @if view.rows.is_empty() {
            (parts::empty(messages.no_minutes(), messages.no_minutes_what(), None))
        } @else {
            (sums(view, context))
            section.card aria-labelledby="grid" {
                h2 #grid { (messages.minutes_grid()) }
                (legend(context))
                div.scroll-x tabindex="0" role="group" aria-label=(messages.minutes_grid()) {
                    (grid::draw(view, context, "minutes"))
                }
            }
            (table(view, context))
        }
    };
    document(&sheet, context, &content)
}

fn pager(view: &Minutes, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        nav.pager aria-label=(messages.days()) {
            @if let Some(day) = view.previous {
                a rel="prev" href=(context.href(&parts::minutes_path(&view.key, day))) {
                    "← " (context.times().day(day))
                }
            }
            @if let Some(day) = view.next {
                a rel="next" href=(context.href(&parts::minutes_path(&view.key, day))) {
                    (context.times().day(day)) " →"
                }
            }
        }
    }
}

/// The day's sums: what its minutes add up to.
fn sums(view: &Minutes, context: &Context) -> Markup {
    let messages = context.messages();
    let counted = view.rows.iter().filter(|row| !row.is_excluded);
    let (mut bad, mut total, mut known, mut all) = (0.0, 0.0, 0, 0);
    for row in counted {
        all += 1;
        if let MinuteFact::Counts { bad: b, total: t } = row.fact {
            bad += b;
            total += t;
            known += 1;
        }
    }
    html! {
        section.figures aria-label=(messages.figures()) {
            div.figure { h2 { (messages.bad()) } p.huge { (format::count(bad)) } }
            div.figure { h2 { (messages.total()) } p.huge { (format::count(total)) } }
            div.figure {
                h2 { (messages.known_minutes()) }
                p.huge { (format::integer(known)) }
                p.under { (messages.of_minutes(format::integer(all))) }
            }
        }
    }
}

fn legend(context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        ul.legend {
            li { span.key.cell-good aria-hidden="true" {} (messages.cell_good()) }
            li { span.key.cell-quiet aria-hidden="true" {} (messages.cell_quiet()) }
            li { span.key.cell-bad-0 aria-hidden="true" {} (messages.cell_bad_little()) }
            li { span.key.cell-bad-3 aria-hidden="true" {} (messages.cell_bad_much()) }
            li { span.key.key-gap aria-hidden="true" {} (messages.cell_unknown()) }
            li { span.key.key-exclusion aria-hidden="true" {} (messages.cell_excluded()) }
        }
    }
}

/// Whether a minute has nothing to say beyond its count.
fn is_plain(row: &MinuteRow) -> bool {
    let is_good = matches!(row.fact, MinuteFact::Counts { bad, .. } if bad <= 0.0);
    is_good && !row.is_excluded && !row.is_clamped
}

fn table(view: &Minutes, context: &Context) -> Markup {
    let messages = context.messages();
    let rows: Vec<&MinuteRow> = view
        .rows
        .iter()
        .filter(|row| view.is_all || !is_plain(row))
        .collect();
    let path = parts::minutes_path(&view.key, view.day);
    html! {
        section.card aria-labelledby="list" {
            h2 #list {
                @if view.is_all { (messages.all_minutes()) } @else { (messages.noted_minutes()) }
            }
            p {
                @if view.is_all {
                    a href=(context.href(&path)) { (messages.show_noted()) }
                } @else {
                    a href=(context.href(&format!("{path}&all=1"))) { (messages.show_all()) }
                }
            }
            @if rows.is_empty() {
                p.quiet { (messages.no_noted_minutes()) }
            } @else {
                table.plain.minutes {
                    thead {
                        tr {
                            th scope="col" { (messages.minute_until()) }
                            th.num scope="col" { (messages.bad()) }
                            th.num scope="col" { (messages.total()) }
                            th scope="col" { (messages.remark()) }
                        }
                    }
                    tbody {
                        @for run in rows.chunk_by(|a, b| !view.is_all && are_alike(a, b)) {
                            (line(run, context))
                        }
                    }
                }
            }
        }
    }
}

/// Whether two minutes, one after the other, can stand in one line: both unknown, or both excluded.
fn are_alike(a: &MinuteRow, b: &MinuteRow) -> bool {
    let is_unknown = |row: &MinuteRow| row.fact == MinuteFact::Unknown;
    let is_next = b.end.as_second() - a.end.as_second() == 60;
    let is_same = a.is_excluded == b.is_excluded && a.is_closed == b.is_closed;
    is_next && is_same && (a.is_excluded || (is_unknown(a) && is_unknown(b)))
}

/// One line of the table: a minute, or minutes that are alike.
fn line(run: &[&MinuteRow], context: &Context) -> Markup {
    let times = context.times();
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return html! {};
    };
    let clock = |row: &MinuteRow| {
        html! { time datetime=(row.end) title=(times.full(row.end)) { (times.clock(row.end)) } }
    };
    let known = || run.iter().filter_map(|row| row.fact.counts());
    let is_known = known().next().is_some();
    html! {
        tr {
            th scope="row" {
                (clock(first))
                @if run.len() > 1 {
                    " – " (clock(last)) " "
                    span.quiet { (times.length(run.len() as i64 * 60)) }
                }
            }
            @if is_known {
                td.num { (format::count(known().map(|counts| counts.0).sum())) }
                td.num { (format::count(known().map(|counts| counts.1).sum())) }
            } @else {
                td.num { (context.messages().unknown()) }
                td.num { (context.messages().unknown()) }
            }
            td { (remarks(first, context)) }
        }
    }
}

fn remarks(row: &MinuteRow, context: &Context) -> String {
    let messages = context.messages();
    let mut remarks = Vec::new();
    match row.fact {
        MinuteFact::Unknown => remarks.push(messages.cell_unknown()),
        MinuteFact::Invalid => remarks.push(messages.minute_invalid()),
        MinuteFact::Counts { total, .. } if total <= 0.0 => remarks.push(messages.cell_quiet()),
        MinuteFact::Counts { .. } => {}
    }
    for (is_so, remark) in [
        (row.is_excluded, messages.cell_excluded()),
        (row.is_approximate, messages.approximate()),
        (row.is_clamped, messages.minute_clamped()),
        (!row.is_closed, messages.minute_open()),
    ] {
        if is_so {
            remarks.push(remark);
        }
    }
    remarks.join(" · ")
}
