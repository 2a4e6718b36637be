use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::{Texts, Value, print};
use crate::yaml::json;
use crate::yaml::{self, Limits};

/// The value that a reader of YAML finds.
fn read(text: &str) -> Json {
    let parsed = yaml::documents(text, &Limits::DEFAULT);
    let root = match parsed.as_slice() {
        [one] => one.root.as_ref(),
        _ => None,
    };
    root.map_or_else(|| panic!("not YAML: {text}\n{parsed:?}"), json::of)
}

fn texts<'v>(items: &[&'v str]) -> Value<'v> {
    Value::List(items.iter().copied().map(Value::text).collect())
}

#[test]
fn texts_stand_bare_only_where_nothing_else_can_be_read() {
    let bare = [
        "a",
        "job:up:sum",
        "vector(1)",
        "a b",
        "a{b=\"c\"}[5m]",
        "x'y",
        "nothing",
        "e5",
    ];
    let others = [
        "",
        " a",
        "a ",
        "a:",
        "a: b",
        "a #b",
        "no",
        "Yes",
        "NULL",
        "y",
        "1",
        "1e3",
        "-",
        "- a",
        "? a",
        "0x1f",
        "2026-01-01",
        "12:30",
        "{a}",
        "[a]",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a",
        "'a",
        "\"a",
        "#a",
        ".inf",
        "~",
        "<<",
        "=",
        "日本",
        "a\tb",
        "a\u{85}b",
        "a\u{feff}",
    ];
    for text in bare {
        assert_eq!(
            print(&texts(&[text]), Texts::Readable),
            format!("- {text}\n")
        );
    }
    for text in others {
        let printed = print(&texts(&[text]), Texts::Readable);
        assert!(
            printed.starts_with("- \"") || printed.starts_with("- '"),
            "{printed}"
        );
        assert_eq!(read(&printed), json!([text]), "{printed}");
    }
}

#[test]
fn lines_stand_below_each_other_where_a_block_holds_them() {
    let blocks = ["a\nb", "a\nb\n", "a\n\n  b\n", "(\n\ta # b\n)", "1: 2\n3"];
    let others = [
        "\na", "a\n\n", " a\nb", "a\n  \nb", "a\r\nb", "a\n\u{7}", "\n", "a\n ", "a\n\t",
    ];
    for (list, is_block) in [(&blocks[..], true), (&others[..], false)] {
        for text in list {
            let value = Value::Map(vec![("k".into(), texts(&[text]))]);
            let printed = print(&value, Texts::Readable);
            assert_eq!(printed.contains('|'), is_block, "{printed}");
            assert_eq!(read(&printed), json!({"k": [text]}), "{printed}");
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        "[a-c#:\\-\\[\\]{}'\" \n\t\\\\0-9.]{0,16}",
        "(?s).{0,8}",
    ]
}

proptest! {
    #[test]
    fn every_text_is_read_as_it_was(value in any_text(), key in "[a-z: #'\"\\-]{1,6}") {
        // What no YAML document may have in it is no matter of how it is written.
        prop_assume!(!value.contains('\0'));
        let map = Value::Map(vec![(key.as_str().into(), Value::text(&value)), ("z_".into(), texts(&[&value]))]);
        for texts in [Texts::Quoted, Texts::Readable] {
            let printed = print(&map, texts);
            prop_assert_eq!(read(&printed), json!({&key: &value, "z_": [&value]}), "{}", printed);
        }
    }
}
