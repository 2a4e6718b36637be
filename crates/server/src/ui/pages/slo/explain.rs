//! How each figure came about, down to the minutes.

use maud::{Markup, html};
use tomoni_slo::{BudgetUnit, MissingData, State};

use super::peers;
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::parts;
use crate::ui::view::{Counting, MethodView, Slo};

pub(super) fn section(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        section.card aria-labelledby="explain" {
            h2 #explain { (messages.explain()) }
            ol.steps data-live="explain" {
                li { (minutes(view, context)) }
                li { (counts(view, context)) }
                @if view.row.state != State::NoData {
                    li { (sli(view, context)) }
                    li { (budget(view, context)) }
                }
            }
            (queries(view, context))
            @if !view.explanation.peers.is_empty() { (peers::part(view, context)) }
        }
    }
}

/// Which minutes the window holds, and how many of them are known.
fn minutes(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let times = context.times();
    let told = &view.explanation;
    let (from, until) = view.window;
    let days = [from, until - jiff::SignedDuration::from_mins(1)].map(|at| times.date_of(at));
    let missing = told.minutes - told.known_minutes;
    html! {
        h3 { (messages.step_minutes()) }
        p {
            (messages.window_holds()) " "
            (parts::time(from, context)) " – " (parts::time(until, context)) ": "
            span.sum {
                (format::integer(told.minutes + view.row.quality.excluded_minutes)) " "
                @if view.row.quality.excluded_minutes > 0 {
                    "\u{2212} " (messages.excluded(view.row.quality.excluded_minutes)) " "
                }
                @if missing > 0 { "\u{2212} " (messages.unknown_minutes(missing)) " " }
                "= " strong { (messages.minutes_known(told.known_minutes)) }
            }
        }
        p {
            @match view.row.quality.coverage {
                Some(coverage) => (messages.coverage_is(format::percent(coverage, 2))),
                None => (messages.all_excluded()),
            }
            " · "
            (counted_as(told.missing_data, context))
        }
        p.links {
            (messages.minutes_of()) " "
            @for (place, day) in days.into_iter().enumerate() {
                @if place > 0 { " … " }
                a href=(context.href(&parts::minutes_path(&view.row.key, day))) { (times.day(day)) }
            }
        }
    }
}

/// What missing minutes count as.
fn counted_as(policy: MissingData, context: &Context) -> &'static str {
    let messages = context.messages();
    match policy {
        MissingData::Ignore => messages.missing_ignored(),
        MissingData::Good => messages.missing_good(),
        MissingData::Bad => messages.missing_bad(),
    }
}

fn counts(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let told = &view.explanation;
    html! {
        h3 { (messages.step_counts()) }
        p {
            (match told.counting {
                Counting::Exact => messages.counting_exact(),
                Counting::Evaluated => messages.counting_evaluated(),
                Counting::TooLarge => messages.counting_too_large(),
                Counting::Gauge => messages.counting_gauge(),
                Counting::Pushed => messages.counting_pushed(),
            })
        }
        p {
            span.sum {
                (messages.good()) " " strong { (format::count(told.good)) } " + "
                (messages.bad()) " " strong { (format::count(told.bad)) } " = "
                (messages.total()) " " strong { (format::count(told.total)) }
            }
        }
        @if view.row.quality.clamped_minutes > 0 {
            p.remark { (messages.clamped_what(format::integer(view.row.quality.clamped_minutes))) }
        }
    }
}

fn sli(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let told = &view.explanation;
    let is = parts::level(&view.row, context);
    html! {
        h3 { (messages.step_sli()) }
        p {
            span.sum {
                @match (&view.method, told.slices) {
                    (MethodView::Timeslices { .. }, Some((known, good, _))) => {
                        (messages.good_slices(format::integer(good), format::integer(known)))
                    }
                    (MethodView::RatioTimeslices { .. }, Some((known, _, _))) => {
                        (messages.mean_of_slices(format::integer(known)))
                    }
                    _ => {
                        @let (bad, total) = told.weighed;
                        "1 \u{2212} " (format::count(bad)) " / " (format::count(total))
                    }
                }
                " = " strong { (is) }
            }
        }
        @if view.row.quality.imputed_minutes > 0 {
            p.remark {
                (messages.imputed(view.row.quality.imputed_minutes)) ": "
                (counted_as(told.missing_data, context))
             }
        }
    }
}

fn budget(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let times = context.times();
    let (row, told) = (&view.row, &view.explanation);
    let share = format::target(1.0 - row.target);
    let number = |value: f64| match row.budget.unit {
        BudgetUnit::Events => format::count(value),
        BudgetUnit::Minutes => times.length((value * 60.0).round() as i64),
        BudgetUnit::Ratio => format::percent(value, 4),
    };
    html! {
        h3 { (messages.step_budget()) }
        p {
            span.sum {
                (messages.allowed()) " = " (share)
                @match row.budget.unit {
                    BudgetUnit::Events => { " × " (format::count(told.weighed.1)) }
                    BudgetUnit::Minutes => { " × " (messages.whole_window()) }
                    BudgetUnit::Ratio => {}
                }
                " = " strong { (number(row.budget.allowed)) }
            }
        }
        p { span.sum { (messages.spent()) " = " strong { (number(row.budget.spent)) } } }
        p {
            span.sum {
                (messages.left_is()) " = 1 \u{2212} " (number(row.budget.spent)) " / "
                (number(row.budget.allowed)) " = " strong { (format::share(row.budget.remaining())) }
            }
        }
    }
}

fn queries(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        h3 { (messages.query_head()) }
        p.quiet {
            (messages.source()) " " code { (view.explanation.source) }
            @if let Some(place) = &view.defined_at { " · " (messages.defined_at()) " " code { (place) } }
        }
        dl.queries {
            @for (role, query) in &view.explanation.queries {
                div {
                    dt { code { (role) } }
                    dd { pre tabindex="0" { code { (query) } } }
                }
            }
        }
    }
}
