//! A file's text, cut into its documents.
//!
//! A line that begins with `---` or `...` ends a document, whatever it stands in: YAML allows it
//! nowhere else. So a mistake in one document never moves the edges of the others.

use std::sync::Arc;

use super::Document;
use crate::catalog::SourceFile;
use crate::finding::Finding;
use crate::formats::{self, Format};
use crate::identity::Identity;
use crate::read::read;
use crate::source::BOM;
use crate::yaml::json;
use crate::yaml::{self, Limits, Node, Value};
use crate::{pyrra, sloth};

/// A file, cut into its documents.
#[derive(Clone, Debug, Default)]
pub struct Split {
    /// Its documents, in order; those that cannot be told as well, for what is wrong with them.
    pub documents: Vec<Document>,
    /// What is wrong with a file that cannot be cut: too large, or not UTF-8.
    pub findings: Vec<Finding>,
    /// Whether all that it defines is known. Where not, what it defined before may hide in the part
    /// that cannot be told, and must not be taken for deleted.
    pub is_whole: bool,
}

/// Cuts a file into its documents.
///
/// ```
/// use tomoni_spec::{SourceFile, split};
///
/// let text = "# Ours.\napiVersion: openslo/v1\nkind: Service\nmetadata: {name: unlock-api}\n---\nkind: {\n";
/// let file = SourceFile { name: "a.yaml".into(), bytes: text.as_bytes().to_vec() };
/// let split = split(&file);
///
/// let first = &split.documents[0];
/// assert_eq!(first.identity.as_ref().unwrap().to_string(), "Service unlock-api");
/// assert!(first.text.starts_with("# Ours."));
/// assert_eq!(split.documents[1].line, 6);
/// assert!(!split.is_whole);
/// ```
pub fn split(file: &SourceFile) -> Split {
    let text = std::str::from_utf8(&file.bytes).ok();
    let is_small = file.bytes.len() <= Limits::DEFAULT.file_bytes_max;
    let Some(text) = text.filter(|_| is_small) else {
        return Split {
            findings: read(std::slice::from_ref(file)).findings,
            ..Split::default()
        };
    };
    let mut split = Split {
        is_whole: true,
        ..Split::default()
    };
    for (line, text) in pieces(text.strip_prefix(BOM).unwrap_or(text)) {
        piece(&mut split, &file.name, line, text);
    }
    if split.documents.is_empty() {
        // A file without a document: that it is empty is told when this is read.
        split.documents.push(Document {
            identity: None,
            file: Arc::clone(&file.name),
            line: 1,
            text: String::new(),
        });
    }
    split
}

/// The texts between the marks, each with its line. Comments that stand alone before a mark belong
/// to what follows them.
fn pieces(text: &str) -> Vec<(usize, String)> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut start = 1;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let is_mark = is_mark(line, "---");
        if is_mark || is_mark_of_end(line) {
            if has_content(&piece) {
                pieces.push((start, std::mem::take(&mut piece)));
                start = index + 1;
            } else {
                piece = without_directives(&piece);
            }
            // What stands behind the mark on its line belongs to the next document.
            let rest = if is_mark { line.get(3..) } else { None };
            piece.push_str("   ");
            piece.push_str(rest.unwrap_or("\n"));
        } else {
            piece.push_str(line);
        }
    }
    if has_content(&piece) {
        pieces.push((start, piece));
    }
    pieces.into_iter().map(trimmed).collect()
}

fn is_mark(line: &str, mark: &str) -> bool {
    let rest = line.strip_prefix(mark);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

fn is_mark_of_end(line: &str) -> bool {
    is_mark(line, "...")
}

fn has_content(piece: &str) -> bool {
    let mut lines = piece.lines().map(str::trim_start);
    lines.any(|line| !line.is_empty() && !line.starts_with('#') && !line.starts_with('%'))
}

/// Directives belong to the text as a stream of documents, not to one document.
fn without_directives(piece: &str) -> String {
    let kept = |line: &str| match line.starts_with('%') {
        true => "\n".to_owned(),
        false => line.to_owned(),
    };
    piece.split_inclusive('\n').map(kept).collect()
}

/// A text without empty lines at its beginning.
fn trimmed((mut line, mut text): (usize, String)) -> (usize, String) {
    while let Some((first, _)) = text.split_once('\n')
        && first.trim().is_empty()
    {
        text.drain(..=first.len());
        line += 1;
    }
    (line, text)
}

/// Puts the documents of a piece: one, or those of a list.
fn piece(split: &mut Split, file: &Arc<str>, line: usize, text: String) {
    let mut put = |identity, line, text| {
        let file = Arc::clone(file);
        split.documents.push(Document {
            identity,
            file,
            line,
            text,
        });
    };
    if yaml::control_character(&text).is_some() {
        put(None, line, text);
        split.is_whole = false;
        return;
    }
    let mut parsed = yaml::documents(&text, &Limits::DEFAULT);
    let root = parsed.pop().filter(|_| parsed.is_empty());
    let Some(root) = root.and_then(|parsed| parsed.root) else {
        put(None, line, text);
        split.is_whole = false;
        return;
    };
    if let Value::List(items) = &root.value
        && items.iter().any(|item| matches!(item.value, Value::Map(_)))
    {
        let mut told = true;
        for (index, item) in items.iter().enumerate() {
            let (identity, is_told) = identity(item);
            told &= is_told;
            let (line_within, text) = item_text(&text, items, index);
            put(identity, line + line_within, text);
        }
        split.is_whole &= told;
        return;
    }
    let (identity, is_told) = identity(&root);
    let text = without_trailing(&text, &root);
    put(identity, line, text);
    split.is_whole &= is_told;
}

/// What a document defines, and whether that can be told.
pub(crate) fn identity(root: &Node<'_>) -> (Option<Identity>, bool) {
    if !matches!(root.value, Value::Map(_)) {
        return (None, false);
    }
    match formats::of(root) {
        Format::OpenSlo | Format::OpenSloAlpha => {
            let kind = root.text_at(&["kind"]).unwrap_or_default();
            let name = root.text_at(&["metadata", "name"]);
            named(kind, name.map(ToOwned::to_owned))
        }
        Format::Sloth => named(sloth::SERVICE_LEVEL, sloth::name_of(root)),
        Format::AlertWindows => named(sloth::ALERT_WINDOWS, sloth::windows_name(root)),
        Format::Pyrra => named(pyrra::KIND, pyrra::name_of(root)),
        Format::Misspelt(_) => (None, false),
        Format::NotYet(_) | Format::Other => (None, true),
    }
}

fn named(kind: &str, name: Option<String>) -> (Option<Identity>, bool) {
    let identity = name.and_then(|name| Identity::new(kind, &name));
    let is_told = identity.is_some();
    (identity, is_told)
}

/// The text without empty lines at its end, unless they mean something.
fn without_trailing(text: &str, root: &Node<'_>) -> String {
    let short = format!("{}\n", text.trim_end());
    if says(&short, root) {
        short
    } else {
        text.to_owned()
    }
}

/// Whether a text says the same as a node.
fn says(text: &str, node: &Node<'_>) -> bool {
    match yaml::documents(text, &Limits::DEFAULT).as_slice() {
        [one] => one
            .root
            .as_ref()
            .is_some_and(|root| json::of(root) == json::of(node)),
        _ => false,
    }
}

/// The text of a list's item as a document of its own, and the line it begins at, from 0.
///
/// Spaces take the place of what stands before it on its line, so that columns stay true. Where its
/// text alone would say something else (an alias whose anchor is in another item), what it says is
/// written out.
fn item_text(text: &str, items: &[Node<'_>], index: usize) -> (usize, String) {
    let Some(item) = items.get(index) else {
        return (0, String::new());
    };
    let start = item.extent.start;
    let before = text.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.matches('\n').count();
    let margin = before.get(line_start..).unwrap_or_default().chars().count();
    let up_to_next = items.get(index + 1).map_or(text.len(), |next| {
        let before = text.get(..next.extent.start).unwrap_or_default();
        before.rfind('\n').map_or(0, |at| at + 1)
    });
    for end in [up_to_next, item.extent.end] {
        if let Some(own) = text.get(start..end) {
            let alone = format!("{}{}\n", " ".repeat(margin), own.trim_end());
            if says(&alone, item) {
                return (line, alone);
            }
        }
    }
    (line, format!("{:#}\n", json::of(item)))
}
