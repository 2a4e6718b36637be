use super::*;
use crate::source::Text;

fn parse(text: &str) -> Vec<Parsed<'_>> {
    documents(text, &Limits::DEFAULT)
}

fn one(text: &str) -> Node<'_> {
    let mut parsed = parse(text);
    assert_eq!(parsed.len(), 1, "{parsed:?}");
    let parsed = parsed.remove(0);
    assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    parsed.root.unwrap()
}

fn piece(text: &str, extent: Extent) -> &str {
    &text[extent.start..extent.end]
}

#[test]
fn every_value_knows_its_bytes() {
    let text = "名: &a 値\n'b' : \"x\\ty\"\nc: [1, {d: ~}]\ne:\n  - f\n  - g: |\n      h\n";
    let root = one(text);
    let entries = root.entries();
    let keys: Vec<&str> = entries.iter().map(|e| piece(text, e.key_extent)).collect();
    assert_eq!(keys, ["名", "'b'", "c", "e"]);
    let values: Vec<&str> = entries.iter().map(|e| piece(text, e.node.extent)).collect();
    assert_eq!(values[0], "&a 値");
    assert_eq!(values[1], "\"x\\ty\"");
    assert_eq!(values[2], "[1, {d: ~}]");
    assert_eq!(root.text_at(&["b"]), Some("x\ty"));
    let g = entries[3].node.items()[1].get("g").unwrap();
    assert_eq!(piece(text, g.extent), "h");
    assert_eq!(g.text(), Some("h\n"));
}

#[test]
fn lines_may_end_as_on_windows() {
    let text = "a: b\r\nc: é\r\nd:\r\n  - e\r\n";
    let root = one(text);
    let whole = Text::new(0, "x".into(), text);
    let place = |key: &str| {
        let place = whole.place(root.entry(key).unwrap().key_extent);
        (place.line, place.column)
    };
    assert_eq!(place("c"), (2, 1));
    assert_eq!(place("d"), (3, 1));
    let e = root.get("d").unwrap().items()[0].extent;
    assert_eq!(piece(text, e), "e");
}

/// Where a word of a scalar's text is found in the file.
fn found(text: &str, word: &str) -> String {
    let root = one(text);
    let node = root.get("query").unwrap();
    let value = node.text().unwrap();
    let at = value.find(word).unwrap();
    let extent = word_within(text, node, at);
    piece(text, extent).to_owned()
}

#[test]
fn places_inside_scalars_are_found_through_folding_and_escapes() {
    let texts = [
        "query: sum(a) / rate(bb[5m])",
        "query: sum(a)\n  / rate(bb[5m])",
        "query: 'sum(a) / ''x'' + rate(bb[5m])'",
        r#"query: "sum(a) / \"x\" + \t\u00e9 rate(bb[5m])""#,
        "query: \"sum(a) \\\n  / rate(bb[5m])\"",
        "query: |\n  sum(a)\n\n    / rate(bb[5m])\n",
        "query: |2-\n    sum(a)\n    / rate(bb[5m])\n",
        "query: >-\n  sum(日本)\n  / rate(bb[5m])\n",
        "query: &x !!str >\n\n  sum(a)\n\n  / rate(bb[5m])\n",
        "query: >-   # a comment\n  sum(a)\r\n  / rate(bb[5m])\r\n",
        "{query: sum(a) / rate(bb), other: rate}",
    ];
    for text in texts {
        assert_eq!(found(text, "rate"), "rate", "{text}");
        assert_eq!(found(text, "bb"), "bb", "{text}");
        assert_eq!(found(text, "sum"), "sum", "{text}");
        assert_eq!(found(text, "/"), "/", "{text}");
    }
    // The right one of several.
    let text = "query: >-\n  rate(a)\n  + rate(b)\n";
    let root = one(text);
    let node = root.get("query").unwrap();
    let extent = word_within(text, node, "rate(a) + ".len());
    assert_eq!(extent.start, text.rfind("rate").unwrap());
}

#[test]
fn behind_a_scalars_end_is_its_end() {
    for text in ["query: sum(a", "query: |\n  sum(a\n", "query: 'sum(a '"] {
        let root = one(text);
        let node = root.get("query").unwrap();
        let end = text.find("(a").unwrap() + 2;
        let length = node.text().unwrap().len();
        assert_eq!(extent_within(text, node, length), Extent::at(end), "{text}");
        assert_eq!(extent_within(text, node, 9_999), Extent::at(end), "{text}");
    }
}

#[test]
fn a_mistake_ends_its_document_only() {
    let text = "a: 1\n---\nb: [1\n---\nc: 3\n---\n\"d: 4\n---\ne: 5\n";
    let parsed = parse(text);
    let keys: Vec<Option<String>> = parsed
        .iter()
        .map(|p| Some(p.root.as_ref()?.entries().first()?.key.to_string()))
        .collect();
    let key = |k: &str| Some(k.to_owned());
    assert_eq!(keys, [key("a"), None, key("c"), None, key("e")]);
    let problems: Vec<&str> = parsed
        .iter()
        .flat_map(|p| p.problems.iter().map(|p| p.code.id))
        .collect();
    assert_eq!(problems, ["yaml/syntax", "yaml/syntax"]);
}

#[test]
fn merge_keys_add_what_is_not_there() {
    let text =
        "base: &base {a: 1, b: 2}\nmore: &more\n  c: 3\nx:\n  <<: [*base, *more]\n  b: own\n";
    let root = one(text);
    let x = root.get("x").unwrap();
    let entries: Vec<(&str, &str)> = x
        .entries()
        .iter()
        .map(|e| (e.key.as_ref(), e.node.scalar().unwrap().text.as_ref()))
        .collect();
    assert_eq!(entries, [("b", "own"), ("a", "1"), ("c", "3")]);
}

#[test]
fn keys_that_repeat_are_told_once_each() {
    let parsed = parse("a: 1\nb: 2\na: 3\na: 4\nc: {b: 1, b: 2}\n");
    let problems: Vec<&str> = parsed[0]
        .problems
        .iter()
        .map(|p| p.message.as_str())
        .collect();
    assert_eq!(
        problems,
        [
            "the key `b` stands here a second time",
            "the key `a` stands here a second time",
            "the key `a` stands here a second time",
        ]
    );
    assert_eq!(
        parsed[0].root.as_ref().unwrap().get("a").unwrap().number(),
        Some(1.0)
    );
}

#[test]
fn what_aliases_repeat_is_bounded() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..10 {
        let before = format!("*a{}", i - 1);
        let all = [before.as_str(); 10].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{all}]\n"));
    }
    let parsed = parse(&bomb);
    let problem = &parsed.last().unwrap().problems[0];
    assert_eq!(problem.code.id, "yaml/too-large");
    assert!(parse("a: &a [*a]").iter().any(|p| p.root.is_none()));
    assert!(parse("a: *nobody").iter().any(|p| p.root.is_none()));
}

#[test]
fn nesting_is_bounded_in_both_styles() {
    let flow = "[".repeat(200) + &"]".repeat(200);
    let block: String = (0..200).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    let dashes = "- ".repeat(200);
    for text in [flow.as_str(), &block, &dashes] {
        let parsed = parse(text);
        assert_eq!(parsed[0].problems[0].code.id, "yaml/too-deep");
    }
    let endless = "[".repeat(100_000);
    assert!(!parse(&endless)[0].problems.is_empty());
}

#[test]
fn tags_of_the_core_schema_are_known_and_others_kept() {
    let root = one("a: !!str 12\nb: !!int \"12\"\nc: !include x\nd: ! 3\n");
    assert_eq!(root.text_at(&["a"]), Some("12"));
    assert_eq!(root.text_at(&["d"]), Some("3"));
    let tag = |key: &str| root.get(key).unwrap().scalar().unwrap().tag.clone();
    assert_eq!(tag("c").as_deref(), Some("!include"));
    assert_eq!(tag("b"), None);
}

#[test]
fn control_characters_are_found() {
    let at = |text: &str| control_character(text).map(|p| p.extent.start);
    assert_eq!(at("a: b\n\tc\r\n"), None);
    assert_eq!(at("a: b\0c"), Some(4));
    assert_eq!(at("a: \u{1b}[31m"), Some(3));
}
