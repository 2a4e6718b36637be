//! The history: burn-down, service level, bad events and what happened, on one axis of time.

use maud::{Markup, html};

use crate::ui::chart::{Size, burn_down, days, lanes, level};
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::parts;
use crate::ui::view::{DayRow, Slo, Span, SpanKind, Timeline};

pub(super) fn section(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let line = &view.timeline;
    if line.is_away {
        return html! {
            section.card aria-labelledby="course" {
                h2 #course { (messages.course()) }
                (parts::empty(messages.history_away(), messages.history_away_what(), None))
            }
        };
    }
    if line.points.iter().all(|point| point.remaining.is_none()) {
        return html! {
            section.card aria-labelledby="course" {
                h2 #course { (messages.course()) }
                (parts::empty(
                    messages.nothing_known(),
                    messages.nothing_known_what(),
                    Some(&format!("tomoni explain {}", view.row.key.name)),
                ))
            }
        };
    }
    let link = |day: &DayRow| context.href(&parts::minutes_path(&view.row.key, day.date));
    html! {
        section.card.course aria-labelledby="course" data-charts
            data-series=(series(view, context)) data-from=(line.from) data-until=(line.until)
            data-bad=(messages.bad()) data-reset=(messages.reset_zoom()) {
            h2 #course { (messages.course()) }
            p.chart-range {
                (parts::time(line.from, context)) " – " (parts::time(line.until, context))
            }
            (legend(line, context))
            figure.chart data-chart="remaining" {
                figcaption { (messages.burn_down()) }
                @for size in Size::BOTH { (burn_down::draw(line, context, size, &id("burn", size))) }
            }
            figure.chart data-chart="sli" {
                figcaption { (messages.level_chart()) }
                @for size in Size::BOTH {
                    (level::draw(line, view.row.target, context, size, &id("level", size)))
                }
            }
            figure.chart {
                figcaption { (messages.bad_by_day()) " " span.quiet { (messages.bad_by_day_what()) } }
                @for size in Size::BOTH { (days::draw(line, context, size, &id("days", size), &link)) }
            }
            @if !line.spans.is_empty() {
                figure.chart {
                    figcaption { (messages.happened()) }
                    @for size in Size::BOTH { @if let Some(picture) = lanes::draw(line, context, size, &id("lanes", size)) { (picture) } }
                }
                (happened(&line.spans, context))
            }
            (table(line, &link, context))
        }
    }
}

fn id(name: &str, size: Size) -> String {
    match size {
        Size::Wide => format!("{name}-w"),
        Size::Narrow => format!("{name}-n"),
    }
}

/// Where the pictures' points come from, for the script that adds zoom and hover.
fn series(view: &Slo, context: &Context) -> String {
    let key = &view.row.key;
    let objective = key
        .objective
        .map_or_else(String::new, |n| format!("?objective={n}"));
    context.address(&format!("/api/v1/slos/{}/series{objective}", key.name))
}

/// What the pictures' hatches and lines mean; only those that are there.
fn legend(line: &Timeline, context: &Context) -> Markup {
    let messages = context.messages();
    let has = |kind| line.spans.iter().any(|span| span.kind == kind);
    html! {
        ul.legend {
            @if line.points.iter().any(|point| point.is_partial) {
                li { span.key.key-partial aria-hidden="true" {} (messages.legend_partial()) }
            }
            @if has(SpanKind::Gap) {
                li { span.key.key-gap aria-hidden="true" {} (messages.span_kind(SpanKind::Gap)) }
            }
            @if has(SpanKind::Exclusion) {
                li {
                    span.key.key-exclusion aria-hidden="true" {}
                    (messages.span_kind(SpanKind::Exclusion))
                }
            }
            @if has(SpanKind::Generation) || has(SpanKind::Revision) {
                li { span.key.key-turn aria-hidden="true" {} (messages.legend_turn()) }
            }
        }
    }
}

fn happened(spans: &[Span], context: &Context) -> Markup {
    let messages = context.messages();
    let times = context.times();
    html! {
        details.data {
            summary { (messages.happened_list()) }
            div.scroll tabindex="0" role="group" aria-label=(messages.happened_list()) {
                table.plain {
                    thead {
                        tr {
                            th scope="col" { (messages.from()) }
                            th.num scope="col" { (messages.length()) }
                            th scope="col" { (messages.what()) }
                            th scope="col" { (messages.why()) }
                        }
                    }
                    tbody {
                        @for span in spans.iter().rev() {
                            @let length = span.until.as_second() - span.from.as_second();
                            tr {
                                td { (parts::short_time(span.from, context)) }
                                td.num { @if length > 0 { (times.length(length)) } }
                                td { (messages.span_kind(span.kind)) }
                                td { (span.note) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The pictures' figures as a table, day by day.
fn table(line: &Timeline, link: &dyn Fn(&DayRow) -> String, context: &Context) -> Markup {
    let messages = context.messages();
    let times = context.times();
    html! {
        details.data {
            summary { (messages.day_table()) }
            div.scroll tabindex="0" role="group" aria-label=(messages.day_table()) {
                table.plain {
                    thead {
                        tr {
                            th scope="col" { (messages.day()) }
                            th.num scope="col" { (messages.bad()) }
                            th.num scope="col" { (messages.total()) }
                            th.num scope="col" { (messages.budget_spent()) }
                            th.num scope="col" { (messages.known_minutes()) }
                        }
                    }
                    tbody {
                        @for day in line.days.iter().rev() {
                            tr {
                                th scope="row" { a href=(link(day)) { (times.day(day.date)) } }
                                td.num { (format::count(day.bad)) }
                                td.num { (format::count(day.total)) }
                                td.num {
                                    @match day.spent {
                                        Some(spent) => (format::percent(spent, 1)),
                                        None => (messages.unknown()),
                                    }
                                }
                                td.num {
                                    (format::integer(day.known_minutes)) " / "
                                    (format::integer(day.minutes))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
