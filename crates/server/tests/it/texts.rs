//! Nothing visible is written into a page: it comes from the catalogue, or it is data.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use tomoni_server::ui::{Language, Theme, samples};

/// Words that are the same in both languages: names, units, keys, fields of documents.
const SHARED: &[&str] = &[
    "Tomoni", "SLO", "SLI", "Sloth", "Pyrra", "JST", "UTC", "Asia", "Tokyo", "English", "Enter",
    "tomoni", "dev", "owner", "spec", "service", "OpenSLO", "ID", "push", "increase", "h", "d",
    "k", "j", "u", "g", "o", "f", "t", "M",
];

/// What a reader or a screen reader gets of a page, piece by piece.
fn visible(page: &str) -> Vec<String> {
    let attributes =
        Regex::new(r#"\s(?:title|aria-label|alt|placeholder|data-bad|data-reset)="([^"]*)""#)
            .unwrap();
    let texts = Regex::new(r">([^<>]+)<").unwrap();
    // Queries and commands are data.
    let code = Regex::new(r"(?s)<code[^>]*>.*?</code>").unwrap();
    let page = code.replace_all(page, "<code></code>");
    attributes
        .captures_iter(&page)
        .chain(texts.captures_iter(&page))
        .map(|found| found.get(1).unwrap().as_str().trim().to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

#[test]
fn japanese_pages_hold_no_english_but_data() {
    for sample in samples::all() {
        let data: HashSet<String> =
            words(&format!("{:?} {:?}", sample.page, samples::outages())).collect();
        let page = samples::draw(&sample, Language::Japanese, Theme::Light).into_string();
        for text in visible(&page) {
            for word in words(&text) {
                let is_known = SHARED.contains(&word.as_str()) || data.contains(&word);
                let is_in_display_name = ["Home", "Work", "IoT", "Edge"].contains(&word.as_str());
                assert!(
                    is_known || is_in_display_name,
                    "{}: `{word}` in `{text}`",
                    sample.name
                );
            }
        }
    }
}

#[test]
fn english_pages_hold_no_japanese_but_data() {
    let is_japanese = |c: &char| ('\u{3040}'..='\u{9fff}').contains(c);
    for sample in samples::all() {
        let data: HashSet<char> = format!("{:?}", sample.page).chars().collect();
        let page = samples::draw(&sample, Language::English, Theme::Light).into_string();
        for text in visible(&page) {
            let stray = text.chars().find(|c| is_japanese(c) && !data.contains(c));
            assert!(
                stray.is_none() || text == "日本語",
                "{}: `{text}`",
                sample.name
            );
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// A source's string literals, each with the character before it (spaces left out).
fn literals(source: &str) -> Vec<(char, String)> {
    let mut found = Vec::new();
    let mut before = ' ';
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '/' && rest.peek() == Some(&'/') {
            rest.by_ref().find(|c| *c == '\n');
        } else if c == '\'' {
            // A character literal or a lifetime; only a quote in quotes could mislead.
            if rest.peek() == Some(&'"') {
                rest.next();
            }
        } else if c == '"' {
            let mut literal = String::new();
            while let Some(c) = rest.next() {
                match c {
                    '\\' => {
                        rest.next();
                    }
                    '"' => break,
                    _ => literal.push(c),
                }
            }
            found.push((before, literal));
            before = '"';
        } else if !c.is_whitespace() {
            before = c;
        }
    }
    found
}

/// Whether a literal reads like text, not like a class (`zero`, `burn-bar over-page`).
fn reads_like_text(literal: &str) -> bool {
    let is_class = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let has_word = Regex::new(r"\p{L}{2,}").unwrap().is_match(literal);
    let are_classes = literal.split(' ').all(is_class);
    has_word && !(are_classes && (literal.contains('-') || !literal.contains(' ')))
}

/// In markup, text stands after a brace, a parenthesis, another node or another text; a value
/// stands after `=`, an argument after `(` or `,`.
#[test]
fn no_text_is_written_into_markup() {
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    let mut files = sources(&ui.join("pages"));
    files.extend(sources(&ui.join("chart")));
    files.extend([ui.join("layout.rs"), ui.join("parts.rs")]);
    files.retain(|file| !file.ends_with("tests.rs"));
    assert!(files.len() > 20);
    let attribute = Regex::new(r#"(?:title|aria-label|alt|placeholder)="[^"]*\p{L}"#).unwrap();
    for file in files {
        let source = fs::read_to_string(&file).unwrap();
        for (before, literal) in literals(&source) {
            let is_node = matches!(before, '{' | '}' | ')' | ';' | '"');
            let is_stray = is_node && reads_like_text(&literal);
            assert!(
                !is_stray,
                "{}: \"{literal}\" belongs into the catalogue",
                file.display()
            );
        }
        let found = attribute.find(&source).map(|found| found.as_str());
        assert_eq!(found, None, "{}", file.display());
    }
}

#[test]
fn the_search_for_written_text_finds_it() {
    let source = "html! { p.lead { \"Look here\" } a title=\"x\" { (name) \" of them\" } }";
    let found: Vec<bool> = literals(source)
        .iter()
        .map(|(before, text)| matches!(before, '{' | ')') && reads_like_text(text))
        .collect();
    assert_eq!(found, [true, false, true]);
}

#[test]
fn both_languages_tell_the_same_data() {
    let number = Regex::new(r"\d[\d,]*\.?\d*%?").unwrap();
    let figure = Regex::new(r#"<span class="number">([^<]*)</span>"#).unwrap();
    for sample in samples::all()
        .iter()
        .filter(|sample| sample.name.starts_with("team-"))
    {
        let numbers = |language| -> Vec<String> {
            let page = samples::draw(sample, language, Theme::Light).into_string();
            let figures = figure
                .captures_iter(&page)
                .map(|f| f.get(1).unwrap().as_str().to_owned());
            figures.filter(|figure| number.is_match(figure)).collect()
        };
        assert_eq!(
            numbers(Language::English),
            numbers(Language::Japanese),
            "{}",
            sample.name
        );
    }
}
