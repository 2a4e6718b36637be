//! What a table of known fields is made of, and how documents are held to it.
//!
//! Each format has one table that says what its kinds of objects may hold. The reader checks
//! documents by it, "did you mean" offers its words, and the JSON Schema is made of OpenSLO's, so
//! that they cannot drift apart.

pub(crate) mod check;
pub(crate) mod scalar;

pub(crate) use check::beginning;

use crate::scope::Scope;
use crate::yaml::Node;

/// A mapping's known fields.
#[derive(Debug)]
pub(crate) struct Shape {
    /// What it is called in findings, such as "an SLO's spec".
    pub(crate) name: &'static str,
    /// What it is, for editors.
    pub(crate) doc: &'static str,
    /// Its fields, in the order in which people write them.
    pub(crate) fields: &'static [Field],
    /// What holds between fields.
    pub(crate) rules: &'static [Rule],
}

/// A known field.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its key.
    pub(crate) name: &'static str,
    /// Whether it must be there.
    pub(crate) is_required: bool,
    /// What its value may be.
    pub(crate) kind: Kind,
    /// What it means, for editors.
    pub(crate) doc: &'static str,
}

/// What holds between fields.
#[derive(Debug)]
pub(crate) enum Rule {
    /// Exactly one of these must be there.
    OneOf(&'static [&'static str]),
    /// Exactly one of these must be there, unless the items of a list have one.
    OneOfHereOrIn {
        /// The fields.
        names: &'static [&'static str],
        /// The field that is the list.
        list: &'static str,
    },
    /// At most one of these may be there.
    AtMostOneOf(&'static [&'static str]),
    /// When the first is there, the others must be.
    With(&'static str, &'static [&'static str]),
    /// When the first is there, the others must not be.
    Without(&'static str, &'static [&'static str]),
}

/// What a value may be.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A text, with the most characters it may have.
    Text {
        /// The most characters it may have.
        chars_max: Option<usize>,
    },
    /// A text on one line that the SDK, but not the specification, bounds at 63 characters.
    DisplayName,
    /// The name of an object, or a reference to one: an RFC 1123 label.
    Name,
    /// A number.
    Number(Range),
    /// `true` or `false`.
    Boolean,
    /// A duration such as `28d`.
    Duration,
    /// A duration that may be `0m`.
    Delay,
    /// A duration, or a number of minutes.
    DurationOrMinutes,
    /// `2026-01-01 00:00:00`.
    DateTime,
    /// A name in the IANA time zone database.
    TimeZone,
    /// One of some words.
    Choice(&'static [&'static str]),
    /// A mapping.
    Object(&'static Shape),
    /// A list.
    List {
        /// What its items are.
        of: &'static Kind,
        /// The least items it may have.
        least: usize,
        /// The most items it may have.
        most: usize,
    },
    /// Keys and texts or lists of texts.
    Labels,
    /// Keys and texts.
    Annotations,
    /// A mapping with at least one entry, whatever it holds.
    Free,
    /// Anything at all.
    Anything,
    /// A mapping that is held to its shape elsewhere.
    Apart(&'static Shape),
    /// A text, or a number or truth value that is taken for one.
    Word,
    /// What only this format has: the function reports what is wrong with it.
    Own(Own),
}

/// Reports what is wrong with a field's value; the text is the field's name.
pub(crate) type Own = fn(&mut Scope<'_>, &Node<'_>, &str);

/// The range of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    /// The least, and whether it is itself allowed.
    pub(crate) from: Option<(f64, bool)>,
    /// The most, and whether it is itself allowed.
    pub(crate) to: Option<(f64, bool)>,
}

impl Range {
    /// Any number.
    pub(crate) const ANY: Self = Self {
        from: None,
        to: None,
    };

    /// Whether a number lies in the range; what is not finite never does.
    pub(crate) fn holds(self, number: f64) -> bool {
        let is_above = self
            .from
            .is_none_or(|(least, is_in)| number > least || (is_in && number >= least));
        let is_below = self
            .to
            .is_none_or(|(most, is_in)| number < most || (is_in && number <= most));
        number.is_finite() && is_above && is_below
    }

    /// The range in words.
    pub(crate) fn in_words(self) -> String {
        let from = self.from.map(|(least, is_in)| {
            if is_in {
                format!("at least {least}")
            } else {
                format!("above {least}")
            }
        });
        let to = self.to.map(|(most, is_in)| {
            if is_in {
                format!("at most {most}")
            } else {
                format!("below {most}")
            }
        });
        match (from, to) {
            (Some(from), Some(to)) => format!("{from} and {to}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => String::from("a finite number"),
        }
    }
}

impl Shape {
    /// The field of a key.
    pub(crate) fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|f| f.name == key)
    }

    /// The keys of its fields.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|f| f.name)
    }
}

/// A field that must be there.
pub(crate) const fn required(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field {
        name,
        is_required: true,
        kind,
        doc,
    }
}

/// A field that may be there.
pub(crate) const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field {
        name,
        is_required: false,
        kind,
        doc,
    }
}

/// Any text.
pub(crate) const fn text() -> Kind {
    Kind::Text { chars_max: None }
}

/// A number between two others, each with whether it is itself allowed.
pub(crate) const fn range(from: (f64, bool), to: (f64, bool)) -> Kind {
    Kind::Number(Range {
        from: Some(from),
        to: Some(to),
    })
}
