//! `/teams/{team}`: all of a team's objectives on one screen.

use maud::{Markup, html};

use crate::ui::chart::{budget_bar, icon, spark};
use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::layout::{Section, Sheet, document};
use crate::ui::parts;
use crate::ui::view::{Row, StateCounts, Team};

/// The page.
pub fn page(view: &Team, context: &Context) -> Markup {
    let messages = context.messages();
    let title = view.team.title();
    let sheet = Sheet {
        title,
        section: Section::Other,
        has_charts: false,
        is_live: true,
    };
    let content = html! {
        (parts::breadcrumbs(&[], title, context))
        div.title-line {
            h1 { (title) }
            (tally(&view.states, context))
        }
        @if view.rows.is_empty() {
            (parts::empty(
                messages.team_without_slos(),
                messages.team_without_slos_what(),
                Some("metadata:\n  annotations:\n    tomoni.dev/owner: home"),
            ))
        } @else {
            ul.tiles { @for row in &view.rows { (tile(row, context)) } }
            (parts::pager(view.cut, &format!("/teams/{}?from=", view.team.name), context))
        }
        @if !view.services.is_empty() {
            section.card aria-labelledby="services" {
                h2 #services { (messages.services()) }
                (parts::tallies(&view.services, "services", context))
            }
        }
    };
    document(&sheet, context, &content)
}

/// How many objectives are in which state, in one line.
pub(super) fn tally(states: &StateCounts, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        ul.tally-line {
            @for (state, count) in states.worst_first() {
                @if count > 0 {
                    li class=(format!("chip {}", icon::class(state))) {
                        (icon::state(state)) strong { (count) } " " (messages.state(state))
                    }
                }
            }
        }
    }
}

/// An objective as a tile: the figure first, then its course, then the words.
fn tile(row: &Row, context: &Context) -> Markup {
    let messages = context.messages();
    let id = parts::slo_id(&row.key);
    html! {
        li class=(format!("tile {}", icon::class(row.state))) data-row data-live=(format!("tile-{id}")) {
            div.tile-head {
                (parts::state_chip(row.state, context))
                @for alert in &row.alerts { (parts::alert_chip(alert, context)) }
            }
            h2 { a href=(context.href(&parts::slo_path(&row.key))) { (row.title) } }
            p.of { (row.service.title()) }
            p.tile-figure title=(parts::budget_words(row, context)) {
                (parts::left(row, context))
                @if parts::remaining(row).is_some() { " " span.unit { (messages.left_word()) } }
            }
            (budget_bar::draw(parts::remaining(row), row.state))
            (spark::draw(&row.spark))
            p.tile-level {
                (messages.sli()) " " strong { (parts::level(row, context)) }
                span.goal { " / " (format::target(row.target)) " · " (context.times().window_words(&row.window, false)) }
            }
            div {
                (parts::notes(row, context))
                @if let Some(progress) = &row.backfill { (parts::backfill(progress, context)) }
            }
        }
    }
}
