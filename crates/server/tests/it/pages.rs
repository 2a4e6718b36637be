//! What holds of every page in every state.

use std::collections::HashSet;

use regex::Regex;
use tomoni_server::ui::{Context, Language, Theme, samples};

/// Every sample page in both languages, with a name for messages.
fn all() -> impl Iterator<Item = (String, Language, String)> {
    samples::all().into_iter().flat_map(|sample| {
        Language::ALL.map(|language| {
            let page = samples::draw(&sample, language, Theme::System).into_string();
            (format!("{} in {language:?}", sample.name), language, page)
        })
    })
}

fn captures<'a>(pattern: &str, page: &'a str) -> Vec<&'a str> {
    let pattern = Regex::new(pattern).unwrap();
    pattern
        .captures_iter(page)
        .map(|found| found.get(1).unwrap().as_str())
        .collect()
}

#[test]
fn every_page_is_a_whole_document_in_its_language() {
    for (name, language, page) in all() {
        assert!(page.starts_with("<!DOCTYPE html>"), "{name}");
        assert!(
            page.contains(&format!("<html lang=\"{}\"", language.tag())),
            "{name}"
        );
        assert_eq!(page.matches("<h1").count(), 1, "{name}: one first heading");
        assert_eq!(page.matches("<main").count(), 1, "{name}");
        assert!(
            page.contains("<title>") && page.ends_with("</html>"),
            "{name}"
        );
    }
}

#[test]
fn nothing_is_inline() {
    let handler = Regex::new(r#"\son[a-z]+=""#).unwrap();
    for (name, _, page) in all() {
        assert!(!page.contains(" style="), "{name}");
        assert!(!page.contains("<style"), "{name}");
        assert!(!page.contains("javascript:"), "{name}");
        assert!(!handler.is_match(&page), "{name}");
        let scripts = captures(r"<script([^>]*)>", &page);
        assert!(
            scripts.iter().all(|script| script.contains("src=")),
            "{name}"
        );
        assert_eq!(
            page.matches("<script").count(),
            page.matches("></script>").count(),
            "{name}"
        );
    }
}

#[test]
fn ids_are_unique_and_references_are_met() {
    for (name, _, page) in all() {
        let ids = captures(r#"\sid="([^"]*)""#, &page);
        let known: HashSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{name}: an id stands twice");
        let mut wanted = captures(r"url\(#([^)]*)\)", &page);
        wanted.extend(captures(r##"href="#([^"]+)""##, &page));
        for list in captures(r#"aria-labelledby="([^"]*)""#, &page) {
            wanted.extend(list.split(' '));
        }
        for id in wanted {
            assert!(known.contains(id), "{name}: nothing has the id {id}");
        }
    }
}

#[test]
fn no_figure_is_not_a_number() {
    for (name, _, page) in all() {
        for bad in ["NaN", ">inf", "\"inf", "-0%"] {
            assert!(!page.contains(bad), "{name} shows {bad}");
        }
    }
}

#[test]
fn slices_are_not_said_to_be_events_beside_peers() {
    let slices = all().filter(|(_, _, page)| page.contains("no slices of time"));
    let pages: Vec<_> = slices.collect();
    assert!(!pages.is_empty());
    for (name, _, page) in pages {
        assert!(!page.contains("every event once"), "{name}");
    }
}

#[test]
fn every_time_says_its_zone() {
    for (name, _, page) in all() {
        for time in captures(r"(<time [^>]*>[^<]*)</time>", &page) {
            assert!(time.contains("datetime=\"2026-"), "{name}: {time}");
            assert!(time.contains("JST"), "{name}: {time}");
        }
    }
}

#[test]
fn every_link_stays_below_the_base_path() {
    let address = Regex::new(r#"(?:href|src|action|data-series)="(/[^"]*)""#).unwrap();
    for sample in samples::all() {
        let context = Context {
            base_path: "/tomoni".to_owned(),
            ..samples::context(Language::English, Theme::Dark, &sample.path)
        };
        let page = sample.page.draw(&context).into_string();
        for found in address.captures_iter(&page) {
            let path = found.get(1).unwrap().as_str();
            assert!(path.starts_with("/tomoni/"), "{}: {path}", sample.name);
        }
    }
}

#[test]
fn links_ask_for_the_language_that_the_page_was_asked_for() {
    let link = Regex::new(r#"<a [^>]*href="(/[^"]*)""#).unwrap();
    let other = Regex::new(r#"(?:action|src|data-series)="(/[^"]*)""#).unwrap();
    for sample in samples::all() {
        let context = Context {
            is_language_asked: true,
            ..samples::context(Language::Japanese, Theme::Dark, &sample.path)
        };
        let page = sample.page.draw(&context).into_string();
        let of = |regex: &Regex| {
            let found = regex.captures_iter(&page);
            found.map(|found| found[1].to_owned()).collect::<Vec<_>>()
        };
        for path in of(&link) {
            assert_eq!(
                path.matches("lang=ja").count(),
                1,
                "{}: {path}",
                sample.name
            );
        }
        for path in of(&other) {
            assert!(!path.contains("lang="), "{}: {path}", sample.name);
        }
    }
}

#[test]
fn every_slo_leads_to_the_minutes_of_its_days() {
    for sample in samples::all() {
        if !sample.name.starts_with("slo-") {
            continue;
        }
        let page = samples::draw(&sample, Language::English, Theme::Light).into_string();
        let name = sample.path.split('?').next().unwrap();
        let links = captures(r#"href="([^"]*/minutes\?day=[^"]*)""#, &page);
        assert!(links.len() >= 2, "{}", sample.name);
        assert!(
            links.iter().all(|link| link.starts_with(name)),
            "{}",
            sample.name
        );
    }
}

#[test]
fn what_people_typed_is_escaped() {
    let mut view = samples::slo(&samples::rows().into_iter().next().unwrap());
    let attack = "<img src=x onerror=alert(1)>\"'&";
    view.row.title = attack.to_owned();
    view.description = Some(attack.to_owned());
    view.explanation.queries = vec![(attack.to_owned(), attack.to_owned())];
    for span in &mut view.timeline.spans {
        span.note = attack.to_owned();
    }
    let context = samples::context(Language::English, Theme::Light, "/slos/x");
    let page = tomoni_server::ui::pages::slo::page(&view, &context).into_string();
    assert!(!page.contains("<img"));
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;"));
}

#[test]
fn every_state_is_among_the_samples() {
    let states: HashSet<_> = samples::rows().iter().map(|row| row.state).collect();
    assert_eq!(states.len(), 6, "{states:?}");
    assert_eq!(samples::rows().len(), 30);
}
