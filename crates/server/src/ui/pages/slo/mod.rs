//! `/slos/{slo}`: three big numbers, their history, what would alert, and how each came about.

mod alerts;
mod explain;
mod history;
mod peers;
mod pictures;

use maud::{Markup, html};
use tomoni_slo::{COVERAGE_MIN, State};

use crate::ui::chart::{budget_bar, icon};
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::layout::{Section, Sheet, document};
use crate::ui::parts;
use crate::ui::view::{MethodView, Slo};

/// The page.
pub fn page(view: &Slo, context: &Context) -> Markup {
    let row = &view.row;
    let sheet = Sheet {
        title: &row.title,
        section: Section::Other,
        has_charts: true,
        is_live: true,
    };
    let mut steps = parts::steps_to(row.team.as_ref(), Some(&row.service));
    let of = view.group_of.as_ref();
    steps.extend(of.map(|(key, title)| (title.as_str(), parts::slo_path(key))));
    let content = html! {
        (parts::breadcrumbs(&steps, &row.title, context))
        (head(view, context))
        (figures(view, context))
        (groups(view, context))
        (pictures::section(view, context))
        (alerts::section(view, context))
        (explain::section(view, context))
        (history::section(view, context))
    };
    document(&sheet, context, &content)
}

fn head(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let row = &view.row;
    html! {
        div.title-line data-live="state" {
            h1 { (row.title) }
            (parts::state_chip(row.state, context))
            @for alert in &row.alerts { (parts::alert_chip(alert, context)) }
        }
        @if let Some(description) = &view.description { p.lead { (description) } }
        @if let Some((key, title)) = &view.group_of {
            p.lead {
                (messages.group_of()) " " a href=(context.href(&parts::slo_path(key))) { (title) }
            }
        }
        @if !view.siblings.is_empty() {
            nav.tabs aria-label=(messages.objectives()) {
                @for (key, title) in &view.siblings {
                    a href=(context.href(&parts::slo_path(key)))
                        aria-current=[(key == &row.key).then_some("page")] { (title) }
                }
            }
        }
        (parts::notes(row, context))
    }
}

/// Objective, SLI, budget left.
fn figures(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let row = &view.row;
    let (target, level) = (format::target(row.target), parts::level(row, context));
    html! {
        section.figures aria-label=(messages.figures()) data-live="figures" {
            div.figure {
                h2 { (messages.objective()) }
                p class=(parts::length_class("huge", &target)) { (target) }
                p.under { (window(view, context)) br; (method(&view.method, context)) }
            }
            div.figure {
                h2 { (messages.sli()) }
                @match row.sli {
                    Some(_) => p class=(parts::length_class("huge", &level)) { (level) },
                    None => p.huge { span.is-none { (messages.unknown()) } },
                }
                p.under { (sli_words(view, context)) }
            }
            div class=(format!("figure budget {}", icon::class(row.state))) {
                h2 { (messages.budget_left()) }
                p.huge { a href="#explain" { (parts::left(row, context)) } }
                (budget_bar::draw(parts::remaining(row), row.state))
                p.under { (budget_under(view, context)) }
            }
        }
        @if let Some(progress) = &row.backfill {
            div.card.backfill-card data-live="backfill" {
                p { strong { (messages.backfilling()) } " " (messages.backfilling_what()) }
                (parts::backfill(progress, context))
            }
        }
    }
}

/// Its groups, worst first.
fn groups(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        @if !view.groups.is_empty() {
            section.card aria-labelledby="groups" data-live="groups" {
                h2 #groups { (messages.groups()) }
                p.quiet { (messages.groups_what()) }
                (parts::table(&view.groups, messages.groups(), false, context))
            }
        }
    }
}

fn window(view: &Slo, context: &Context) -> String {
    let messages = context.messages();
    let words = context
        .times()
        .window_words(&view.row.window, view.is_calendar);
    if view.is_calendar {
        messages.calendar_window(words)
    } else {
        messages.rolling_window(words)
    }
}

fn method(method: &MethodView, context: &Context) -> String {
    let messages = context.messages();
    let times = context.times();
    match method {
        MethodView::Occurrences => messages.method_occurrences().to_owned(),
        MethodView::Timeslices {
            target,
            width_minutes,
        } => messages.method_timeslices(times.length(*width_minutes * 60), format::target(*target)),
        MethodView::RatioTimeslices { width_minutes } => {
            messages.method_ratio_timeslices(times.length(*width_minutes * 60))
        }
    }
}

fn sli_words(view: &Slo, context: &Context) -> String {
    let messages = context.messages();
    let explanation = &view.explanation;
    match (view.row.state, view.row.sli) {
        (State::NoData, _) => messages.no_data_what().to_owned(),
        (State::NoTraffic, _) => match view.row.quality.coverage {
            Some(coverage) if coverage < COVERAGE_MIN => {
                messages.no_traffic_so_far(format::percent(coverage, 1))
            }
            _ => messages.no_traffic_what().to_owned(),
        },
        (_, Some(_)) => messages.bad_of_total(
            format::count(explanation.bad),
            format::count(explanation.total),
        ),
        (_, None) => messages.sli_unknown_what().to_owned(),
    }
}

fn budget_under(view: &Slo, context: &Context) -> String {
    match view.row.state {
        State::NoData => context.messages().no_data_budget().to_owned(),
        _ => parts::budget_words(&view.row, context),
    }
}
