//! The frame around every page.

use maud::{DOCTYPE, Markup, html};

use super::chart::icon;
use super::context::{Context, Theme};
use super::i18n::Language;
use super::parts;
use super::view::Outage;

/// What of the frame is the page's own.
pub(crate) struct Sheet<'a> {
    /// The page's name, for the window's title.
    pub(crate) title: &'a str,
    /// Which part of the navigation it belongs to.
    pub(crate) section: Section,
    /// Whether it has pictures that a script makes better.
    pub(crate) has_charts: bool,
    /// Whether its figures are live.
    pub(crate) is_live: bool,
}

/// A part of the navigation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Overview,
    Findings,
    Other,
}

/// A whole document around a page's content.
pub(crate) fn document(sheet: &Sheet<'_>, context: &Context, content: &Markup) -> Markup {
    let messages = context.messages();
    html! {
        (DOCTYPE)
        html lang=(context.language.tag()) data-theme=(context.theme.name())
            data-base=(context.base_path) data-zone=[context.zone.iana_name()]
            data-events=[sheet.is_live.then_some("")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (messages.window_title(sheet.title)) }
                link rel="icon" href=(context.asset(&tomoni_assets::ICON)) type="image/svg+xml";
                link rel="stylesheet" href=(context.asset(&tomoni_assets::STYLE));
                script type="module" src=(context.asset(&tomoni_assets::APP)) {}
                @if sheet.has_charts {
                    script type="module" src=(context.asset(&tomoni_assets::CHARTS)) {}
                }
            }
            body {
                a.skip href="#content" { (messages.skip()) }
                (header(sheet, context))
                (outages(context))
                main #content tabindex="-1" { (content) }
                (footer(context))
                (help(context))
            }
        }
    }
}

fn header(sheet: &Sheet<'_>, context: &Context) -> Markup {
    let messages = context.messages();
    let current = |section| (sheet.section == section).then_some("page");
    html! {
        header.top {
            a.brand href=(context.href("/")) {
                (icon::logo()) span.wordmark translate="no" { (messages.tomoni()) }
            }
            nav.main aria-label=(messages.navigation()) {
                a href=(context.href("/")) aria-current=[current(Section::Overview)] {
                    (messages.overview())
                }
                a href=(context.href("/findings")) aria-current=[current(Section::Findings)] {
                    (messages.findings())
                }
            }
            (as_of(context))
            details.settings {
                summary { (messages.display()) }
                (settings(context))
            }
        }
    }
}

/// How old the figures are; every page says it.
fn as_of(context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        p class=(if context.outages.is_empty() { "as-of" } else { "as-of is-late" }) data-live="as-of" {
            span.pulse aria-hidden="true" {}
            @match context.watermark {
                Some(at) => {
                    span.as-of-label { (messages.figures_as_of()) " " }
                    (parts::time(at, context))
                    span.age { " (" (context.messages().ago(context.times().length(context.age_s(at)))) ")" }
                }
                None => (messages.no_figures_yet()),
            }
        }
    }
}

/// Language and theme; a form, so that both can be chosen without a script.
fn settings(context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        form.panel method="post" action=(context.address("/preferences")) {
            input type="hidden" name="return" value=(context.path);
            fieldset {
                legend { (messages.language_legend()) }
                @for language in Language::ALL {
                    button type="submit" name="language" value=(language.tag())
                        lang=(language.tag()) translate="no"
                        aria-pressed=(language == context.language) {
                        (language.messages().own_name())
                    }
                }
            }
            fieldset {
                legend { (messages.theme_legend()) }
                @for theme in Theme::ALL {
                    button type="submit" name="theme" value=(theme.name())
                        aria-pressed=(theme == context.theme) { (messages.theme(theme)) }
                }
            }
        }
    }
}

fn outages(context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        div.outages data-live="outages" {
            @for outage in &context.outages {
                div.banner role="status" {
                    @match outage {
                        Outage::Database { since } => {
                            strong { (messages.database_down()) } " "
                            (messages.database_down_what()) " "
                            (messages.since(context.times().full(*since)))
                        }
                        Outage::Source { name, since, error } => {
                            strong { (messages.source_down(name)) } " "
                            (messages.source_down_what()) " "
                            (messages.since(context.times().full(*since)))
                            code lang="en" { (error) }
                        }
                    }
                }
            }
        }
    }
}

fn footer(context: &Context) -> Markup {
    let messages = context.messages();
    html! {
        footer.bottom {
            p { (messages.times_in(context.times().zone_name(context.now))) }
            p.keys-hint { (messages.keys_hint()) " " kbd { "?" } }
            p.version { (messages.version(env!("CARGO_PKG_VERSION"))) }
        }
    }
}

fn help(context: &Context) -> Markup {
    let messages = context.messages();
    let keys: [(&[&str], &str); 8] = [
        (&["j"], messages.key_next()),
        (&["k"], messages.key_previous()),
        (&["Enter"], messages.key_open()),
        (&["u"], messages.key_up()),
        (&["g", "o"], messages.key_overview()),
        (&["g", "f"], messages.key_findings()),
        (&["t"], messages.key_theme()),
        (&["?"], messages.key_help()),
    ];
    html! {
        dialog #keys aria-labelledby="keys-title" {
            h2 #keys-title { (messages.keys()) }
            dl {
                @for (strokes, what) in keys {
                    div {
                        dt { @for stroke in strokes { kbd { (stroke) } } }
                        dd { (what) }
                    }
                }
            }
            form method="dialog" { button { (messages.close()) } }
        }
    }
}
