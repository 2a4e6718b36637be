//! Pages for what could not be drawn.

use maud::{Markup, html};

use crate::ui::chart::icon;
use crate::ui::context::Context;
use crate::ui::layout::{Section, Sheet, document};
use crate::ui::view::ErrorPage;

/// The page.
pub fn page(view: &ErrorPage, context: &Context) -> Markup {
    let messages = context.messages();
    let (number, title, text) = match view {
        ErrorPage::NotFound { .. } => (404, messages.not_found(), messages.not_found_what()),
        ErrorPage::Refused { status, .. } => (*status, messages.refused(), messages.refused_what()),
        ErrorPage::Internal { .. } => (500, messages.internal(), messages.internal_what()),
        ErrorPage::Unavailable { .. } => (503, messages.unavailable(), messages.unavailable_what()),
    };
    let sheet = Sheet {
        title,
        section: Section::Other,
        has_charts: false,
        is_live: false,
    };
    let content = html! {
        section.error-page {
            (icon::logo())
            p.error-number { (number) }
            h1 { (title) }
            p { (text) }
            @match view {
                ErrorPage::NotFound { path, near } => {
                    p { code { (path) } }
                    @if let Some((name, path)) = near {
                        p { (messages.did_you_mean()) " " a href=(context.href(path)) { (name) } }
                    }
                }
                ErrorPage::Refused { detail, .. } => p { code lang="en" { (detail) } },
                ErrorPage::Internal { request_id } => {
                    p { (messages.request_id()) " " code { (request_id) } }
                }
                ErrorPage::Unavailable { retry_after_s } => {
                    p { (messages.retry_after(context.times().length(*retry_after_s))) }
                }
            }
            p { a.button href=(context.href("/")) { (messages.to_overview()) } }
        }
    };
    document(&sheet, context, &content)
}
