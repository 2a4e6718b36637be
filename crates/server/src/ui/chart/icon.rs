//! A shape for each state, so that nobody needs the colour.

use maud::{Markup, html};
use tomoni_slo::State;

/// The state's shape; the word beside it says the same, so it is hidden from screen readers.
pub fn state(state: State) -> Markup {
    html! {
        svg class=(format!("icon {}", class(state))) viewBox="0 0 16 16" aria-hidden="true"
            focusable="false" {
            @match state {
                State::Ok => { circle.solid cx="8" cy="8" r="6.5" {}
                    path.mark d="M4.8 8.2l2.2 2.3l4.2-4.8" {} }
                State::AtRisk => { path.solid d="M8 1.2L15.4 14.4H.6Z" {}
                    path.mark d="M8 5.8v4M8 11.9v.2" {} }
                State::Exhausted => { rect.solid x="1.5" y="1.5" width="13" height="13" rx="1.5" {}
                    path.mark d="M5 5l6 6M11 5l-6 6" {} }
                State::Partial => { circle.hollow cx="8" cy="8" r="6" {}
                    path.solid d="M8 2a6 6 0 0 0 0 12Z" {} }
                State::NoTraffic => { circle.hollow cx="8" cy="8" r="6" {}
                    path.mark-ink d="M4.8 8h6.4" {} }
                State::NoData => { circle.hollow.dashed cx="8" cy="8" r="6" {} }
            }
        }
    }
}

/// A state's class, which gives the colour.
pub const fn class(state: State) -> &'static str {
    match state {
        State::Ok => "is-ok",
        State::AtRisk => "is-risk",
        State::Exhausted => "is-over",
        State::Partial => "is-partial",
        State::NoTraffic => "is-quiet",
        State::NoData => "is-unknown",
    }
}

/// Two circles that overlap: together.
pub fn logo() -> Markup {
    html! {
        svg.logo viewBox="0 0 40 28" aria-hidden="true" focusable="false" {
            circle.logo-a cx="14" cy="14" r="11" {}
            circle.logo-b cx="26" cy="14" r="11" {}
            path.logo-c d="M20 4.78a11 11 0 0 1 0 18.44a11 11 0 0 1 0-18.44Z" {}
        }
    }
}

/// A bell, for an alert.
pub fn bell() -> Markup {
    html! {
        svg.icon.bell viewBox="0 0 16 16" aria-hidden="true" focusable="false" {
            path.solid d="M8 1a1.2 1.2 0 0 1 1.2 1.2A4.5 4.5 0 0 1 12.5 6.6V10l1.5 2H2l1.500-2V6.600a4.500 4.500 0 0 1 3.300-4.400A1.200 1.200 0 0 1 8 1ZM6.200 13h3.600a1.800 1.800 0 0 1-3.600 0Z" {}
        }
    }
}
