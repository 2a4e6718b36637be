//! Plain tables: no frames, two spaces between columns, as wide as the terminal at most.
//!
//! Where a table is too wide, columns that are needed least are left out; then those that may be cut
//! are cut, and more are left out; at last lines end where the screen does. They are never folded: a
//! folded row is not read at a glance.

use console::{measure_text_width, truncate_str};

use super::screen::{Screen, Tone, harmless};

const GAP: &str = "  ";
/// Below this a column is not cut.
const CUT_MIN: usize = 12;
/// A column up to this rank is rather kept than names are left whole.
const KEPT_RANK: u8 = 9;

/// Where a cell's text stands in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A column's head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    title: &'static str,
    align: Align,
    /// The higher, the sooner it is left out; 0 never is.
    rank: u8,
    may_be_cut: bool,
    is_left_out_empty: bool,
}

/// A cell's text and what it means.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Column {
    /// A column of words.
    pub(crate) const fn left(title: &'static str) -> Self {
        Self {
            title,
            align: Align::Left,
            rank: 0,
            may_be_cut: false,
            is_left_out_empty: false,
        }
    }

    /// A column of numbers.
    pub(crate) const fn right(title: &'static str) -> Self {
        Self {
            align: Align::Right,
            ..Self::left(title)
        }
    }

    /// The same, left out where there is no room: the higher the rank, the sooner.
    pub(crate) const fn rank(self, rank: u8) -> Self {
        Self {
            rank: KEPT_RANK + rank,
            ..self
        }
    }

    /// The same, left out where cutting names does not make room enough: the higher the rank, the
    /// sooner.
    pub(crate) const fn kept(self, rank: u8) -> Self {
        assert!(rank <= KEPT_RANK);
        Self { rank, ..self }
    }

    /// The same, left out where no row has anything in it.
    pub(crate) const fn filled(self) -> Self {
        Self {
            is_left_out_empty: true,
            ..self
        }
    }

    /// The same, cut where there is no room.
    pub(crate) const fn cut(self) -> Self {
        Self {
            may_be_cut: true,
            ..self
        }
    }
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: harmless(&text.into()),
            tone,
        }
    }

    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Tone::Plain)
    }
}

impl Table {
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Adds a row: one cell for each column.
    pub(crate) fn row(&mut self, cells: impl Into<Vec<Cell>>) {
        let cells = cells.into();
        debug_assert_eq!(cells.len(), self.columns.len(), "one cell for each column");
        self.rows.push(cells);
    }

    /// The table as text, each line indented, without blanks at the ends of lines.
    pub(crate) fn text(&self, screen: Screen, indent: usize) -> String {
        let room = screen.width.map(|width| width.saturating_sub(indent));
        let widths = self.fit(room);
        let head: Vec<Cell> = self
            .columns
            .iter()
            .map(|column| Cell::new(column.title, Tone::Quiet))
            .collect();
        let has_head = self.columns.iter().any(|column| !column.title.is_empty());
        let mut text = String::new();
        for row in has_head.then_some(&head).into_iter().chain(&self.rows) {
            let line = self.line(row, &widths, screen);
            let line = room.map_or_else(|| line.clone(), |room| ending_at(&line, room));
            text.push_str(&" ".repeat(indent));
            text.push_str(&line);
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        text
    }

    /// Each column's width; `None` where it is left out.
    fn fit(&self, room: Option<usize>) -> Vec<Option<usize>> {
        let natural = self.columns.iter().enumerate().map(|(i, column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(i));
            let widest = cells.map(|cell| measure_text_width(&cell.text)).max();
            let widest = widest.unwrap_or(0);
            let is_shown = widest > 0 || !column.is_left_out_empty;
            is_shown.then(|| widest.max(measure_text_width(column.title)))
        });
        let mut widths: Vec<Option<usize>> = natural.collect();
        let Some(room) = room else {
            return widths;
        };
        loop {
            let over = total(&widths).saturating_sub(room);
            if over == 0 || self.cut(&mut widths, over) {
                return widths;
            }
            if !self.leave_out(&mut widths) {
                self.cut_all(&mut widths);
                return widths;
            }
        }
    }

    /// Makes the columns that may be cut narrower, if that is enough. One that would be left out
    /// next is rather left out than cut to nothing.
    fn cut(&self, widths: &mut [Option<usize>], mut over: usize) -> bool {
        let spare = |width: usize| width.saturating_sub(CUT_MIN);
        let columns = self.columns.iter().zip(widths.iter());
        let all: usize = columns
            .filter(|(column, _)| column.may_be_cut)
            .filter_map(|(_, width)| width.map(spare))
            .sum();
        let can_leave_out = self
            .columns
            .iter()
            .zip(widths.iter())
            .any(|(column, width)| {
                column.rank > KEPT_RANK && !column.may_be_cut && width.is_some()
            });
        if all < over || (can_leave_out && over > all / 2) {
            return false;
        }
        for (column, width) in self.columns.iter().zip(widths).rev() {
            if let (true, Some(width)) = (column.may_be_cut, width) {
                let cut = spare(*width).min(over);
                *width -= cut;
                over -= cut;
            }
        }
        true
    }

    /// Makes the columns that may be cut as narrow as they may be.
    fn cut_all(&self, widths: &mut [Option<usize>]) {
        let columns = self.columns.iter().zip(widths);
        for (_, width) in columns.filter(|(column, _)| column.may_be_cut) {
            *width = width.map(|width| width.min(CUT_MIN));
        }
    }

    /// Leaves out the column that is needed least.
    fn leave_out(&self, widths: &mut [Option<usize>]) -> bool {
        let left = self.columns.iter().zip(widths).filter(|(_, w)| w.is_some());
        let least = left
            .filter(|(column, _)| column.rank > 0)
            .max_by_key(|(column, _)| column.rank);
        match least {
            Some((_, width)) => {
                *width = None;
                true
            }
            None => false,
        }
    }

    fn line(&self, row: &[Cell], widths: &[Option<usize>], screen: Screen) -> String {
        let cells = self.columns.iter().zip(widths).zip(row);
        let shown = cells.filter_map(|((column, width), cell)| {
            let width = (*width)?;
            let text = truncate_str(&cell.text, width, "…");
            let blanks = " ".repeat(width - measure_text_width(&text).min(width));
            let tinted = screen.tint(&text, cell.tone);
            Some(match column.align {
                Align::Left => format!("{tinted}{blanks}"),
                Align::Right => format!("{blanks}{tinted}"),
            })
        });
        let shown: Vec<String> = shown.collect();
        shown.join(GAP)
    }
}

/// A line that is no longer than the room there is; it keeps what its colours need.
fn ending_at(line: &str, room: usize) -> String {
    if measure_text_width(line.trim_end_matches(' ')) <= room {
        return line.to_owned();
    }
    truncate_str(line, room, "…").into_owned()
}

fn total(widths: &[Option<usize>]) -> usize {
    let shown: Vec<usize> = widths.iter().flatten().copied().collect();
    shown.iter().sum::<usize>() + GAP.len() * shown.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&[
            Column::left("NAME").cut(),
            Column::right("BAD"),
            Column::left("TEAM").rank(1),
        ]);
        table.row([
            Cell::plain("解錠できる"),
            Cell::plain("12"),
            Cell::plain("home"),
        ]);
        table.row([
            Cell::plain("a-name-that-is-long"),
            Cell::new("3 456", Tone::Bad),
            Cell::default(),
        ]);
        table
    }

    fn drawn(width: Option<usize>) -> String {
        let screen = Screen {
            width,
            colour: false,
        };
        table().text(screen, 0)
    }

    #[test]
    fn columns_line_up_also_under_double_width() {
        let text = "\
NAME                   BAD  TEAM
解錠できる              12  home
a-name-that-is-long  3 456
";
        assert_eq!(drawn(None), text);
        assert_eq!(drawn(Some(80)), text);
    }

    #[test]
    fn what_is_needed_least_is_left_out_and_then_names_are_cut() {
        assert_eq!(
            drawn(Some(27)),
            "NAME                   BAD\n解錠できる              12\na-name-that-is-long  3 456\n"
        );
        assert_eq!(
            drawn(Some(22)),
            "NAME               BAD\n解錠できる          12\na-name-that-is…  3 456\n"
        );
    }

    #[test]
    fn nothing_is_wider_than_the_screen() {
        for width in 1..60 {
            for line in drawn(Some(width)).lines() {
                assert!(measure_text_width(line) <= width, "{width}: {line}");
            }
        }
        assert_eq!(
            drawn(Some(15)),
            "NAME          …\n解錠できる    …\na-name-that…  …\n"
        );
    }

    #[test]
    fn what_is_kept_goes_when_cutting_names_is_not_enough() {
        let mut table = Table::new(&[
            Column::left("NAME").cut(),
            Column::right("BAD").kept(1),
            Column::left("TEAM"),
        ]);
        table.row([
            Cell::plain("a-name-that-is-long"),
            Cell::plain("3 456"),
            Cell::plain("home"),
        ]);
        let drawn = |width| {
            let screen = Screen {
                width: Some(width),
                colour: false,
            };
            table.text(screen, 0)
        };
        assert!(drawn(25).ends_with("a-name-that…  3 456  home\n"));
        assert!(drawn(24).ends_with("a-name-that-is-lo…  home\n"));
    }
}
