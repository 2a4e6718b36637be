//! Who looks at a page, when, and from where.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::i18n::times::Times;
use super::i18n::{Language, Messages};
use super::view::Outage;

/// The parameter of a page's address that asks for a language.
pub(crate) const LANGUAGE: &str = "lang";

/// The pages' colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the viewer's system prefers.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order in which a page offers them.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The name under which a browser keeps the choice.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}

/// Everything about a request that a page depends on beside its view.
#[derive(Clone, Debug)]
pub struct Context {
    /// The viewer's language: what the address asks for, else the cookie `tomoni_language`, else
    /// `Accept-Language`.
    pub language: Language,
    /// Whether the address asks for it (`?lang=ja`): then the pages that it leads to are asked for it, too.
    pub is_language_asked: bool,
    /// The viewer's theme: the cookie `tomoni_theme`.
    pub theme: Theme,
    /// The viewer's zone: the cookie `tomoni_zone`, else the server's.
    pub zone: TimeZone,
    /// What stands before every path when a proxy adds it, such as `/tomoni`; else empty.
    pub base_path: String,
    /// The page's own path and query, without the base and a language: where a changed preference returns
    /// to.
    pub path: String,
    /// The instant at which the page is drawn.
    pub now: Timestamp,
    /// The last settled minute that the page's figures end at; `None` while nothing is known.
    pub watermark: Option<Timestamp>,
    /// What does not work right now; shown on top of every page.
    pub outages: Vec<Outage>,
}

impl Context {
    /// The address of a path that starts with `/`.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base_path)
    }

    /// The address of the page at a path that starts with `/`, in the language that this one was asked
    /// for.
    pub(crate) fn href(&self, path: &str) -> String {
        if !self.is_language_asked {
            return self.address(path);
        }
        let (page, part) = path.find('#').map_or((path, ""), |at| path.split_at(at));
        let joint = if page.contains('?') { '&' } else { '?' };
        self.address(&format!(
            "{page}{joint}{LANGUAGE}={}{part}",
            self.language.tag()
        ))
    }

    /// The address of an asset.
    pub(crate) fn asset(&self, asset: &tomoni_assets::Asset) -> String {
        format!("{}/assets/{}", self.base_path, asset.path)
    }

    /// The texts in the viewer's language.
    pub(crate) const fn messages(&self) -> Messages {
        self.language.messages()
    }

    /// Times in the viewer's language and zone.
    pub(crate) fn times(&self) -> Times {
        Times {
            language: self.language,
            zone: self.zone.clone(),
        }
    }

    /// Seconds from an instant to now.
    pub(crate) fn age_s(&self, at: Timestamp) -> i64 {
        self.now.as_second() - at.as_second()
    }
}
