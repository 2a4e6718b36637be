//! From the parser's events to trees.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, StrInput, Tag};

use super::node::{Entry, Node, Scalar, Style, Value};
use super::{Limits, Parsed, Problem, syntax};
use crate::codes;
use crate::source::Extent;

/// This many keys of a mapping that stand there a second time are told.
const REPEATED_MAX: usize = 1_000;
/// After mistakes a file's text is read on, but all in all at most so many times.
const READINGS_MAX: usize = 8;

/// Reads the documents of a text. It has no control characters; see [`syntax::control_character`].
pub(crate) fn documents<'a>(text: &'a str, limits: &Limits) -> Vec<Parsed<'a>> {
    let mut parsed = Vec::new();
    let mut base = 0;
    let mut values = 0;
    let mut left = text.len() * READINGS_MAX;
    while let Some(rest) = text.get(base..) {
        let mut reader = Reader::new(rest, base, limits, values);
        let end = reader.run(&mut parsed);
        values = reader.values;
        let Some(problem) = end else {
            break;
        };
        let start = reader.document_start;
        let is_full = problem.code.id == codes::YAML_TOO_LARGE.id;
        let seen = problem.extent.end.saturating_sub(start);
        parsed.push(Parsed {
            root: None,
            problems: vec![problem],
        });
        if is_full || parsed.len() > limits.findings_max {
            break;
        }
        let Some(rest) = left.checked_sub(seen) else {
            break;
        };
        left = rest;
        match next_document(text, start) {
            Some(next) => base = next,
            None => break,
        }
    }
    parsed
}

/// The next document that says so; a block scalar cannot hold `---` at a line's start.
fn next_document(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    rest.find("\n---").map(|at| start + at + 1)
}

/// A list or mapping whose end has not come yet.
enum Open<'a> {
    List {
        start: usize,
        anchor: usize,
        items: Vec<Node<'a>>,
    },
    Map {
        start: usize,
        anchor: usize,
        entries: Vec<Entry<'a>>,
        /// A key that waits for its value.
        key: Option<Key<'a>>,
    },
}

/// A key: its text, or `None` where it is no text.
type Key<'a> = (Option<Cow<'a, str>>, Extent);

struct Reader<'a, 'l> {
    parser: Parser<'a, StrInput<'a>>,
    bytes: Bytes<'a>,
    limits: &'l Limits,
    /// Where the text begins in the file.
    base: usize,
    document_start: usize,
    open: Vec<Open<'a>>,
    root: Option<Node<'a>>,
    problems: Vec<Problem>,
    /// What anchors name, with how many values it holds.
    anchors: HashMap<usize, (Node<'a>, usize)>,
    /// Values read so far, in the whole file.
    values: usize,
}

impl<'a, 'l> Reader<'a, 'l> {
    fn new(text: &'a str, base: usize, limits: &'l Limits, values: usize) -> Self {
        Self {
            parser: Parser::new_from_str(text),
            bytes: Bytes::new(text),
            limits,
            base,
            document_start: base,
            open: Vec::new(),
            root: None,
            problems: Vec::new(),
            anchors: HashMap::new(),
            values,
        }
    }

    /// Reads until the end, or to the first mistake.
    fn run(&mut self, parsed: &mut Vec<Parsed<'a>>) -> Option<Problem> {
        loop {
            let (event, span) = match self.parser.next_event()? {
                Ok(event) => event,
                Err(error) => {
                    let at = self.bytes.of(error.marker().index()) + self.base;
                    return Some(syntax::explain(
                        error.info(),
                        at,
                        self.bytes.text,
                        self.base,
                    ));
                }
            };
            let extent = Extent::new(
                self.bytes.of(span.start.index()) + self.base,
                self.bytes.of(span.end.index()) + self.base,
            );
            match event {
                Event::DocumentStart(_) => self.document_start = extent.start,
                Event::DocumentEnd => {
                    parsed.push(Parsed {
                        root: self.root.take(),
                        problems: std::mem::take(&mut self.problems),
                    });
                    self.anchors.clear();
                }
                Event::StreamEnd => return None,
                Event::Nothing | Event::StreamStart => {}
                event => {
                    if let Err(problem) = self.value(event, extent) {
                        return Some(problem);
                    }
                }
            }
        }
    }

    fn value(&mut self, event: Event<'a>, extent: Extent) -> Result<(), Problem> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, extent)?;
                let node = Node {
                    extent: self.trimmed(extent),
                    value: Value::Scalar(scalar(text, style, tag.as_deref())),
                };
                self.put(node, anchor);
            }
            Event::SequenceStart(anchor, _) => {
                self.open(
                    Open::List {
                        start: extent.start,
                        anchor,
                        items: Vec::new(),
                    },
                    extent,
                )?;
            }
            Event::MappingStart(anchor, _) => {
                self.open(
                    Open::Map {
                        start: extent.start,
                        anchor,
                        entries: Vec::new(),
                        key: None,
                    },
                    extent,
                )?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(extent),
            Event::Alias(anchor) => self.alias(anchor, extent)?,
            _ => {}
        }
        Ok(())
    }

    /// The bytes without white space behind them.
    fn trimmed(&self, extent: Extent) -> Extent {
        let (start, end) = (extent.start - self.base, extent.end - self.base);
        let source = self.bytes.text.get(start..end).unwrap_or_default();
        Extent::new(extent.start, extent.start + source.trim_end().len())
    }

    fn open(&mut self, open: Open<'a>, extent: Extent) -> Result<(), Problem> {
        self.count(1, extent)?;
        if self.open.len() >= self.limits.nesting_max {
            let message = format!(
                "lists and mappings nest deeper than {}",
                self.limits.nesting_max
            );
            let help =
                "no format that is read here nests so deep; this is probably not meant for it";
            let place = Extent::at(extent.start);
            return Err(Problem::new(&codes::YAML_TOO_DEEP, place, message).help(help));
        }
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self, extent: Extent) {
        let (start, anchor, value) = match self.open.pop() {
            Some(Open::List {
                start,
                anchor,
                items,
            }) => (start, anchor, Value::List(items)),
            Some(Open::Map {
                start,
                anchor,
                mut entries,
                ..
            }) => {
                self.problems.extend(repeated(&entries));
                merge(&mut entries);
                (start, anchor, Value::Map(entries))
            }
            None => return,
        };
        let last = match &value {
            Value::List(items) => items.last().map(|n| n.extent.end),
            Value::Map(entries) => entries.last().map(|e| e.node.extent.end),
            Value::Scalar(_) => None,
        };
        let end = match self.bytes.text.as_bytes().get(extent.start - self.base) {
            // In flow style the end has a place of its own.
            Some(b']' | b'}') => extent.end,
            _ => last.unwrap_or(start),
        };
        let extent = Extent::new(start, end.max(start));
        self.put(Node { extent, value }, anchor);
    }

    fn alias(&mut self, anchor: usize, extent: Extent) -> Result<(), Problem> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            let message = "this alias stands inside what it repeats";
            return Err(Problem::new(&codes::YAML_SYNTAX, extent, message)
                .help("write out what is meant instead of the alias"));
        };
        let (node, size) = (node.clone(), *size);
        self.count(size, extent)?;
        self.put(node, 0);
        Ok(())
    }

    fn count(&mut self, values: usize, extent: Extent) -> Result<(), Problem> {
        self.values = self.values.saturating_add(values);
        if self.values <= self.limits.values_max {
            return Ok(());
        }
        let message = format!(
            "the file has more than {} values, with those that its aliases repeat",
            self.limits.values_max
        );
        Err(Problem::new(&codes::YAML_TOO_LARGE, extent, message)
            .help("split the file, or write out what its aliases repeat"))
    }

    /// Puts a value where it belongs.
    fn put(&mut self, node: Node<'a>, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size(&node)));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                None => *key = Some(as_key(node, &mut self.problems)),
                Some((Some(text), key_extent)) => entries.push(Entry {
                    key: text,
                    key_extent,
                    node,
                }),
                Some((None, _)) => {}
            },
        }
    }
}

fn as_key<'a>(node: Node<'a>, problems: &mut Vec<Problem>) -> Key<'a> {
    let extent = node.extent;
    match node.value {
        Value::Scalar(scalar) => (Some(scalar.text), extent),
        Value::List(_) | Value::Map(_) => {
            // Of keys inside keys the outermost is told.
            problems.retain(|p| p.code.id != codes::YAML_KEY.id || p.extent.start < extent.start);
            let place = Extent::new(extent.start, extent.start + 1);
            let message = "a list or mapping cannot be a key";
            problems
                .push(Problem::new(&codes::YAML_KEY, place, message).help(
                    "write a text before the colon; `{{…}}` at a value's start needs quotes",
                ));
            (None, extent)
        }
    }
}

fn scalar<'a>(text: Cow<'a, str>, style: ScalarStyle, tag: Option<&Tag>) -> Scalar<'a> {
    let mut style = match style {
        ScalarStyle::Plain => Style::Plain,
        ScalarStyle::SingleQuoted => Style::SingleQuoted,
        ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
        ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
    };
    // `!` alone says that it is no number, as `!!str` does.
    let is_bang = |t: &Tag| t.handle.len() + t.suffix.len() == 1;
    let core = tag.filter(|t| t.is_yaml_core_schema() || is_bang(t));
    if style == Style::Plain && core.is_some_and(|t| is_bang(t) || t.suffix == "str") {
        style = Style::Block;
    }
    let tag = tag.filter(|_| core.is_none()).map(ToString::to_string);
    Scalar { text, style, tag }
}

fn size(node: &Node<'_>) -> usize {
    1 + match &node.value {
        Value::Scalar(_) => 0,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(entries) => entries.iter().map(|e| size(&e.node)).sum(),
    }
}

/// The keys that stand in a mapping twice.
fn repeated(entries: &[Entry<'_>]) -> Vec<Problem> {
    let mut order: Vec<&Entry<'_>> = entries.iter().collect();
    order.sort_by(|a, b| (&a.key, a.key_extent.start).cmp(&(&b.key, b.key_extent.start)));
    order
        .windows(2)
        .filter(|pair| matches!(pair, [a, b] if a.key == b.key))
        .take(REPEATED_MAX)
        .filter_map(|pair| match pair {
            [first, second] if first.key == second.key && first.key != "<<" => Some(second),
            _ => None,
        })
        .map(|entry| {
            let message = format!("the key `{}` stands here a second time", entry.key);
            Problem::new(&codes::YAML_DUPLICATE_KEY, entry.key_extent, message)
                .help("keep one of the two: readers differ on which of them counts")
        })
        .collect()
}

/// Puts what `<<` names among the entries, where a key is not there already.
fn merge(entries: &mut Vec<Entry<'_>>) {
    if entries.iter().all(|e| e.key != "<<") {
        return;
    }
    let (merges, mut kept): (Vec<_>, Vec<_>) = std::mem::take(entries)
        .into_iter()
        .partition(|e| e.key == "<<");
    for entry in merges {
        let sources = match entry.node.value {
            Value::List(items) => items,
            value => vec![Node {
                extent: entry.node.extent,
                value,
            }],
        };
        for source in sources {
            let Value::Map(new) = source.value else {
                continue;
            };
            for entry in new {
                if kept.iter().all(|e| e.key != entry.key) {
                    kept.push(entry);
                }
            }
        }
    }
    *entries = kept;
}

/// From places counted in characters to places counted in bytes, mostly going forward.
struct Bytes<'a> {
    text: &'a str,
    is_ascii: bool,
    character: usize,
    byte: usize,
}

impl<'a> Bytes<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            is_ascii: text.is_ascii(),
            character: 0,
            byte: 0,
        }
    }

    fn of(&mut self, character: usize) -> usize {
        if self.is_ascii {
            return character.min(self.text.len());
        }
        while self.character < character {
            let Some(next) = self.text[self.byte..].chars().next() else {
                break;
            };
            self.byte += next.len_utf8();
            self.character += 1;
        }
        while self.character > character {
            let Some(before) = self.text[..self.byte].chars().next_back() else {
                break;
            };
            self.byte -= before.len_utf8();
            self.character -= 1;
        }
        self.byte
    }
}
