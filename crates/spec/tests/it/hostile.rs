//! Whatever comes in: a clear finding, never a panic, and soon.

use proptest::prelude::*;
use tomoni_spec::codes::{EXAMPLE, EXAMPLE_PYRRA, EXAMPLE_SLOTH};
use tomoni_spec::report::{self, Style};
use tomoni_spec::{Catalog, Limits, SourceFile, promql, read, read_within};

use crate::alpha::DOCUMENT as ALPHA;
use crate::support::file;

fn of_bytes(bytes: &[u8]) -> SourceFile {
    SourceFile {
        name: "hostile.yaml".into(),
        bytes: bytes.to_vec(),
    }
}

/// Reads bytes, draws what is found in every form, and holds it to what always holds.
fn survive(bytes: &[u8]) -> Catalog {
    let files = [of_bytes(bytes)];
    let catalog = read(&files);
    assert!(catalog.findings.len() <= Limits::DEFAULT.findings_max + 1);
    for finding in &catalog.findings {
        let (start, length) = finding.place.bytes;
        assert!(start + length <= bytes.len(), "{finding:?}");
        let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
        assert!(finding.place.line <= lines, "{finding:?}");
        assert!(!finding.message.is_empty());
        assert!(finding.message.len() < 1_000, "{finding:?}");
        let first = finding.message.chars().next();
        assert!(
            first.is_some_and(|c| !c.is_uppercase() || c == 'Y'),
            "{finding:?}"
        );
    }
    let human = report::human(&catalog.findings, &files, Style::default());
    assert!(human.lines().all(|l| l.chars().count() <= 200), "{human}");
    assert!(!human.contains(['\0', '\u{1b}', '\u{202e}']));
    report::json(&catalog.findings);
    report::sarif(&catalog.findings, "0");
    report::github(&catalog.findings);
    catalog
}

fn codes(catalog: &Catalog) -> Vec<&'static str> {
    catalog.findings.iter().map(|f| f.code).collect()
}

#[test]
fn files_that_are_no_documents_are_told_to_be_so() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "file/empty"),
        (b"\n\n# nothing\n", "file/empty"),
        (b"---\n---\n", "file/empty"),
        (b"\xef\xbb\xbf", "file/empty"),
        (b"\xff\xfe\x00\x00", "file/not-utf8"),
        (b"a: \xe3\x81", "file/not-utf8"),
        (b"\x7fELF\x02\x01\x01\0\0", "yaml/control-character"),
        (b"a: b\0c\n", "yaml/control-character"),
        (b"key:\n\t- value\n", "yaml/syntax"),
        (b"# Heading\n\nSome *text*.\n", "yaml/not-a-mapping"),
        (b"- just\n- words\n", "yaml/not-a-mapping"),
        (b"- - apiVersion: openslo/v1\n", "yaml/not-a-mapping"),
        (b"{", "yaml/syntax"),
        (b"a: *b\n", "yaml/syntax"),
        (b"<html>502 Bad Gateway</html>", "yaml/not-a-mapping"),
        (b"\"apiVersion: openslo/v1\n", "yaml/syntax"),
    ];
    for (bytes, code) in cases {
        let found = codes(&survive(bytes));
        assert_eq!(found, [*code], "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn ten_megabytes_of_junk_are_one_finding() {
    let junk: Vec<u8> = (0..10_000_000_u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    assert_eq!(codes(&survive(&junk)), ["file/too-large"]);
    // Below the limit it is looked at.
    assert_eq!(codes(&survive(&junk[..4_000_000])), ["file/not-utf8"]);
}

#[test]
fn bombs_go_off_small() {
    let mut laughs = String::from("a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
    for i in 1..20 {
        let all = std::array::from_fn::<_, 10, _>(|_| format!("*a{}", i - 1)).join(", ");
        laughs.push_str(&format!("a{i}: &a{i} [{all}]\n"));
    }
    assert_eq!(codes(&survive(laughs.as_bytes())), ["yaml/too-large"]);

    let mut merges = String::from("a0: &a0 {x0: 1}\n");
    for i in 1..40 {
        let before = i - 1;
        merges.push_str(&format!(
            "a{i}: &a{i} {{<<: [*a{before}, *a{before}], x{i}: *a{before}}}\n"
        ));
    }
    assert_eq!(codes(&survive(merges.as_bytes())), ["yaml/too-large"]);

    let own = format!(
        "{EXAMPLE}---\napiVersion: openslo/v1\nkind: Service\nmetadata: &m\n  name: x\n  annotations: *m\n"
    );
    assert!(codes(&survive(own.as_bytes())).contains(&"yaml/syntax"));
}

#[test]
fn depth_is_bounded() {
    for (open, close) in [
        ("[", "]"),
        ("{a: ", "}"),
        ("- ", ""),
        ("? ", ""),
        ("a:\n ", ""),
    ] {
        for depth in [40, 300, 5_000] {
            let text = open.repeat(depth) + "x" + &close.repeat(depth);
            let found = codes(&survive(text.as_bytes()));
            assert_eq!(found.len(), 1, "{open} {depth}: {found:?}");
            assert!(
                ["yaml/too-deep", "yaml/syntax"].contains(&found[0]),
                "{found:?}"
            );
        }
    }
    let query = format!("{}a{}", "(".repeat(5_000), ")".repeat(5_000));
    let text = EXAMPLE.replacen("battery_volts{job=\"building-hub\"}", &query, 1);
    assert_eq!(codes(&survive(text.as_bytes())), ["promql/syntax"]);
}

#[test]
fn what_repeats_is_bounded() {
    let texts = [
        "a: b\n".repeat(100_000),
        "---\n".repeat(100_000),
        "---\na: [\n".repeat(100_000),
        "- apiVersion: openslo/v1\n".repeat(20_000),
        "apiVersion: openslo/v1\nkind: Service\n---\n".repeat(5_000),
        format!(
            "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: x\n  labels:\n{}",
            "    a b: 1\n".repeat(20_000)
        ),
        format!(
            "apiVersion: openslo/v1\nkind: SLO\nspec: {{{}}}\n",
            "x: 1, ".repeat(50_000)
        ),
        format!("a: \"{}\"\n", "\\n".repeat(500_000)),
        format!("a: |\n{}", "  x\n".repeat(200_000)),
        format!("a: {}\n", "x ".repeat(500_000)),
        format!("apiVersion: openslo/v1\nkind: {}\n", "x".repeat(900_000)),
        "\"".repeat(300_000),
        "&a ".repeat(100_000),
        "!a ".repeat(100_000),
        "? ".repeat(100_000),
        ": ".repeat(100_000),
        "- ".repeat(100_000),
        "#".repeat(500_000),
        "\r".repeat(100_000),
        "{a: 1}\n".repeat(10_000),
    ];
    for text in &texts {
        let catalog = survive(text.as_bytes());
        assert!(catalog.slos.is_empty());
    }
}

#[test]
fn the_first_findings_are_told_and_how_many_more_there_are() {
    let text = "apiVersion: openslo/v1\nkind: Nothing\n---\n".repeat(150);
    let found = survive(text.as_bytes()).findings;
    assert_eq!(found.len(), 101);
    let last = found.last().unwrap();
    assert_eq!(last.code, "file/more-findings");
    assert!(
        last.message.starts_with("50 more findings"),
        "{}",
        last.message
    );
}

#[test]
fn an_object_is_not_used_when_its_error_was_not_kept() {
    let mut text = "apiVersion: openslo/v1\nkind: Nothing\n---\n".repeat(150);
    text.push_str(&EXAMPLE.replace("    - target: 0.999\n", "    - target: 1\n"));
    let names: Vec<String> = survive(text.as_bytes())
        .slos
        .iter()
        .map(|s| s.value.name.clone())
        .collect();
    assert_eq!(names, ["hub-battery"]);
}

#[test]
fn limits_can_be_set() {
    let one = [file("a.yaml", EXAMPLE)];
    let codes = |limits: Limits| codes(&read_within(&one, &limits));
    let limits = Limits::default();
    assert!(codes(limits).is_empty());
    assert_eq!(
        codes(Limits {
            file_bytes_max: 100,
            ..limits
        }),
        ["file/too-large"]
    );
    assert!(
        codes(Limits {
            document_bytes_max: 200,
            ..limits
        })
        .contains(&"file/too-large")
    );
    assert_eq!(
        codes(Limits {
            values_max: 20,
            ..limits
        })
        .last(),
        Some(&"yaml/too-large")
    );
    assert!(
        codes(Limits {
            nesting_max: 3,
            ..limits
        })
        .contains(&"yaml/too-deep")
    );
}

/// Text that looks a little like YAML.
fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("apiVersion: openslo/v1\n".to_owned()),
        Just("version: prometheus/v1\n".to_owned()),
        Just("kind: SLO\n".to_owned()),
        Just("metadata:\n  name: x\n".to_owned()),
        Just("spec:\n  ".to_owned()),
        Just("---\n".to_owned()),
        Just("- ".to_owned()),
        Just(": ".to_owned()),
        Just("\n  ".to_owned()),
        Just("|\n".to_owned()),
        Just(">-\r\n ".to_owned()),
        Just("\u{feff}".to_owned()),
        "[\\[\\]{}&*!|>'\"%@`#?:,\t \r\n-]{1,4}",
        "[a-zé日]{1,6}",
        "[0-9.e+-]{1,5}",
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Documents of every format.
fn documents() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just(EXAMPLE),
        Just(EXAMPLE_SLOTH),
        Just(EXAMPLE_PYRRA),
        Just(ALPHA)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survive(&bytes);
    }

    #[test]
    fn any_text_is_survived(text in "\\PC{0,200}") {
        survive(text.as_bytes());
    }

    #[test]
    fn yamlish_text_is_survived(text in yamlish()) {
        survive(text.as_bytes());
    }

    #[test]
    fn cut_and_mixed_documents_are_survived(
        document in documents(),
        from in any::<prop::sample::Index>(),
        length in 0..60_usize,
        put in yamlish(),
    ) {
        let from = from.index(document.len());
        let to = (from + length).min(document.len());
        let text = format!("{}{put}{}", &document[..from], &document[to..]);
        survive(text.as_bytes());
    }

    #[test]
    fn values_of_other_kinds_are_survived(
        document in documents(),
        line in any::<prop::sample::Index>(),
        put in "[\\[{\"'0-9a-z.%-]{0,6}|\\PC{0,9}|~|\\{\\}|\\[\\]",
    ) {
        let lines: Vec<&str> = document.lines().collect();
        let at = line.index(lines.len());
        let changed: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(i, l)| match l.split_once(": ").filter(|_| i == at) {
                Some((key, _)) => format!("{key}: {put}"),
                None => (*l).to_owned(),
            })
            .collect();
        survive(changed.join("\n").as_bytes());
    }

    #[test]
    fn lines_that_change_places_are_survived(
        document in documents(),
        order in Just((0..110).collect::<Vec<usize>>()).prop_shuffle(),
        swaps in 0..6_usize,
    ) {
        let mut lines: Vec<&str> = document.lines().collect();
        for pair in order.chunks(2).take(swaps) {
            if let [a, b] = pair {
                let count = lines.len();
                lines.swap(a % count, b % count);
            }
        }
        survive(lines.join("\n").as_bytes());
    }

    #[test]
    fn any_query_is_survived(query in "[a-z_{}()\\[\\]=~!\"'`0-9 ,.+*/<>-]{0,60}|\\PC{0,40}") {
        let _ = promql::read(&query);
        let quoted = serde_json::to_string(&query).unwrap();
        let text = EXAMPLE.replacen("battery_volts{job=\"building-hub\"}", &quoted, 1);
        survive(text.as_bytes());
        let block = format!("|\n              {}", query.replace('\n', "\n              "));
        let text = EXAMPLE.replacen("battery_volts{job=\"building-hub\"}", &block, 1);
        survive(text.as_bytes());
    }

    #[test]
    fn what_is_read_is_the_same_each_time(text in yamlish()) {
        let once = read(&[of_bytes(text.as_bytes())]).findings;
        let again = read(&[of_bytes(text.as_bytes())]).findings;
        prop_assert_eq!(once, again);
    }
}
