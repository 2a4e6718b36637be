//! Groups: parts of an SLO's events that have a budget of their own.

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::key::Generation;

/// How many characters of a group's values its name has at most.
const SLUG_CHARS_MAX: usize = 40;
/// How many bytes of the hash stand in a name where its values cannot be told from it: enough that
/// two groups of one SLO never have the same.
const HASH_BYTES: usize = 6;
/// Changes when the same group begins to count something else; its ledgers then start anew.
const VERSION: &str = "tomoni/group/1";

/// Which part of another SLO's events an SLO is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    /// The SLO whose events these are a part of: the one that counts all of them.
    pub of: String,
    /// What the series of this part have in common.
    pub labels: GroupLabels,
}

/// The labels by which a group's series are told from others, with their values: sorted by name,
/// each once. A value that is empty means that the series lack the label.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupLabels(Vec<(String, String)>);

impl GroupLabels {
    /// Labels in any order; of one that comes twice the first counts.
    pub fn new(labels: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut labels: Vec<(String, String)> = labels.into_iter().collect();
        labels.sort_by(|a, b| a.0.cmp(&b.0));
        labels.dedup_by(|a, b| a.0 == b.0);
        Self(labels)
    }

    /// Names and values, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Whether the labels are those with these names, in whatever order.
    pub fn are_named<T: AsRef<str>>(&self, names: &[T]) -> bool {
        let names: BTreeSet<&str> = names.iter().map(AsRef::as_ref).collect();
        self.iter().map(|(name, _)| name).eq(names)
    }

    /// The name of the SLO that is this group of another one: `:` cannot stand in a document's
    /// name, so that no document can have it.
    ///
    /// It is made of the values, can stand in an address as it is, and is always the same for the
    /// same labels. `/` becomes `~`. Where something else gets lost, a hash behind a second `:`
    /// tells apart what would have one name.
    ///
    /// ```
    /// use tomoni_slo::GroupLabels;
    /// let of = |value: &str| GroupLabels::new([("handler".to_owned(), value.to_owned())]);
    /// assert_eq!(of("/checkout").name_within("unlocks"), "unlocks:~checkout");
    /// assert!(of("/users/{id}").name_within("unlocks").starts_with("unlocks:~users~-id-:"));
    /// ```
    pub fn name_within(&self, of: &str) -> String {
        let mut slug = String::new();
        let mut is_whole = true;
        for (i, (_, value)) in self.iter().enumerate() {
            if i > 0 {
                slug.push(',');
            }
            is_whole &= !value.is_empty();
            for c in value.chars() {
                is_whole &= c == '/' || is_plain(c);
                slug.push(match c {
                    '/' => '~',
                    c if is_plain(c) => c,
                    _ => '-',
                });
            }
        }
        if slug.chars().count() > SLUG_CHARS_MAX {
            is_whole = false;
            slug.truncate(SLUG_CHARS_MAX);
        }
        if is_whole {
            return format!("{of}:{slug}");
        }
        let hash: String = self
            .digest("name")
            .iter()
            .take(HASH_BYTES)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{of}:{slug}:{hash}")
    }

    /// The generation under which the group's minutes are kept, given that of all events together.
    #[must_use]
    pub fn generation_within(&self, all: Generation) -> Generation {
        let digest = self.digest(&all.to_string());
        let bits = digest
            .iter()
            .take(16)
            .fold(0, |bits, byte| (bits << 8) | u128::from(*byte));
        Generation::from_bits(bits)
    }

    fn digest(&self, within: &str) -> Vec<u8> {
        let mut hash = Sha256::new();
        let fields = self.0.iter().flat_map(|(name, value)| [name, value]);
        let fields = fields.map(String::as_str);
        for field in [VERSION, within].into_iter().chain(fields) {
            // Lengths keep neighbours apart.
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hash.finalize().to_vec()
    }
}

impl fmt::Display for GroupLabels {
    /// `handler=/checkout, method=GET`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{name}={value}")?;
        }
        Ok(())
    }
}

/// Characters that stand in a name as they are: those that need no escaping in an address, without
/// the one that `/` becomes.
const fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> GroupLabels {
        GroupLabels::new(
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned())),
        )
    }

    fn name(pairs: &[(&str, &str)]) -> String {
        labels(pairs).name_within("unlocks")
    }

    #[test]
    fn a_name_is_what_the_values_say() {
        assert_eq!(name(&[("handler", "/")]), "unlocks:~");
        assert_eq!(name(&[("m", "GET"), ("h", "/a/b")]), "unlocks:~a~b,GET");
        assert_eq!(
            name(&[("h", "/a/b"), ("m", "GET")]),
            name(&[("m", "GET"), ("h", "/a/b")]),
            "the order does not count"
        );
        assert_eq!(
            labels(&[("m", "GET"), ("h", "/a")]).to_string(),
            "h=/a, m=GET"
        );
    }

    #[test]
    fn labels_are_told_by_their_names() {
        let two = labels(&[("m", "GET"), ("h", "/a")]);
        assert!(two.are_named(&["m", "h"]) && two.are_named(&["h", "m", "h"]));
        assert!(!two.are_named(&["m"]) && !two.are_named(&["h", "m", "n"]));
        assert!(!two.are_named::<&str>(&[]) && labels(&[]).are_named::<&str>(&[]));
    }

    #[test]
    fn what_gets_lost_is_told_apart() {
        let long = "x".repeat(200);
        let other = format!("{long}y");
        let names = [
            name(&[("h", "a b")]),
            name(&[("h", "a+b")]),
            name(&[("h", "a,b")]),
            name(&[("h", "a"), ("i", "b")]),
            name(&[("h", "~a")]),
            name(&[("h", "/a")]),
            name(&[("h", "-a")]),
            name(&[("h", "戸")]),
            name(&[("h", "窓")]),
            name(&[("h", "\"")]),
            name(&[("h", "")]),
            name(&[("i", "")]),
            name(&[("h", &long)]),
            name(&[("h", &other)]),
        ];
        let distinct: BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
        for name in &names {
            assert!(name.len() <= "unlocks:".len() + 40 + 13, "{name}");
            let is_fine = |c: char| is_plain(c) || matches!(c, '~' | ',' | ':');
            assert!(name.chars().all(is_fine), "{name}");
        }
    }

    #[test]
    fn each_group_has_a_ledger_of_its_own() {
        let all = Generation::from_bits(7);
        let one = labels(&[("h", "a")]).generation_within(all);
        assert_eq!(
            one.to_string(),
            "7dec1c793160deeefe56bfb261098009",
            "ledgers are stored under it"
        );
        assert_ne!(one, labels(&[("h", "b")]).generation_within(all));
        assert_ne!(one, labels(&[("i", "a")]).generation_within(all));
        let other = Generation::from_bits(8);
        assert_ne!(one, labels(&[("h", "a")]).generation_within(other));
    }
}
