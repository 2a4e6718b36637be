//! What text is drawn for: how wide, and with colour or not.

use std::io::IsTerminal;

use console::{Term, measure_text_width};

/// What text is drawn for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// Columns, by `COLUMNS` or the terminal; `None` where nobody says: then nothing is cut.
    pub(crate) width: Option<usize>,
    /// Whether colour may be used.
    pub(crate) colour: bool,
}

/// What a text means. Colour only underlines what the words already say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    #[default]
    Plain,
    Strong,
    Quiet,
    Good,
    Warn,
    Bad,
}

/// A text from outside that cannot move the cursor or draw colours.
pub(crate) fn harmless(text: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if is_harmful(c) { '\u{fffd}' } else { c })
        .collect()
}

impl Screen {
    /// Standard output as it is: colour only on a terminal, and not where `NO_COLOR` is set.
    pub(crate) fn stdout() -> Self {
        Self::of(std::io::stdout().is_terminal(), &Term::stdout())
    }

    /// Standard error likewise.
    pub(crate) fn stderr() -> Self {
        Self::of(std::io::stderr().is_terminal(), &Term::stderr())
    }

    fn of(is_terminal: bool, term: &Term) -> Self {
        let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let size = term.size_checked();
        let size = size.filter(|_| is_terminal);
        Self {
            width: asked_for().or_else(|| size.map(|(_, columns)| columns.into())),
            colour: is_terminal && !no_colour && !is_dumb,
        }
    }

    /// The text in its tone.
    pub(crate) fn tint(self, text: &str, tone: Tone) -> String {
        let code = match tone {
            Tone::Plain => return text.to_owned(),
            _ if !self.colour || text.is_empty() => return text.to_owned(),
            Tone::Strong => "1",
            Tone::Quiet => "2",
            Tone::Good => "32",
            Tone::Warn => "33",
            Tone::Bad => "1;31",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    /// The words over as many lines as needed, the later ones indented.
    pub(crate) fn wrap(self, text: &str, indent: usize) -> String {
        let text = harmless(text);
        let Some(width) = self.width else {
            return format!("{text}\n");
        };
        let words = text.trim_start_matches(' ');
        let (mut out, mut line) = (String::new(), " ".repeat(text.len() - words.len()));
        for (i, word) in words.split(' ').enumerate() {
            let is_full = measure_text_width(&line) + 1 + measure_text_width(word) > width;
            if is_full && !line.trim().is_empty() {
                out.push_str(line.trim_end());
                out.push('\n');
                line = " ".repeat(indent);
            } else if i > 0 {
                line.push(' ');
            }
            line.push_str(word);
        }
        out.push_str(line.trim_end());
        out.push('\n');
        out
    }
}

/// The width that somebody asks for, who knows better than the terminal or has none.
fn asked_for() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok()?;
    columns.parse().ok().filter(|columns| *columns > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Screen = Screen {
        width: Some(20),
        colour: false,
    };

    #[test]
    fn words_are_wrapped_with_an_indent() {
        assert_eq!(
            PLAIN.wrap("one two three four five six", 2),
            "one two three four\n  five six\n"
        );
        assert_eq!(PLAIN.wrap("  two spaces", 4), "  two spaces\n");
        assert_eq!(
            PLAIN.wrap("a-word-longer-than-the-line b", 2),
            "a-word-longer-than-the-line\n  b\n"
        );
        // A character of double width takes two columns.
        assert_eq!(
            PLAIN.wrap("解錠できるかどうか 解錠", 2),
            "解錠できるかどうか\n  解錠\n"
        );
    }

    #[test]
    fn colour_is_only_where_it_may_be() {
        assert_eq!(PLAIN.tint("x", Tone::Bad), "x");
        let colour = Screen {
            colour: true,
            ..PLAIN
        };
        assert_eq!(colour.tint("x", Tone::Bad), "\x1b[1;31mx\x1b[0m");
        assert_eq!(colour.tint("", Tone::Bad), "");
        assert_eq!(colour.tint("x", Tone::Plain), "x");
    }
}
