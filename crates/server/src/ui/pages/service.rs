//! `/services/{service}`.

use maud::{Markup, html};

use super::team::tally;
use crate::ui::context::Context;
use crate::ui::layout::{Section, Sheet, document};
use crate::ui::parts;
use crate::ui::view::Service;

/// The page.
pub fn page(view: &Service, context: &Context) -> Markup {
    let messages = context.messages();
    let title = view.service.title();
    let sheet = Sheet {
        title,
        section: Section::Other,
        has_charts: false,
        is_live: true,
    };
    let steps = parts::steps_to(view.team.as_ref(), None);
    let content = html! {
        (parts::breadcrumbs(&steps, title, context))
        div.title-line {
            h1 { (title) }
            (tally(&view.states, context))
        }
        @if let Some(description) = &view.description { p.lead { (description) } }
        dl.facts {
            div {
                dt { (messages.owner()) }
                dd {
                    @match &view.team {
                        Some(team) => {
                            a href=(context.href(&format!("/teams/{}", team.name))) { (team.title()) }
                        }
                        None => (messages.no_owner()),
                    }
                }
            }
            @if let Some(place) = &view.defined_at {
                div { dt { (messages.defined_at()) } dd { code { (place) } } }
            }
        }
        @if view.rows.is_empty() {
            (parts::empty(
                messages.service_without_slos(),
                messages.service_without_slos_what(),
                Some("tomoni validate ./slos"),
            ))
        } @else {
            section.card aria-labelledby="slos" {
                h2 #slos { (messages.objectives()) }
                (parts::table(&view.rows, messages.objectives(), false, context))
                (parts::pager(view.cut, &format!("/services/{}?from=", view.service.name), context))
            }
        }
    };
    document(&sheet, context, &content)
}
