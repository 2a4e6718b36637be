//! Findings with their lines and carets.

use tomoni_spec::report::{self, Style};
use tomoni_spec::{Finding, SourceFile};

use super::Screen;

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
