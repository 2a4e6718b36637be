use super::*;

fn json(body: &str) -> Result<Vec<Batch>, PushError> {
    read(body.as_bytes(), Format::Json, None)
}

fn said(result: Result<Vec<Batch>, PushError>) -> (&'static str, String) {
    let error = result.expect_err("it is refused");
    (error.code(), error.to_string())
}

const NINE: &str = "2026-11-22T09:00:00Z";
const NINE_MS: i64 = 1_795_338_000_000;

fn one(bad: i64, total: i64) -> Batch {
    let count = Count {
        minute: Minute::holding_ms(NINE_MS),
        bad: Events::whole(bad),
        total: Events::whole(total),
    };
    Batch::new("7", vec![count]).expect("it is right")
}

#[test]
fn the_three_formats_say_the_same() {
    let counts = r#"{"minute": "2026-11-22T18:00:00+09:00", "good": 19, "total": 20}, {"minute": "2026-11-22T08:59:00Z", "bad": 0.5, "total": 1.5}"#;
    let body = format!("{{\"id\": \"7\", \"counts\": [{counts}]}}");
    let of_json = json(&body).expect("JSON");
    assert_eq!(of_json[0].counts[1], one(1, 20).counts[0]);
    let two = format!("\n{body}\n{}\n", body.replace("\"7\"", "\"8\""));
    let lines = read(two.as_bytes(), Format::Ndjson, None).expect("NDJSON");
    assert_eq!(lines[0], of_json[0]);
    assert_eq!((lines[1].id.as_str(), lines.len()), ("8", 2));
    let table = "\u{feff}total, minute, good, bad\r\n20,2026-11-22T09:00:00Z,19,\r\n1.5,2026-11-22T08:59:00Z,,0.5\r\n";
    let of_csv = read(table.as_bytes(), Format::Csv, Some("7")).expect("CSV");
    assert_eq!(of_csv, of_json);
    assert_eq!(of_csv[0].content(), of_json[0].content());
    assert_ne!(one(1, 20).content(), one(2, 20).content());
}

#[test]
fn counts_of_one_minute_are_added_up() {
    let half = Batch::new("7", [one(1, 5).counts, one(0, 15).counts].concat());
    assert_eq!(half.expect("it is right"), one(1, 20));
}

/// A batch with one count.
fn body(rest: &str) -> String {
    format!("{{\"id\": \"7\", \"counts\": [{{\"minute\": \"{NINE}\", {rest}}}]}}")
}

fn refused(cases: &[(String, &str, &str)]) {
    for (body, code, message) in cases {
        let (found, text) = said(json(body));
        assert_eq!(found, *code, "{body}: {text}");
        assert!(text.contains(message), "{body}: {text}");
    }
}

#[test]
fn what_is_no_batch_is_refused_with_its_line() {
    let right = body("\"bad\": 0, \"total\": 1");
    let id = |id: &str| right.replace("\"7\"", &format!("\"{id}\""));
    let text = String::from;
    refused(&[
        (text(""), "push/empty", "the body holds no batch"),
        (text("[]"), "push/value", "line 1: column "),
        (
            text("{\"id\": \"7\",\n\"counts\": [}"),
            "push/syntax",
            "line 2: ",
        ),
        (
            text("{\"id\": \"7\", \"counts\": []}"),
            "push/empty",
            "no counts",
        ),
        (
            right.replace("\"id\": \"7\", ", ""),
            "push/id",
            "is missing",
        ),
        (id(" "), "push/id", "is missing or empty"),
        (id("a\\nb"), "push/id", "control character"),
        (id(&"x".repeat(129)), "push/id", "has 129 characters"),
    ]);
    let bytes = read(b"{\n\xff}", Format::Json, None);
    assert!(said(bytes).1.starts_with("line 2: not UTF-8"));
}

#[test]
fn what_is_no_count_is_refused() {
    let right = body("\"bad\": 0, \"total\": 1");
    let value = "push/value";
    refused(&[
        (body("\"total\": 1"), value, "`good` or `bad` is missing"),
        (body("\"bad\": 0, \"total\": 1, \"x\": 1"), value, "`x`"),
        (body("\"bad\": \"0\", \"total\": 1"), value, "invalid type"),
        (body("\"bad\": 2, \"total\": 1"), value, "2 of 1 events"),
        (body("\"bad\": -1, \"total\": 1"), value, "`bad` is -1"),
        (
            body("\"bad\": 0, \"total\": 0.3"),
            value,
            "multiple of 1/1024",
        ),
        (
            body("\"bad\": 0, \"total\": 1e300"),
            value,
            "more than a minute",
        ),
        (body("\"bad\": 0, \"total\": null"), value, "invalid type"),
        (
            body("\"bad\": 0, \"good\": 1, \"total\": 1"),
            value,
            "exclude",
        ),
        (right.replace(":00Z", ":01Z"), value, "no minute's end"),
        (
            right.replace(NINE, "yesterday"),
            value,
            "`yesterday` is no time",
        ),
    ]);
}

#[test]
fn a_table_is_refused_with_its_line() {
    let table = |text: &str| said(read(text.as_bytes(), Format::Csv, Some("7"))).1;
    assert!(table("minute,bad\n").starts_with("line 1: the header has no `total`"));
    assert!(table("minute,bad,total,bad\n").starts_with("line 1: a second column"));
    assert!(table("minute,bad,total\n\n2026,1\n").contains("2 values, but the header has 3"));
    let wrong = table(&format!("minute,bad,total\n{NINE},0,1\n{NINE},one,1\n"));
    assert_eq!(wrong, "line 3: `bad` is `one`, which is no number");
}

#[test]
fn a_minute_is_open_for_two_days_and_not_before_it_begins() {
    let batch = one(1, 20);
    let open_ms = OPEN_MINUTES * 60_000;
    for (now_ms, code) in [
        (NINE_MS, None),
        (NINE_MS - 60_000 - 1, None),
        (NINE_MS - 120_000, Some("push/future")),
        (NINE_MS + open_ms - 1, None),
        (NINE_MS + open_ms, Some("push/closed")),
    ] {
        let found = batch.check(now_ms).err().map(|error| error.code());
        assert_eq!(found, code, "{}", now_ms - NINE_MS);
    }
}

#[test]
fn there_are_limits() {
    let long = vec![b' '; BODY_BYTES_MAX + 1];
    assert_eq!(said(read(&long, Format::Json, None)).0, "push/too-large");
    let row = format!("{NINE},0,1\n");
    let rows = format!("minute,bad,total\n{}", row.repeat(COUNTS_MAX + 1));
    assert_eq!(
        said(read(rows.as_bytes(), Format::Csv, Some("7"))).0,
        "push/too-large"
    );
    let line =
        format!("{{\"id\":\"7\",\"counts\":[{{\"minute\":\"{NINE}\",\"bad\":0,\"total\":1}}]}}\n");
    let lines = line.repeat(BATCHES_MAX + 1);
    assert_eq!(
        said(read(lines.as_bytes(), Format::Ndjson, None)).0,
        "push/too-large"
    );
    let most = Events::MINUTE_MAX;
    let full = Count {
        minute: Minute::holding_ms(NINE_MS),
        bad: Events::ZERO,
        total: most,
    };
    let twice = Batch::new("7", vec![full, full]).expect_err("too full");
    assert_eq!(twice.code(), "push/count");
}

proptest::proptest! {
    #[test]
    fn no_body_is_fatal(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        for format in [Format::Json, Format::Ndjson, Format::Csv] {
            let _ = read(&body, format, Some("7"));
        }
    }
}
