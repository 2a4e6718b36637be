//! Findings in every form that they can be had in.

use tomoni_spec::codes::EXAMPLE;
use tomoni_spec::report::{self, Style};
use tomoni_spec::{Catalog, SourceFile, read};

use crate::support::file;

/// Files with something wrong of every kind that matters to a form.
fn files() -> Vec<SourceFile> {
    let slo = EXAMPLE
        .replacen(
            "  indicatorRef: unlock-errors\n",
            "  indicatorRef: unlock-error\n",
            1,
        )
        .replacen("  service: unlock-api\n", "  service: 解錠\n", 1);
    let wide = "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: wide\n  解錠できる扉: 100%\n  labels: {a: x, ドアの名前: 'y', b: \"\u{202e}z\"}\n";
    let long = format!(
        "apiVersion: openslo/v1\nkind: Service\nmetadata: {{name: long, displayName: \"{}\", oops: 1, labels: {{x: y}}}}\n",
        "word ".repeat(12).trim()
    );
    let mut files = vec![
        file("specs/slo.yaml", &slo),
        file("specs/a, b: 100%.yaml", wide),
        file("C:\\specs\\long.yaml", &long),
        file("empty.yaml", ""),
    ];
    files.push(SourceFile {
        name: "bytes\u{1b}[31m.yaml".into(),
        bytes: b"a: \xff\xfe".to_vec(),
    });
    files
}

fn catalog() -> Catalog {
    read(&files())
}

fn human(style: Style) -> String {
    report::human(&catalog().findings, &files(), style)
}

/// Compares with a snapshot that holds the text alone.
macro_rules! see {
    ($text:expr) => {
        insta::with_settings!({omit_expression => true}, {
            insta::assert_snapshot!($text);
        })
    };
}

#[test]
fn for_people() {
    let text = human(Style::default());
    assert!(!text.contains('\u{1b}'), "no file can draw on the terminal");
    see!(text);
}

#[test]
fn for_people_on_a_narrow_page() {
    let text = human(Style {
        width: 50,
        ..Style::default()
    });
    let width = |line: &str| -> usize {
        let wide = |c: char| {
            if c >= '\u{1100}' && c != '…' && c != '\u{fffd}' {
                2
            } else {
                1
            }
        };
        line.chars().map(wide).sum()
    };
    for line in text.lines().filter(|l| !l.contains("-->")) {
        assert!(width(line) <= 50, "{line}");
    }
    see!(text);
}

#[test]
fn for_people_in_colour() {
    let text = human(Style {
        is_coloured: true,
        ..Style::default()
    });
    let plain = human(Style::default());
    let mut bare = text.clone();
    for colour in ["[1;31m", "[1;33m", "[34m", "[1m", "[0m"] {
        bare = bare.replace(&format!("\u{1b}{colour}"), "");
    }
    assert_eq!(bare, plain, "colour adds nothing but colour");
    see!(
        text.lines()
            .take(8)
            .collect::<Vec<_>>()
            .join("\n")
            .replace('\u{1b}', "<ESC>")
    );
}

#[test]
fn for_programs() {
    see!(serde_json::to_string_pretty(&report::json(&catalog().findings)).unwrap());
}

#[test]
fn for_code_hosts() {
    let mut sarif = report::sarif(&catalog().findings, "0.1.0");
    let rules = sarif.pointer_mut("/runs/0/tool/driver/rules").unwrap();
    let count = rules.as_array().unwrap().len();
    assert_eq!(count, tomoni_spec::codes::ALL.len());
    rules.as_array_mut().unwrap().truncate(2);
    see!(serde_json::to_string_pretty(&sarif).unwrap());
}

#[test]
fn sarif_names_each_result_s_rule() {
    let sarif = report::sarif(&catalog().findings, "0.1.0");
    let rules = sarif.pointer("/runs/0/tool/driver/rules").unwrap();
    let results = sarif.pointer("/runs/0/results").unwrap();
    for result in results.as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
}

#[test]
fn for_workflows() {
    let text = report::github(&catalog().findings);
    for line in text.lines() {
        assert!(line.starts_with("::error ") || line.starts_with("::warning "));
    }
    assert_eq!(text.lines().count(), catalog().findings.len());
    see!(text);
}

#[test]
fn findings_are_sorted_and_told_once() {
    let findings = catalog().findings;
    let places: Vec<_> = findings.iter().map(|f| f.place.clone()).collect();
    let mut sorted = places.clone();
    sorted.sort();
    assert_eq!(places, sorted);
    let twice = read(&[files(), files()].concat()).findings;
    for pair in twice.windows(2) {
        assert_ne!(pair[0], pair[1]);
    }
}
