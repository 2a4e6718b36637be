//! The pages that explain the codes: docs/findings.md and, for each group, one below it.

use super::{ALL, Code, Example};

/// What the first page says.
const OPENING: &str = "\
# What findings mean

`tomoni validate` tells everything that is wrong or unwise, each with a code. An *error* keeps the
document, or the part it touches, from being used. A *warning* does not, but somebody should look.
Those under `rules/` are told by `tomoni rules` only, those under `convert/` by `tomoni convert` only, and
those under `documents/` by a server only, of documents that are in force; how many groups there are can
only be told by who asks for them.
These pages are made of the program's own table; a test compares them, and tries every example.

The examples are changes to documents without a finding, [of OpenSLO](../crates/spec/src/codes/example.yaml),
[of Sloth](../crates/spec/src/codes/example-sloth.yaml) ([with windows](../crates/spec/src/codes/example-windows.yaml)) and
[of Pyrra](../crates/spec/src/codes/example-pyrra.yaml): a line with `-` is wrong, one with `+` is right.

| code | severity | what it says |
|---|---|---|
";

/// The pages, in Markdown: each with its path in the repository.
pub fn pages() -> Vec<(String, String)> {
    let mut index = String::from(OPENING);
    let mut pages: Vec<(String, String)> = Vec::new();
    for code in ALL {
        let (group, name) = code.id.split_once('/').unwrap_or((code.id, ""));
        index.push_str(&format!(
            "| [`{}`](findings/{group}.md#{group}{name}) | {} | {} |\n",
            code.id,
            code.severity.as_str(),
            code.title
        ));
        let path = format!("docs/findings/{group}.md");
        if pages.last().is_none_or(|(last, _)| *last != path) {
            let opening = format!(
                "# Findings: {}\n\nAll codes stand [on one page](../findings.md).\n",
                heading(group)
            );
            pages.push((path, opening));
        }
        if let Some((_, page)) = pages.last_mut() {
            chapter(page, code);
        }
    }
    pages.push(("docs/findings.md".to_owned(), index));
    pages
}

fn heading(group: &str) -> &str {
    match group {
        "file" => "files",
        "yaml" => "YAML",
        "formats" => "formats",
        "openslo" => "OpenSLO",
        "sloth" => "Sloth",
        "pyrra" => "Pyrra",
        "tomoni" => "what stands under tomoni.dev/",
        "promql" => "queries",
        "rules" => "rules",
        "convert" => "converting",
        "groups" => "groups",
        "documents" => "documents in force",
        other => other,
    }
}

fn chapter(page: &mut String, code: &Code) {
    let severity = code.severity.as_str();
    page.push_str(&format!(
        "\n## `{}`\n\n{} ({severity}).\n",
        code.id, code.title
    ));
    if !code.why.is_empty() {
        page.push_str(&format!("{}\n", code.why));
    }
    match code.example {
        Example::Change { right, wrong }
        | Example::ChangeOf { right, wrong, .. }
        | Example::Whole { right, wrong } => {
            page.push_str("\n```diff\n");
            page.push_str(&difference(wrong, right));
            page.push_str("```\n");
        }
        Example::Told => {}
    }
}

/// The lines of both, those that they have in common at their beginning and end once.
fn difference(wrong: &str, right: &str) -> String {
    let (wrong, right): (Vec<&str>, Vec<&str>) = (wrong.lines().collect(), right.lines().collect());
    let same =
        |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(a, b)| a == b).count();
    let most = wrong.len().min(right.len());
    let head = same(&mut wrong.iter().zip(&right));
    let tail = same(&mut wrong.iter().rev().zip(right.iter().rev())).min(most - head);
    let mut text = String::new();
    let mut put = |sign: char, lines: Option<&[&str]>| {
        for line in lines.unwrap_or_default() {
            text.push_str(format!("{sign} {line}").trim_end());
            text.push('\n');
        }
    };
    put(' ', wrong.get(..head));
    put('-', wrong.get(head..wrong.len() - tail));
    put('+', right.get(head..right.len() - tail));
    put(' ', wrong.get(wrong.len() - tail..));
    text
}
