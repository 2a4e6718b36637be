//! Who looks at a page: language, theme and zone from cookies, or as the browser says.

use std::hash::{DefaultHasher, Hash};

use axum::http::{HeaderMap, header};
use jiff::tz::TimeZone;

use crate::ui::{Language, Theme};

/// A cookie longer than this is no choice of ours.
const CHOICE_BYTES_MAX: usize = 64;

/// The cookie of the language.
pub(crate) const LANGUAGE_COOKIE: &str = "tomoni_language";
/// The cookie of the theme.
pub(crate) const THEME_COOKIE: &str = "tomoni_theme";
/// The cookie of the zone, which a script tells.
pub(crate) const ZONE_COOKIE: &str = "tomoni_zone";

/// What a reader chose, or the browser says.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    /// The language.
    pub(crate) language: Language,
    /// The theme.
    pub(crate) theme: Theme,
    /// The zone.
    pub(crate) zone: TimeZone,
}

impl Viewer {
    /// Reads a request's headers.
    pub(crate) fn of(headers: &HeaderMap, zone: &TimeZone) -> Self {
        let accepted = || {
            let header = headers.get(header::ACCEPT_LANGUAGE);
            Language::accepted(
                header
                    .and_then(|value| value.to_str().ok())
                    .unwrap_or_default(),
            )
        };
        let own = cookie(headers, ZONE_COOKIE).and_then(|name| TimeZone::get(&unquoted(name)).ok());
        Self {
            language: cookie(headers, LANGUAGE_COOKIE)
                .and_then(Language::from_tag)
                .unwrap_or_else(accepted),
            theme: cookie(headers, THEME_COOKIE)
                .and_then(Theme::from_name)
                .unwrap_or_default(),
            zone: own.unwrap_or_else(|| zone.clone()),
        }
    }

    /// Puts what a page looks like into its entity tag.
    pub(crate) fn hash_into(&self, hasher: &mut DefaultHasher) {
        self.language.hash(hasher);
        self.theme.hash(hasher);
        self.zone.iana_name().hash(hasher);
    }
}

/// A cookie's value, where it is short enough to be a choice.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
        .filter(|value| value.len() <= CHOICE_BYTES_MAX)
}

/// A zone's name as a script writes it: `Asia%2FTokyo` or `Asia/Tokyo`.
fn unquoted(text: &str) -> String {
    text.replace("%2F", "/")
        .replace("%2f", "/")
        .replace("%2B", "+")
        .replace("%2b", "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn viewer(headers: &[(header::HeaderName, &'static str)]) -> Viewer {
        let headers = headers
            .iter()
            .map(|(n, v)| (n.clone(), v.parse().unwrap()))
            .collect();
        Viewer::of(&headers, &TimeZone::UTC)
    }

    #[test]
    fn choices_come_before_what_the_browser_says() {
        let plain = viewer(&[]);
        assert_eq!(
            (plain.language, plain.theme),
            (Language::English, Theme::System)
        );
        assert_eq!(plain.zone, TimeZone::UTC);
        let asked = viewer(&[(header::ACCEPT_LANGUAGE, "ja,en;q=0.5")]);
        assert_eq!(asked.language, Language::Japanese);
        let chosen = viewer(&[
            (header::ACCEPT_LANGUAGE, "ja"),
            (header::COOKIE, "a=b; tomoni_language=en; tomoni_theme=dark"),
            (header::COOKIE, "tomoni_zone=Asia%2FTokyo"),
        ]);
        assert_eq!(
            (chosen.language, chosen.theme),
            (Language::English, Theme::Dark)
        );
        assert_eq!(chosen.zone.iana_name(), Some("Asia/Tokyo"));
    }

    #[test]
    fn nonsense_is_no_choice() {
        let odd = viewer(&[(
            header::COOKIE,
            "tomoni_language=tlh; tomoni_theme=<script>; tomoni_zone=../../etc/passwd; =; ;x",
        )]);
        assert_eq!(
            (odd.language, odd.theme),
            (Language::English, Theme::System)
        );
        assert_eq!(odd.zone, TimeZone::UTC);
    }
}
