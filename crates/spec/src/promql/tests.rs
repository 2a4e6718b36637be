use proptest::prelude::*;

use super::*;

fn counters(text: &str) -> Counters {
    match read(text) {
        Ok(Reading::Counters(counters)) => counters,
        other => panic!("{text} should be counted, but was read as {other:?}"),
    }
}

fn expression(text: &str) -> Template {
    match read(text) {
        Ok(Reading::Expression(template)) => template,
        other => panic!("{text} should be an expression, but was read as {other:?}"),
    }
}

#[test]
fn all_ways_to_sum_a_counter_are_one() {
    let ways = [
        r#"x{a="1",b=~"2.*"}"#,
        r#"x{b=~"2.*", a="1"}"#,
        r#"(x{b=~"2.*", a="1",})"#,
        r#"{__name__="x", b=~"2.*", a="1"}"#,
        r#"sum(x{b=~"2.*",a="1",a="1"})"#,
        r#"sum by (job) (x{b=~"2.*",a="1"})"#,
        r#"sum without (pod) (x{b=~"2.*",a="1"})"#,
        r#"rate(x{b=~"2.*",a="1"}[5m])"#,
        r#"sum(rate(x{b=~"2.*",a="1"}[5m]))"#,
        r#"sum(irate(x{b=~"2.*",a="1"}[1m]))"#,
        r#"sum(increase(x{b=~"2.*",a="1"}[1h]))"#,
        r#"sum(rate(x{b=~"2.*",a="1"}[{{.window}}]))"#,
        r#"sum(rate(x{b=~"2.*",a="1"}[$__rate_interval])) or vector(0)"#,
        r#"(sum(increase(x{b=~"2.*",a="1"}[28d])) or (0 * sum(up)))"#,
        r#"sum(rate(x{b=~'2.*',a=`1`}[5m])) # in other words"#,
        "\n# first a comment\nsum(\n\trate(x{b=~\"2.*\", a=\"1\"}[5m]))",
        r#"--x{a="1",b=~"2.*"}"#,
    ];
    for way in ways {
        assert_eq!(canonical(way).unwrap(), r#"x{a="1",b=~"2.*"}"#, "{way}");
        assert_eq!(counters(way).to_string(), r#"x{a="1",b=~"2.*"}"#, "{way}");
    }
}

#[test]
fn sums_and_differences_keep_their_signs() {
    let cases = [
        ("a + b", "a + b"),
        ("b + a", "a + b"),
        ("a - b", "a - b"),
        ("-b + a", "a - b"),
        ("-(a - b)", "b - a"),
        ("a - (b - c)", "a + c - b"),
        ("a - b - c", "a - b - c"),
        ("sum(rate(a[5m])) - sum(rate(b[5m]))", "a - b"),
        ("sum(increase(a[1h]) - increase(b[1h]))", "a - b"),
        ("sum(a) - on() sum(b)", "a - b"),
        ("sum by (x) (a) + ignoring (y) sum by (x) (b)", "a + b"),
        ("a + a", "a + a"),
        ("-a", "-a"),
    ];
    for (text, expected) in cases {
        assert_eq!(counters(text).to_string(), expected, "{text}");
    }
}

#[test]
fn what_only_the_server_can_evaluate_is_left_to_it() {
    let texts = [
        "sum(a) / sum(b)",
        "sum(a) * 60",
        "1 - sum(rate(a[5m]))",
        "histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m])))",
        "avg(a)",
        "count(a)",
        "max_over_time(a[5m])",
        "rate(a[5m] offset 1h)",
        "a offset 5m",
        "a @ 1700000000",
        "sum(rate(a[5m])) + sum(b)",
        "sum(rate(a[5m])) + sum(increase(b[5m]))",
        "sum(increase(a[5m])) + sum(increase(b[10m]))",
        "a + on(x) group_left() b",
        "a or b",
        "a or vector(1)",
        "a and b",
        "a > 0",
        "delta(a[5m])",
        "sum_over_time(a[5m])",
        "rate(sum(a)[5m:1m])",
        r#"{a="1" or b="2"}"#,
        "vector(0)",
        "1",
        "topk(3, a)",
    ];
    for text in texts {
        assert_eq!(expression(text).as_str(), text);
    }
}

#[test]
fn a_value_that_is_no_counter_is_evaluated() {
    assert!(matches!(
        read_events("sum(x)", false),
        Ok(Reading::Expression(_))
    ));
    assert!(matches!(
        read_events("sum(x)", true),
        Ok(Reading::Counters(_))
    ));
    assert!(matches!(
        read_events("sum(rate(x[5m]))", false),
        Ok(Reading::Counters(_))
    ));
}

#[test]
fn only_a_plain_selector_is_a_gauge_to_be_read() {
    assert_eq!(
        read_gauge(r#"(x{a="1"})"#).unwrap().unwrap().to_string(),
        r#"x{a="1"}"#
    );
    for text in ["max(x)", "x offset 5m", "x + 1", "rate(x[5m])"] {
        assert_eq!(read_gauge(text).unwrap(), None, "{text}");
    }
}

#[test]
fn expressions_have_a_normal_form_too() {
    let same = [
        ("sum(a)/sum(b)", "sum( a ) / # per\n sum((b))"),
        (r#"a{x="1",y="2"} * 2"#, r#"2 * a{y="2", x="1"}"#),
        ("sum by (x, y) (a) / b", "sum by (y,x) (a) / b"),
        ("sum(rate(a[1h])) / b", "sum(rate(a[60m])) / b"),
        (
            "a / on (x,y) group_left (z) b",
            "a / on(y, x) group_left(z) b",
        ),
        ("avg by () (a)", "avg(a)"),
    ];
    for (one, other) in same {
        assert_eq!(canonical(one).unwrap(), canonical(other).unwrap(), "{one}");
    }
    let different = [
        ("a / b", "b / a"),
        ("a - 1", "1 - a"),
        ("a - (b / c)", "(a - b) / c"),
        ("a / (b * c)", "a / b * c"),
        ("(-a) ^ 2", "-(a ^ 2)"),
        ("avg(a[5m:1m])", "avg(a)"),
        ("sum(a) > 1", "sum(a) > bool 1"),
        ("avg(rate(a[5m]))", "avg(rate(a[{{.window}}]))"),
        (
            "rate(a[5m]) / rate(b[{{.window}}])",
            "rate(a[{{.window}}]) / rate(b[5m])",
        ),
        ("a offset 5m", "a offset -5m"),
        ("a / on(x) b", "a / ignoring(x) b"),
        (r#"{a="1" or b="2"}"#, r#"{a="1",b="2"}"#),
    ];
    for (one, other) in different {
        let normal = |text: &str| canonical(text).unwrap_or_else(|e| e.to_string());
        assert_ne!(normal(one), normal(other), "{one}");
    }
}

/// What is wrong with a text, and the text from there on.
fn mistake(text: &str) -> (String, &str) {
    let error = read(text).expect_err(text);
    (
        error.message,
        error.offset.map_or("?", |offset| &text[offset..]),
    )
}

#[test]
fn mistakes_have_a_place() {
    let mut table = String::new();
    let texts = [
        "",
        "   # nothing",
        "sum(rate(a[5m])",
        "sum(rate(a[5m])))",
        "sum(rate(a[5m]]))",
        "a{x=\"1}",
        "a b",
        "a + * b",
        "a +",
        "(+)",
        "sum(a,)",
        "rat(a[5m])",
        "rate(a)",
        "sum(rate(a[5x]))",
        "a[99999999999m]",
        "a offset inf",
        "a[1e300]",
        "a{x=~\"(\"}",
        "a{{.windows}}",
        "sum(rate(a{job=\"x\"}[$__window]))",
        "a ? b",
        "a{x}",
        "{}",
        "a[{{.window}}] b",
        "sum(rate(a[{{.window}}])) / sum(rat(b[{{.window}}]))",
        "x{__name__=\"y\"}",
    ];
    for text in texts {
        let (message, rest) = mistake(text);
        table += &format!("{text:?}\n    {message}\n    at {rest:?}\n");
    }
    insta::assert_snapshot!(table);
}

#[test]
fn limits_are_kept() {
    let long = format!("a{{x=\"{}\"}}", "y".repeat(TEXT_BYTES_MAX));
    assert!(mistake(&long).0.contains("at most 16384"));
    let deep = format!("{}a{}", "(".repeat(100), ")".repeat(100));
    assert!(mistake(&deep).0.contains("deeper than 64"));
    let wide = vec!["a"; 600].join("+");
    assert!(mistake(&wide).0.contains("more than 500 operators"));
    let signs = format!("{}a", "-".repeat(600));
    assert!(mistake(&signs).0.contains("more than 500 operators"));
    let within = vec!["a"; 500].join("+");
    assert_eq!(counters(&within).terms.len(), 500);
}

#[test]
fn facts_tell_what_is_read() {
    let facts = facts(
        r#"sum(rate(a_total{job="x"}[5m])) / b_count{code=~"5.."} + max_over_time(c[1h] offset 1d)"#,
    )
    .unwrap();
    let names = |set: &std::collections::BTreeSet<String>| {
        set.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&facts.metrics), "a_total b_count c");
    assert_eq!(names(&facts.labels), "code job");
    assert_eq!(names(&facts.unrated_counters), "b_count");
    assert_eq!(
        facts.ranges_ms.into_iter().collect::<Vec<_>>(),
        [300_000, 3_600_000]
    );
    assert!(facts.shifts_time);
}

#[test]
fn selectors_match_as_prometheus_does() {
    let matches = |text: &str, labels: &[(&str, &'static str)]| {
        counters(text).terms[0].selector.matches(|name| {
            labels
                .iter()
                .find(|(label, _)| *label == name)
                .map_or("", |(_, value)| *value)
        })
    };
    let series = [("__name__", "x"), ("code", "500"), ("path", "/a")];
    assert!(matches("x", &series));
    assert!(!matches("y", &series));
    assert!(matches(r#"{__name__=~"x|y"}"#, &series));
    assert!(matches(r#"x{code=~"5.."}"#, &series));
    assert!(!matches(r#"x{code=~"5."}"#, &series), "anchored");
    assert!(matches(r#"x{pod=""}"#, &series), "a missing label is empty");
    assert!(matches(r#"x{pod!="a"}"#, &series));
    assert!(matches(r#"x{pod!~"a+"}"#, &series));
    assert!(!matches(r#"x{pod=~".+"}"#, &series));
    assert!(!matches(r#"x{path!~"/.*"}"#, &series));
}

#[test]
fn a_selector_covers_another_with_more_conditions() {
    let selector = |text: &str| counters(text).terms[0].selector.clone();
    assert!(selector("x").covers(&selector(r#"x{a="1"}"#)));
    assert!(selector(r#"x{a="1"}"#).covers(&selector(r#"x{a="1",b!="2"}"#)));
    assert!(!selector(r#"x{a="1"}"#).covers(&selector("x")));
    assert!(!selector("y").covers(&selector("x")));
    assert_eq!(selector(r#"x{job="a"}"#).required("job"), Some("a"));
    assert_eq!(selector(r#"x{job=~"a"}"#).required("job"), None);
}

#[test]
fn generations_change_with_what_is_counted_and_only_then() {
    use tomoni_slo::{Indicator, Part, Query};
    let of = |part, bad: &str, total: &str, counter, resolution| {
        let (part_query, total) = (Query::new(bad), Query::new(total));
        generation(
            &Indicator::Ratio {
                part,
                part_query,
                total,
                counter,
            },
            "s",
            resolution,
        )
        .unwrap()
    };
    let base = of(Part::Bad, "b", "a", true, 5);
    assert_eq!(
        base.to_string(),
        "8bbca3a4ff49ba07c1822c5822357371",
        "ledgers are stored under it"
    );
    assert_eq!(
        base,
        of(
            Part::Bad,
            "sum(rate(b[1h]))",
            "increase(a[5m]) # all",
            true,
            5
        )
    );
    assert_eq!(base, of(Part::Bad, "rate(b[1h])", "rate(a[5m])", false, 1));
    assert_ne!(base, of(Part::Good, "b", "a", true, 5));
    assert_ne!(base, of(Part::Bad, "a", "b", true, 5));
    assert_ne!(
        base,
        of(Part::Bad, "b", "a", false, 5),
        "values are evaluated"
    );
    assert_ne!(
        of(Part::Bad, "b/1", "a", true, 5),
        of(Part::Bad, "b/1", "a", true, 1)
    );
    let threshold = |text: &str| {
        generation(
            &Indicator::Threshold {
                query: Query::new(text),
                several: tomoni_slo::Several::Ambiguous,
            },
            "s",
            5,
        )
        .unwrap()
    };
    assert_eq!(threshold("x{a='1', b='2'}"), threshold(r#"x{b="2",a="1"}"#));
    assert_ne!(threshold("x"), threshold("max(x)"));
    let raw = |rates_success, text: &str| {
        generation(
            &Indicator::Raw {
                rates_success,
                query: Query::new(text),
            },
            "s",
            5,
        )
        .unwrap()
    };
    assert_ne!(raw(true, "x"), raw(false, "x"));
    assert_ne!(raw(true, "x"), threshold("x"));
}

/// Pieces from which hostile texts are made.
const PIECES: [&str; 40] = [
    "sum",
    "(",
    ")",
    "rate",
    "[",
    "]",
    "5m",
    "{",
    "}",
    "a",
    "=",
    "\"x\"",
    "=~",
    "\"(\"",
    ",",
    "+",
    "-",
    "*",
    "/",
    "^",
    "offset",
    "@",
    "1e400",
    "inf",
    "NaN",
    "by",
    "on",
    "group_left",
    "or",
    "#",
    "\n",
    "'",
    "`",
    "\\",
    "{{.window}}",
    "$__range",
    ":",
    "é",
    "0x",
    "9999999999y",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,200}") {
        let _ = (read(&text), facts(&text), canonical(&text));
    }

    #[test]
    fn no_heap_of_tokens_makes_the_reader_panic(
        picks in prop::collection::vec(0..PIECES.len(), 0..40)
    ) {
        let text: String = picks.iter().flat_map(|i| [PIECES[*i], " "]).collect();
        match read(&text) {
            Err(PromqlError { offset: Some(offset), .. }) => {
                prop_assert!(text.is_char_boundary(offset), "{offset} in {text}");
            }
            Err(_) => {}
            Ok(_) => prop_assert!(canonical(&text).is_ok()),
        }
        let _ = facts(&text);
    }

    #[test]
    fn the_normal_form_of_a_sum_is_its_own_normal_form(
        signs in prop::collection::vec((any::<bool>(), 0..4_usize, "[a-z\"\\\\é]{0,4}"), 1..6)
    ) {
        let mut text = String::from("0 * z");
        text.clear();
        for (i, (negative, metric, value)) in signs.iter().enumerate() {
            let sign = match (i, negative) { (_, true) => " - ", (0, false) => "", _ => " + " };
            let name = ["a", "b_total", "c:d", "sum"][*metric];
            let selector = Selector::new(Some(name.into()), vec![Matcher::equal("l", value)]);
            text += &format!("{sign}{selector}");
        }
        let normal = canonical(&text).unwrap();
        prop_assert_eq!(canonical(&normal).unwrap(), normal);
    }
}

#[test]
fn a_missing_operator_is_found_before_an_aggregation_and_behind_labels() {
    let cases = [
        (
            "sum(a)\nsum(b)",
            "sum(b)",
            "an operator is missing before `sum`",
        ),
        ("a / on(x) b c", "c", "an operator is missing before `c`"),
        (
            "sum by (x) (a) / on(x) sum by (x) (b) d",
            "d",
            "an operator is missing before `d`",
        ),
    ];
    for (text, at, message) in cases {
        let error = read(text).unwrap_err();
        assert_eq!(error.message, message, "{text}");
        assert_eq!(error.offset, text.rfind(at), "{text}");
    }
}
