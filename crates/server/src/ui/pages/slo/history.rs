//! How the objective and its SLI came to be what they are.

use maud::{Markup, html};

use crate::ui::context::Context;
use crate::ui::i18n::format;
use crate::ui::parts;
use crate::ui::view::Slo;

pub(super) fn section(view: &Slo, context: &Context) -> Markup {
    html! {
        @if !view.revisions.is_empty() || !view.generations.is_empty() {
            div.pair {
                @if !view.revisions.is_empty() { (revisions(view, context)) }
                @if !view.generations.is_empty() { (generations(view, context)) }
            }
        }
    }
}

fn revisions(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    let words = |window: &str| context.times().window_words(window, false);
    html! {
        section.card aria-labelledby="revisions" {
            h2 #revisions { (messages.revisions()) }
            p.quiet { (messages.revisions_what()) }
            ol.history {
                @for revision in &view.revisions {
                    li {
                        p.history-head {
                            strong { (format::target(revision.target)) " / " (words(&revision.window)) }
                            " " (messages.revision_number(revision.number))
                        }
                        p {
                            (parts::time(revision.since, context))
                            @if let Some(author) = &revision.author { " · " (author) }
                        }
                        @if let Some(reason) = &revision.reason { p { (reason) } }
                    }
                }
            }
        }
    }
}

fn generations(view: &Slo, context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        section.card aria-labelledby="generations" {
            h2 #generations { (messages.generations()) }
            p.quiet { (messages.generations_what()) }
            ol.history {
                @for generation in &view.generations {
                    li {
                        p.history-head { code { (generation.hash) } }
                        p { (messages.from()) " " (parts::time(generation.since, context)) }
                    }
                }
            }
        }
    }
}
