//! What has to be known beside a table: a line for each, said once for all whom it concerns.

use tomoni_app::findings::FindingRow;

use super::screen::Screen;

/// How many objectives a sentence names.
const NAMED_MAX: usize = 5;

/// Sentences, each with whom it concerns, in the order in which they were first said.
#[derive(Debug, Default)]
pub(super) struct Remarks(Vec<(String, Vec<String>)>);

impl Remarks {
    /// Says something about somebody.
    pub(super) fn add(&mut self, about: String, said: String) {
        match self.0.iter_mut().find(|(same, _)| *same == said) {
            Some((_, abouts)) if abouts.contains(&about) => {}
            Some((_, abouts)) => abouts.push(about),
            None => self.0.push((said, vec![about])),
        }
    }

    /// Says what findings say.
    pub(super) fn add_findings(&mut self, findings: &[FindingRow]) {
        for finding in findings {
            let help = finding
                .help
                .as_ref()
                .map_or(String::new(), |help| format!(" ({help})"));
            let about = finding.slo.as_deref().unwrap_or(&finding.file);
            self.add(about.to_owned(), format!("{}{help}", finding.message));
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

/// Whom a sentence concerns: some by name.
fn together(abouts: &[String]) -> String {
    match abouts.len().saturating_sub(NAMED_MAX) {
        0 | 1 => abouts.join(", "),
        others => format!("{} and {others} others", abouts[..NAMED_MAX].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::together;

    #[test]
    fn a_sentence_names_some() {
        let names: Vec<String> = (1..=9).map(|i| format!("s{i}")).collect();
        assert_eq!(together(&names[..2]), "s1, s2");
        assert_eq!(together(&names[..6]), "s1, s2, s3, s4, s5, s6");
        assert_eq!(together(&names), "s1, s2, s3, s4, s5 and 4 others");
    }
}
