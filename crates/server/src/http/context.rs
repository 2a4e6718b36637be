//! Who looks at a page: language, theme and zone from cookies, or as the browser says. An address can
//! ask for a language, so that it can be passed on.

use std::hash::{DefaultHasher, Hash};

use axum::http::{HeaderMap, Uri, header};
use jiff::tz::TimeZone;

use crate::ui::{LANGUAGE, Language, Theme};

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
    /// Whether the address asks for it.
    pub(crate) is_language_asked: bool,
    /// The theme.
    pub(crate) theme: Theme,
    /// The zone.
    pub(crate) zone: TimeZone,
}

impl Viewer {
    /// Reads a request's headers, and what its address asks for.
    pub(crate) fn of(headers: &HeaderMap, uri: &Uri, zone: &TimeZone) -> Self {
        let asked = asked(uri);
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
            language: asked
                .or_else(|| cookie(headers, LANGUAGE_COOKIE).and_then(Language::from_tag))
                .unwrap_or_else(accepted),
            is_language_asked: asked.is_some(),
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

/// The language that an address asks for.
fn asked(uri: &Uri) -> Option<Language> {
    let mut pairs = form_urlencoded::parse(uri.query()?.as_bytes());
    let (_, tag) = pairs.find(|(name, _)| name == LANGUAGE)?;
    Language::from_tag(&tag)
}

/// A path and query without the language that they ask for.
pub(crate) fn without_language(path: &str) -> String {
    let Some((path, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let is_other = |pair: &&str| pair.split('=').next() != Some(LANGUAGE);
    let others: Vec<&str> = query.split('&').filter(is_other).collect();
    match others.as_slice() {
        [] => path.to_owned(),
        others => format!("{path}?{}", others.join("&")),
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
        Viewer::of(&headers, &Uri::from_static("/"), &TimeZone::UTC)
    }

    #[test]
    fn an_address_asks_for_a_language() {
        let headers = HeaderMap::from_iter([(
            header::COOKIE,
            header::HeaderValue::from_static("tomoni_language=en"),
        )]);
        let of = |uri: &'static str| {
            let viewer = Viewer::of(&headers, &Uri::from_static(uri), &TimeZone::UTC);
            (viewer.language, viewer.is_language_asked)
        };
        assert_eq!(of("/?lang=ja"), (Language::Japanese, true));
        assert_eq!(of("/?from=2&lang=ja-JP"), (Language::Japanese, true));
        assert_eq!(of("/?lang=tlh"), (Language::English, false));
        assert_eq!(of("/?langs=ja"), (Language::English, false));
        assert_eq!(without_language("/x?lang=ja"), "/x");
        assert_eq!(without_language("/x?a=1&lang=ja&b=2"), "/x?a=1&b=2");
        assert_eq!(without_language("/x?langs=1"), "/x?langs=1");
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
