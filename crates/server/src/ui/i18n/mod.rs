//! What the pages say, in English and in Japanese.
//!
//! Every visible text stands in the catalogue ([`catalog`]), one line with both languages, so a text
//! that lacks one does not compile. What varies is an argument, named in both texts; numbers, times
//! and durations are written by [`format`] before they get there. Text that comes from documents
//! (names, reasons, queries) is data and stays as it was written.

mod catalog;
pub mod format;
pub mod times;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, also where a browser asks for neither.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// Every language, in the order in which a page offers them.
    pub const ALL: [Self; 2] = [Self::English, Self::Japanese];

    /// The language's tag, as in HTML's `lang` and in the preference that a browser keeps.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    /// The language of a tag; `None` for a tag of neither.
    ///
    /// ```
    /// use tomoni_server::ui::Language;
    /// assert_eq!(Language::from_tag("ja-JP"), Some(Language::Japanese));
    /// assert_eq!(Language::from_tag("fr"), None);
    /// ```
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default().trim();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The language that an `Accept-Language` header prefers; English where it names neither.
    ///
    /// ```
    /// use tomoni_server::ui::Language;
    /// assert_eq!(Language::accepted("fr, ja;q=0.8, en;q=0.9"), Language::English);
    /// assert_eq!(Language::accepted("ja, en-US;q=0.7"), Language::Japanese);
    /// assert_eq!(Language::accepted(""), Language::English);
    /// ```
    pub fn accepted(header: &str) -> Self {
        let mut best: Option<(f64, Self)> = None;
        for wish in header.split(',') {
            let (tag, weight) = match wish.split_once(';') {
                None => (wish, 1.0),
                Some((tag, q)) => {
                    let weight = q.trim().strip_prefix("q=").and_then(|q| q.parse().ok());
                    (tag, weight.unwrap_or(0.0))
                }
            };
            let is_better = weight > best.map_or(0.0, |(weight, _)| weight);
            if let (Some(language), true) = (Self::from_tag(tag.trim()), is_better) {
                best = Some((weight, language));
            }
        }
        best.map_or_else(Self::default, |(_, language)| language)
    }

    /// The catalogue in this language.
    pub(crate) const fn messages(self) -> Messages {
        Messages(self)
    }
}

/// The catalogue in one language: one method for each text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Messages(pub(crate) Language);
