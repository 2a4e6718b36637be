//! What has to be known beside a table: a line for each, said once for all whom it concerns.

use tomoni_app::findings::FindingRow;
use tomoni_app::status::SloRow;

use super::screen::Screen;

/// How many objectives a sentence names.
const NAMED_MAX: usize = 5;

/// Whom a sentence concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct About {
    name: String,
    /// The SLO, where it is one of its groups.
    group_of: Option<String>,
}

/// Sentences, each with whom it concerns, in the order in which they were first said.
#[derive(Debug, Default)]
pub(super) struct Remarks(Vec<(String, Vec<About>)>);

impl About {
    /// A row, under the name that tells it from others.
    pub(super) fn row(row: &SloRow, has_several: bool) -> Self {
        Self {
            name: row.label(has_several),
            group_of: row.group.as_ref().map(|group| group.of.clone()),
        }
    }

    /// Something that is no group.
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            group_of: None,
        }
    }
}

impl Remarks {
    /// Says something about somebody.
    pub(super) fn add(&mut self, about: About, said: String) {
        match self.0.iter_mut().find(|(same, _)| *same == said) {
            Some((_, abouts)) if abouts.contains(&about) => {}
            Some((_, abouts)) => abouts.push(about),
            None => self.0.push((said, vec![about])),
        }
    }

    /// Says what findings say, of these rows and of whatever else.
    pub(super) fn add_findings<'a>(
        &mut self,
        findings: &[FindingRow],
        rows: impl Iterator<Item = &'a SloRow> + Clone,
    ) {
        for finding in findings {
            let help = finding
                .help
                .as_ref()
                .map_or(String::new(), |help| format!(" ({help})"));
            let name = finding.slo.as_deref().unwrap_or(&finding.file);
            let group = rows
                .clone()
                .find(|row| row.group.is_some() && row.slo == name);
            let about = group.map_or_else(|| About::named(name), |row| About::row(row, false));
            self.add(about, format!("{}{help}", finding.message));
        }
    }

    /// All of them, each on a line of its own.
    pub(super) fn text(&self, screen: Screen) -> String {
        let lines = self
            .0
            .iter()
            .map(|(said, abouts)| format!("{}: {said}", together(abouts)));
        lines.map(|line| screen.wrap(&line, 2)).collect()
    }
}

/// Whom a sentence concerns: some by name, several groups of one SLO by their number.
fn together(abouts: &[About]) -> String {
    let mut names: Vec<String> = Vec::new();
    for (i, about) in abouts.iter().enumerate() {
        let groups_of = |slo: &str| {
            let is_one = |other: &&About| other.group_of.as_deref() == Some(slo);
            abouts.iter().filter(is_one).count()
        };
        match &about.group_of {
            None => names.push(match groups_of(&about.name) {
                0 | 1 => about.name.clone(),
                groups => format!("{} and {groups} of its groups", about.name),
            }),
            Some(of) if groups_of(of) < 2 => names.push(about.name.clone()),
            Some(of) => {
                let is_said = abouts[..i].iter().any(|b| b.group_of == about.group_of)
                    || abouts.contains(&About::named(of));
                if !is_said {
                    names.push(format!("{} groups of {of}", groups_of(of)));
                }
            }
        }
    }
    match names.len().saturating_sub(NAMED_MAX) {
        0 | 1 => names.join(", "),
        others => format!("{} and {others} others", names[..NAMED_MAX].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_names_some() {
        let names: Vec<About> = (1..=9).map(|i| About::named(&format!("s{i}"))).collect();
        assert_eq!(together(&names[..2]), "s1, s2");
        assert_eq!(together(&names[..6]), "s1, s2, s3, s4, s5, s6");
        assert_eq!(together(&names), "s1, s2, s3, s4, s5 and 4 others");
    }

    #[test]
    fn groups_are_counted_where_they_are_several() {
        let whole = |name| About::named(name);
        let group = |of: &str, label: &str| About {
            name: format!("{of} {label}"),
            group_of: Some(of.to_owned()),
        };
        assert_eq!(together(&[group("a", "h=/x")]), "a h=/x");
        assert_eq!(
            together(&[whole("a"), group("a", "h=/x"), whole("b")]),
            "a, a h=/x, b"
        );
        let several = [whole("a"), group("a", "h=/x"), group("a", "h=/y")];
        assert_eq!(together(&several), "a and 2 of its groups");
        assert_eq!(together(&several[1..]), "2 groups of a");
    }
}
