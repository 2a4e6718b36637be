//! Findings for people: the line, a caret under what is meant, and what to do.

use std::collections::HashMap;

use unicode_width::UnicodeWidthChar;

use super::{harmless, is_harmful};
use crate::catalog::SourceFile;
use crate::finding::{Finding, Place, Severity};

/// How wide a tab is shown.
const TAB_COLUMNS: usize = 4;
/// The narrowest page that is kept to.
const WIDTH_MIN: usize = 40;
/// At most this much of a line is looked at.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// How findings are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether in colour, as ANSI escapes.
    pub is_coloured: bool,
    /// How many columns a line may have; at least 40.
    pub width: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            is_coloured: false,
            width: 100,
        }
    }
}

/// The findings, each with its line and a caret under what is meant, apart by empty lines.
pub fn human(findings: &[Finding], files: &[SourceFile], style: Style) -> String {
    let files: HashMap<&str, &[u8]> = files
        .iter()
        .map(|f| (f.name.as_ref(), f.bytes.as_slice()))
        .collect();
    let painter = Painter {
        is_coloured: style.is_coloured,
        width: style.width.max(WIDTH_MIN),
    };
    let mut out = String::new();
    for finding in findings {
        if !out.is_empty() {
            out.push('\n');
        }
        let bytes = files.get(finding.place.file.as_ref());
        painter.finding(&mut out, finding, bytes.copied());
    }
    out
}

struct Painter {
    is_coloured: bool,
    width: usize,
}

const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const BLUE: &str = "\u{1b}[34m";
const BOLD: &str = "\u{1b}[1m";
const RESET: &str = "\u{1b}[0m";

impl Painter {
    fn paint(&self, colour: &str, text: &str) -> String {
        if self.is_coloured {
            format!("{colour}{text}{RESET}")
        } else {
            text.to_owned()
        }
    }

    fn finding(&self, out: &mut String, finding: &Finding, bytes: Option<&[u8]>) {
        let colour = match finding.severity {
            Severity::Error => RED,
            Severity::Warning => YELLOW,
        };
        let word = format!("{}[{}]", finding.severity.as_str(), finding.code);
        let message = harmless(&finding.message);
        let first = wrapped(&format!("{word}: {message}"), self.width, 2);
        for (i, line) in first.iter().enumerate() {
            let line = match line.strip_prefix(&word).filter(|_| i == 0) {
                Some(rest) => format!("{}{}", self.paint(colour, &word), self.paint(BOLD, rest)),
                None => self.paint(BOLD, line),
            };
            out.push_str(&line);
            out.push('\n');
        }
        let place = &finding.place;
        let number = match place.line {
            0 => String::new(),
            line => line.to_string(),
        };
        let gutter = " ".repeat(number.len());
        let arrow = self.paint(BLUE, "-->");
        out.push_str(&format!("{gutter}{arrow} {}", location(place)));
        if let Some(object) = &finding.object {
            out.push_str(&format!(" ({})", harmless(object)));
        }
        out.push('\n');
        let bar = self.paint(BLUE, "|");
        if let Some((line, caret)) = bytes.and_then(|b| self.excerpt(place, b, number.len())) {
            let number = self.paint(BLUE, &number);
            out.push_str(&format!("{gutter} {bar}\n{number} {bar} {line}\n"));
            out.push_str(&format!("{gutter} {bar} {}\n", self.paint(colour, &caret)));
        }
        if let Some(help) = &finding.help {
            let indent = number.len() + 3;
            let lines = wrapped(
                &format!("help: {}", harmless(help)),
                self.width.saturating_sub(indent),
                6,
            );
            for (i, line) in lines.iter().enumerate() {
                let sign = if i == 0 { "=" } else { " " };
                out.push_str(&format!("{gutter} {} {line}\n", self.paint(BLUE, sign)));
            }
        }
    }

    /// The line of a place, and a line with carets under it.
    fn excerpt(&self, place: &Place, bytes: &[u8], gutter: usize) -> Option<(String, String)> {
        if place.line == 0 {
            return None;
        }
        let (start, length) = place.bytes;
        let before = bytes.get(..start)?;
        let line_start = before
            .iter()
            .rposition(|b| *b == b'\n')
            .map_or(0, |i| i + 1);
        let rest = bytes.get(line_start..)?;
        let line_end = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        let line = rest.get(..line_end.min(LINE_BYTES_MAX))?;
        let text = String::from_utf8_lossy(line);
        let text = text.trim_end_matches('\r');
        if text.trim().is_empty() {
            return None;
        }
        let from = start - line_start;
        let cells: Vec<Cell> = text
            .char_indices()
            .filter(|(_, c)| *c != '\u{feff}')
            .map(|(at, c)| Cell::new(c, at >= from && at < from + length.max(1)))
            .collect();
        let room = self.width.saturating_sub(gutter + 3);
        Some(draw(&cells, room))
    }
}

fn location(place: &Place) -> String {
    let file = harmless(&place.file);
    match place.line {
        0 => file,
        line => format!("{file}:{line}:{}", place.column),
    }
}

/// A character as it is shown.
struct Cell {
    shown: char,
    /// A tab is as many spaces.
    repeat: usize,
    columns: usize,
    is_meant: bool,
}

impl Cell {
    fn new(c: char, is_meant: bool) -> Self {
        let (shown, repeat) = match c {
            '\t' => (' ', TAB_COLUMNS),
            c if is_harmful(c) => ('\u{fffd}', 1),
            c => (c, 1),
        };
        Self {
            shown,
            repeat,
            columns: shown.width().unwrap_or(0) * repeat,
            is_meant,
        }
    }
}

/// Draws as much of a line as there is room for, with what is meant in it.
fn draw(cells: &[Cell], room: usize) -> (String, String) {
    let first = cells.iter().position(|c| c.is_meant).unwrap_or(cells.len());
    let total: usize = cells.iter().map(|c| c.columns).sum();
    let (mut from, mut is_cut_left) = (0, false);
    if total > room {
        // What is meant should stand in the first third.
        let mut lead = 0;
        from = first;
        while from > 0 {
            let columns = cells.get(from - 1).map_or(0, |c| c.columns);
            if lead + columns > room / 3 {
                break;
            }
            lead += columns;
            from -= 1;
        }
        is_cut_left = from > 0;
    }
    let (mut line, mut carets, mut used) = (String::new(), String::new(), 0);
    if is_cut_left {
        line.push('…');
        carets.push(' ');
        used = 1;
    }
    for cell in cells.get(from..).unwrap_or_default() {
        if used + cell.columns + 1 > room {
            line.push('…');
            break;
        }
        used += cell.columns;
        line.extend(std::iter::repeat_n(cell.shown, cell.repeat));
        let mark = if cell.is_meant { "^" } else { " " };
        carets.push_str(&mark.repeat(cell.columns));
    }
    if !carets.contains('^') {
        // What is meant has no width, or stands at the line's end.
        carets.truncate(carets.trim_end().len());
        let columns: usize = cells.iter().take(first).map(|c| c.columns).sum();
        carets = " ".repeat(columns.min(used));
        carets.push('^');
    }
    (line.trim_end().to_owned(), carets.trim_end().to_owned())
}

/// A text in lines of at most so many columns; those after the first begin with some spaces.
fn wrapped(text: &str, width: usize, indent: usize) -> Vec<String> {
    let columns = |text: &str| text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let is_full = columns(&line) + 1 + columns(word) > width;
        if is_full && !line.trim().is_empty() {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        } else if !line.is_empty() && !lines.is_empty() && line.trim().is_empty() {
            // At the beginning of a line that goes on.
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}
