//! `/`: where should we look today.

use maud::{Markup, html};

use crate::ui::chart::{icon, states};
use crate::ui::context::Context;
use crate::ui::layout::{Section, Sheet, document};
use crate::ui::parts;
use crate::ui::view::{Overview, Row};

/// The page.
pub fn page(view: &Overview, context: &Context) -> Markup {
    let messages = context.messages();
    let sheet = Sheet {
        title: messages.overview(),
        section: Section::Overview,
        has_charts: false,
        is_live: true,
    };
    let content = if view.states.all() == 0 {
        html! {
            h1 { (messages.where_to_look()) }
            (parts::empty(
                messages.no_slos(),
                messages.no_slos_what(),
                Some("tomoni serve --specs ./slos --prometheus http://127.0.0.1:9090"),
            ))
        }
    } else {
        html! {
            h1.visually-hidden { (messages.where_to_look()) }
            (hero(view, context))
            (section("firing", messages.firing_now(), &view.firing, view.firing_all, context))
            (teams(view, context))
            (section("worst", messages.worst_budgets(), &view.worst, 0, context))
            (section("doubtful", messages.doubtful(), &view.doubtful, 0, context))
            (section(
                "backfilling",
                messages.backfilling(),
                &view.backfilling,
                view.backfilling_all,
                context,
            ))
        }
    };
    document(&sheet, context, &content)
}

/// How many objectives are how well off: the page's five-second answer.
fn hero(view: &Overview, context: &Context) -> Markup {
    let messages = context.messages();
    let firing = view.firing_all;
    html! {
        section.hero aria-label=(messages.all_states()) data-live="hero" {
            ul.tallies {
                li class=(if firing > 0 { "tally is-firing" } else { "tally is-still" }) {
                    span.big { (firing) }
                    span.word { (icon::bell()) (messages.firing_word()) }
                }
                @for (state, count) in view.states.worst_first() {
                    @if count > 0 {
                        li class=(format!("tally {}", icon::class(state))) {
                            span.big { (count) }
                            span.word { (icon::state(state)) (messages.state(state)) }
                        }
                    }
                }
                @if view.findings > 0 {
                    li.tally.is-finding {
                        a href=(context.href("/findings")) {
                            span.big { (view.findings) }
                            span.word { (messages.findings()) }
                        }
                    }
                }
            }
            (states::draw(&view.states))
        }
    }
}

/// Objectives below a heading; where the list is cut, with how many there are in all.
fn section(id: &str, title: &str, rows: &[Row], all: i64, context: &Context) -> Markup {
    let more = all - i64::try_from(rows.len()).unwrap_or(i64::MAX);
    html! {
        @if !rows.is_empty() {
            section.card aria-labelledby=(id) data-live=(format!("section-{id}")) {
                h2 id=(id) { (title) }
                (parts::table(rows, title, true, context))
                @if more > 0 { p.quiet { (context.messages().more_rows(more)) } }
            }
        }
    }
}

fn teams(view: &Overview, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        section.card aria-labelledby="teams" data-live="section-teams" {
            h2 #teams { (messages.teams()) }
            @if view.teams.is_empty() {
                p.quiet { (messages.no_teams_what()) }
            } @else {
                (parts::tallies(&view.teams, "teams", context))
            }
        }
    }
}
