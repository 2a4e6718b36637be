//! Every rule, with a document that breaks it and one that does not, as people see it.

mod indicators;
mod objectives;
mod objects;
mod right;

use crate::support::{changed, seen};

/// Compares with a snapshot that holds the text alone.
macro_rules! see {
    ($text:expr) => {
        insta::with_settings!({omit_expression => true}, {
            insta::assert_snapshot!($text);
        })
    };
}

/// A rule that is broken by putting one thing for another.
type Broken = (&'static str, &'static str, &'static str);

/// What people see of each change, one after the other.
fn shown(broken: &[Broken]) -> String {
    let mut text = String::new();
    for (rule, right, wrong) in broken {
        let seen = seen(&changed(right, wrong));
        assert!(!seen.is_empty(), "nothing is wrong with: {rule}");
        text.push_str(&format!("======== {rule}\n{seen}"));
    }
    text
}

pub(crate) use see;
