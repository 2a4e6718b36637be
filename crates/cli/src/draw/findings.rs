//! Findings with their lines and carets.

use tomoni_spec::report::{self, Style};
use tomoni_spec::{Finding, Severity, SourceFile};

use super::Screen;
use super::screen::Tone;
use super::table::{Cell, Column, Table};

/// The findings, as wide and coloured as the screen takes them.
pub(crate) fn findings(findings: &[Finding], files: &[SourceFile], screen: Screen) -> String {
    let mut style = Style {
        is_coloured: screen.colour,
        ..Style::default()
    };
    if let Some(width) = screen.width {
        style.width = width;
    }
    report::human(findings, files, style)
}

/// How many findings there are of each code.
pub(crate) fn codes(findings: &[Finding], screen: Screen) -> String {
    let mut table = Table::new(&[
        Column::right("FINDINGS"),
        Column::left(""),
        Column::left("CODE"),
    ]);
    for (severity, code, count) in report::by_code(findings) {
        let tone = match severity {
            Severity::Error => Tone::Bad,
            Severity::Warning => Tone::Warn,
        };
        table.row([
            Cell::plain(count.to_string()),
            Cell::new(severity.as_str(), tone),
            Cell::plain(code),
        ]);
    }
    table.text(screen, 0)
}
