//! A file's text and the places in it.

use std::sync::Arc;

use crate::finding::Place;

/// Some bytes of a file's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Extent {
    /// The first byte.
    pub(crate) start: usize,
    /// The byte after the last.
    pub(crate) end: usize,
}

impl Extent {
    pub(crate) const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// No bytes, at a place.
    pub(crate) const fn at(byte: usize) -> Self {
        Self::new(byte, byte)
    }

    pub(crate) const fn contains(self, byte: usize) -> bool {
        self.start <= byte && byte < self.end
    }
}

/// A file's text, with its lines.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    /// Which of the files that are read it is.
    pub(crate) index: usize,
    name: Arc<str>,
    text: &'a str,
    /// The bytes before the text that were taken away: a byte order mark.
    skipped: usize,
    /// Where each line starts.
    lines: Vec<usize>,
    /// How many lines of the file stand before the text.
    lines_before: usize,
}

/// A byte order mark, which editors on Windows write.
pub(crate) const BOM: &str = "\u{feff}";

impl<'a> Text<'a> {
    /// A file's text; a byte order mark is looked over.
    pub(crate) fn new(index: usize, name: Arc<str>, whole: &'a str) -> Self {
        let text = whole.strip_prefix(BOM).unwrap_or(whole);
        let mut lines = vec![0];
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        lines.extend(breaks.map(|(i, _)| i + 1));
        Self {
            index,
            name,
            text,
            skipped: whole.len() - text.len(),
            lines,
            lines_before: 0,
        }
    }

    /// The same, of a text that begins at this line of its file.
    pub(crate) fn at_line(mut self, line: usize) -> Self {
        self.lines_before = line.saturating_sub(1);
        self
    }

    /// The text, without a byte order mark.
    pub(crate) fn as_str(&self) -> &'a str {
        self.text
    }

    /// Whether a place's first byte, which counts a byte order mark, lies in an extent.
    pub(crate) fn extent_holds(&self, extent: Extent, place_start: usize) -> bool {
        extent.contains(place_start.saturating_sub(self.skipped))
    }

    /// Where some bytes are, as people count.
    pub(crate) fn place(&self, extent: Extent) -> Place {
        let start = floor(self.text, extent.start);
        let end = floor(self.text, extent.end).max(start);
        let line = self.lines.partition_point(|at| *at <= start);
        let line_start = line.checked_sub(1).and_then(|i| self.lines.get(i));
        let before = line_start.and_then(|at| self.text.get(*at..start));
        Place {
            file: Arc::clone(&self.name),
            line: line + self.lines_before,
            column: before.map_or(0, |text| text.chars().count()) + 1,
            bytes: (start + self.skipped, end - start),
        }
    }
}

/// The nearest byte at or before `at` where a character begins.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_a_byte_order_mark_counts_nothing() {
        let text = Text::new(0, "a.yaml".into(), "\u{feff}ab: é\r\n日本: x");
        let place = |start, end| {
            let place = text.place(Extent::new(start, end));
            (place.line, place.column, place.bytes)
        };
        assert_eq!(place(0, 2), (1, 1, (3, 2)));
        assert_eq!(place(4, 6), (1, 5, (7, 2)));
        assert_eq!(place(8, 14), (2, 1, (11, 6)));
        assert_eq!(place(16, 17), (2, 5, (19, 1)));
        assert_eq!(place(900, 901), (2, 6, (20, 0)));
        assert_eq!(place(5, 5), (1, 5, (7, 0)), "inside a character");
    }
}
