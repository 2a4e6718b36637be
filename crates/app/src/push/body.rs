//! Bodies: JSON, lines of JSON, CSV.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Deserialize;
use tomoni_ledger::Minute;

use super::number;
use super::{BATCHES_MAX, BODY_BYTES_MAX, Batch, COUNTS_MAX, Count, PushError};

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One batch: `{"id": …, "counts": [{"minute": …, "bad": …, "total": …}]}`.
    Json,
    /// A batch on each line.
    Ndjson,
    /// One batch: a header with `minute`, `good` or `bad`, and `total`, then a count on each line.
    Csv,
}

impl Format {
    /// The format that a media type names, parameters aside.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "application/json" => Some(Self::Json),
            "application/x-ndjson" | "application/ndjson" | "application/jsonl" => {
                Some(Self::Ndjson)
            }
            "text/csv" => Some(Self::Csv),
            _ => None,
        }
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "json" => Ok(Self::Json),
            "ndjson" => Ok(Self::Ndjson),
            "csv" => Ok(Self::Csv),
            _ => Err(format!("`{text}` is no format: write json, ndjson or csv")),
        }
    }
}

/// Reads the batches of a body. `id` is the id of a batch that has none of its own, such as a CSV's.
///
/// ```
/// use tomoni_app::push::{Format, read};
///
/// let body = br#"{"id": "7", "counts": [{"minute": "2026-11-22T09:00:00Z", "bad": 1, "total": 20}]}"#;
/// let batches = read(body, Format::Json, None)?;
/// assert_eq!(batches[0].counts[0].total.as_f64(), 20.0);
/// # Ok::<(), tomoni_app::push::PushError>(())
/// ```
///
/// # Errors
///
/// When the body is too long or not written as it should be; its first mistake, with its line.
pub fn read(body: &[u8], format: Format, id: Option<&str>) -> Result<Vec<Batch>, PushError> {
    if body.len() > BODY_BYTES_MAX {
        return Err(PushError::TooLarge { bytes: body.len() });
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        let seen = body.get(..error.valid_up_to()).unwrap_or_default();
        let line = seen.iter().filter(|byte| **byte == b'\n').count() + 1;
        syntax(line, "not UTF-8: save it as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match format {
        _ if text.trim().is_empty() => Err(PushError::Empty),
        Format::Json => Ok(vec![batch(text, 1, id)?]),
        Format::Ndjson => ndjson(text),
        Format::Csv => Ok(vec![csv(text, id)?]),
    }
}

fn syntax(line: usize, message: impl Into<String>) -> PushError {
    PushError::Syntax {
        line,
        message: message.into(),
    }
}

fn value(line: usize, message: impl Into<String>) -> PushError {
    PushError::Value {
        line,
        message: message.into(),
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a batch: {\"id\": …, \"counts\": […]}"
)]
struct RawBatch {
    id: Option<String>,
    counts: Vec<RawCount>,
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a count: {\"minute\": …, \"good\" or \"bad\": …, \"total\": …}"
)]
struct RawCount {
    minute: String,
    good: Option<f64>,
    bad: Option<f64>,
    total: f64,
}

fn ndjson(text: &str) -> Result<Vec<Batch>, PushError> {
    let mut batches = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        if batches.len() >= BATCHES_MAX {
            return Err(PushError::TooManyBatches);
        }
        // Which of several batches an id from outside would name cannot be known.
        batches.push(batch(line, index + 1, None)?);
    }
    Ok(batches)
}

/// Reads a batch; its text begins at a line of the body.
fn batch(text: &str, line: usize, id: Option<&str>) -> Result<Batch, PushError> {
    let raw: RawBatch = serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        let end = said.rfind(" at line ").unwrap_or(said.len());
        let message = format!("column {}: {}", error.column(), &said[..end]);
        let line = line + error.line().max(1) - 1;
        if error.is_data() {
            return value(line, message);
        }
        syntax(line, message)
    })?;
    let id = raw.id.as_deref().or(id).unwrap_or_default();
    let counts: Result<Vec<Count>, String> = raw
        .counts
        .iter()
        .enumerate()
        .map(|(at, raw)| count(raw).map_err(|why| format!("count {} of `{id}`: {why}", at + 1)))
        .collect();
    Batch::new(id, counts.map_err(|message| value(line, message))?)
}

fn count(raw: &RawCount) -> Result<Count, String> {
    let events =
        |name: &str, number: f64| number::events(number).map_err(|why| format!("`{name}` {why}"));
    let total = events("total", raw.total)?;
    let good = raw.good.map(|number| events("good", number)).transpose()?;
    let bad = raw.bad.map(|number| events("bad", number)).transpose()?;
    Ok(Count {
        minute: minute(&raw.minute)?,
        bad: number::bad(good, bad, total)?,
        total,
    })
}

/// A minute by its end.
fn minute(text: &str) -> Result<Minute, String> {
    let instant: Timestamp = text.trim().parse().map_err(|_| {
        format!("`{text}` is no time: write a minute's end, such as 2026-11-22T09:00:00Z")
    })?;
    let minute = Minute::holding_ms(instant.as_millisecond());
    if minute.end_ms() == instant.as_millisecond() && instant.subsec_nanosecond() == 0 {
        return Ok(minute);
    }
    Err(format!(
        "`{text}` is no minute's end: a minute is named by the full minute at which it ends"
    ))
}

/// Where a CSV's columns stand.
struct Columns {
    minute: usize,
    total: usize,
    good: Option<usize>,
    bad: Option<usize>,
}

fn csv(text: &str, id: Option<&str>) -> Result<Batch, PushError> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let columns = columns(reader.headers().map_err(|error| unread(&error))?)?;
    let mut counts = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unread(&error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let raw = raw_count(&record, &columns).and_then(|raw| count(&raw));
        counts.push(raw.map_err(|why| value(usize::try_from(line).unwrap_or(0), why))?);
        if counts.len() > COUNTS_MAX {
            break;
        }
    }
    Batch::new(id.unwrap_or_default(), counts)
}

fn unread(error: &csv::Error) -> PushError {
    let line = error.position().map_or(1, csv::Position::line);
    let message = match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} values, but the header has {expected_len} columns"),
        _ => format!("no CSV: {error}"),
    };
    syntax(usize::try_from(line).unwrap_or(0), message)
}

fn columns(header: &csv::StringRecord) -> Result<Columns, PushError> {
    let place = |name: &str| header.iter().position(|column| column == name);
    let known = ["minute", "good", "bad", "total"];
    for (at, column) in header.iter().enumerate() {
        if !known.contains(&column) {
            let message = format!("no column is called `{column}`: write minute,bad,total");
            return Err(value(1, message));
        }
        if place(column) != Some(at) {
            return Err(value(1, format!("a second column `{column}`")));
        }
    }
    let needed = |name: &str| {
        let message = format!("the header has no `{name}`: write minute,bad,total");
        place(name).ok_or_else(|| value(1, message))
    };
    Ok(Columns {
        minute: needed("minute")?,
        total: needed("total")?,
        good: place("good"),
        bad: place("bad"),
    })
}

fn raw_count(record: &csv::StringRecord, columns: &Columns) -> Result<RawCount, String> {
    let text = |at: usize| record.get(at).unwrap_or_default();
    let number = |name: &str, at: usize| {
        let text = text(at);
        text.parse::<f64>()
            .map_err(|_| format!("`{name}` is `{text}`, which is no number"))
    };
    let part = |name: &str, at: Option<usize>| {
        let given = at.filter(|at| !text(*at).is_empty());
        given.map(|at| number(name, at)).transpose()
    };
    Ok(RawCount {
        minute: text(columns.minute).to_owned(),
        good: part("good", columns.good)?,
        bad: part("bad", columns.bad)?,
        total: number("total", columns.total)?,
    })
}
