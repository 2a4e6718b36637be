//! The catalogue, a file for each part of the pages.
//!
//! A line is `name => "English", "日本語";`. Arguments stand in parentheses and are named in both
//! texts; a count stands in brackets, and its English text in two forms, for one and for many.

macro_rules! message {
    ($name:ident, $en:literal, $ja:literal) => {
        #[doc = concat!($en, " / ", $ja)]
        pub(crate) const fn $name(self) -> &'static str {
            match self.0 {
                Language::English => $en,
                Language::Japanese => $ja,
            }
        }
    };
    ($name:ident ($($argument:ident),+), $en:literal, $ja:literal) => {
        #[doc = concat!($en, " / ", $ja)]
        pub(crate) fn $name(self, $($argument: impl std::fmt::Display),+) -> String {
            match self.0 {
                Language::English => format!($en),
                Language::Japanese => format!($ja),
            }
        }
    };
    ($name:ident [$count:ident], $one:literal | $many:literal, $ja:literal) => {
        #[doc = concat!($many, " / ", $ja)]
        pub(crate) fn $name(self, $count: i64) -> String {
            let is_one = $count == 1;
            let $count = crate::ui::i18n::format::integer($count);
            match self.0 {
                Language::English if is_one => format!($one),
                Language::English => format!($many),
                Language::Japanese => format!($ja),
            }
        }
    };
}

macro_rules! messages {
    ($( $name:ident $(($($argument:ident),+))? $([$count:ident])?
        => $one:literal $(| $many:literal)?, $ja:literal; )+) => {
        use crate::ui::i18n::{Language, Messages};

        impl Messages {
            $( message! { $name $(($($argument),+))? $([$count])?, $one $(| $many)?, $ja } )+
        }

        /// Each message's name, its arguments, and its texts with their languages.
        #[cfg(test)]
        pub(crate) const TABLE: &[(&str, &[&str], &[(Language, &str)])] = &[$( (
            stringify!($name),
            &[$($(stringify!($argument),)+)? $(stringify!($count),)?],
            &[
                (Language::English, $one),
                $((Language::English, $many),)?
                (Language::Japanese, $ja),
            ],
        ), )+];
    };
}

mod common;
mod findings;
mod overview;
mod picture;
mod slo;
mod words;

#[cfg(test)]
mod tests {
    use super::super::Language;
    use super::{common, findings, overview, picture, slo, words};

    fn all() -> impl Iterator<
        Item = &'static (
            &'static str,
            &'static [&'static str],
            &'static [(Language, &'static str)],
        ),
    > {
        [
            common::TABLE,
            findings::TABLE,
            overview::TABLE,
            picture::TABLE,
            slo::TABLE,
            words::TABLE,
        ]
        .into_iter()
        .flatten()
    }

    #[test]
    fn every_text_names_every_argument() {
        for (name, arguments, texts) in all() {
            for (language, text) in *texts {
                for argument in *arguments {
                    let is_named = text.contains(&format!("{{{argument}}}"));
                    let is_said = text.contains("one ") || text.starts_with("One ");
                    assert!(
                        is_named || is_said,
                        "{name} in {language:?} lacks {argument}"
                    );
                }
            }
        }
    }

    #[test]
    fn no_text_is_missing_or_left_in_the_other_language() {
        for (name, _, texts) in all() {
            for (language, text) in *texts {
                assert!(!text.trim().is_empty(), "{name} in {language:?} is empty");
                assert_eq!(text.trim(), *text, "{name} in {language:?} has loose space");
                let has_japanese = text.chars().any(|c| c >= '\u{3000}');
                if *language == Language::English {
                    assert!(!has_japanese, "{name}: {text} is not English");
                }
            }
        }
    }

    #[test]
    fn names_are_unique_and_texts_do_not_shout() {
        let mut names: Vec<&str> = all().map(|(name, _, _)| *name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        for (name, _, texts) in all() {
            assert!(
                texts.iter().all(|(_, text)| !text.contains('!')),
                "{name} shouts"
            );
        }
    }
}
