//! Documents on a server, and what changes about them.

use std::fmt::Write as _;

use serde_json::Value;

use super::screen::{Screen, Tone};
use super::table::{Cell, Column, Table};
use crate::client::documents::{Applied, Change, Documents};

/// The documents that a server holds.
pub(crate) fn documents(documents: &Documents, screen: Screen) -> String {
    let mut table = Table::new(&[
        Column::left("KIND"),
        Column::left("NAME").cut(),
        Column::right("VERSION"),
        Column::left("SINCE").rank(1),
        Column::left("FROM").cut(),
    ]);
    for document in &documents.documents {
        table.row([
            Cell::plain(&document.kind),
            Cell::new(&document.name, Tone::Strong),
            Cell::plain(document.version.to_string()),
            Cell::new(&document.recorded, Tone::Quiet),
            Cell::new(&document.origin, Tone::Quiet),
        ]);
    }
    table.text(screen, 0)
}

/// What was changed, or would be: documents with their fields, then what it means.
pub(crate) fn changes(applied: &Applied, screen: Screen) -> String {
    let mut out = String::new();
    let changed: Vec<&Change> = applied.changes.iter().filter(|c| !c.is_nothing()).collect();
    for change in &changed {
        let version = match change.version {
            0 => String::new(),
            version => format!(" (version {version})"),
        };
        let head = format!("{} {} {}{version}", change.change, change.kind, change.name);
        out.push_str(&screen.tint(&screen.wrap(&head, 2), Tone::Strong));
        if let Some(file) = &change.managed_by {
            let line = format!("    refused: the file {file} manages it; change it there");
            out.push_str(&screen.wrap(&line, 6));
        }
        // Of what comes or goes as a whole there is nothing to compare.
        for field in change.fields.iter().filter(|field| !field.path.is_empty()) {
            let (old, new) = (value(&field.old), value(&field.new));
            let line = format!("    {}: {old} → {new}", field.path);
            out.push_str(&screen.wrap(&line, 6));
        }
    }
    if !applied.consequences.is_empty() {
        out.push('\n');
    }
    for consequence in &applied.consequences {
        let objective = consequence
            .objective
            .map_or_else(String::new, |n| format!(" ({n})"));
        let line = format!("{}{objective}: {}", consequence.slo, consequence.message);
        out.push_str(&screen.wrap(&line, 2));
    }
    for warning in &applied.warnings {
        out.push_str(&screen.wrap(&format!("warning: {warning}"), 2));
    }
    let unchanged = applied.changes.len() - changed.len();
    let is_refused = changed.iter().any(|change| change.managed_by.is_some());
    let done = match (changed.len(), applied.is_applied) {
        (0, _) => "nothing changes",
        (_, true) => "applied",
        (_, false) if is_refused => "apply would refuse this, all of it",
        (_, false) => "not applied: this is what would change",
    };
    let same = if unchanged == 0 {
        String::new()
    } else {
        format!(" ({unchanged} unchanged)")
    };
    let _ = writeln!(out, "{done}{same}");
    out
}

/// A value as JSON writes it; what is not there is a dash.
fn value(value: &Value) -> String {
    if value.is_null() {
        "–".to_owned()
    } else {
        value.to_string()
    }
}
