//! The API's answers, decoded.
//!
//! Samples are `[1700000000.123, "42"]`, by the hundred thousand: they are decoded straight into
//! numbers, without a tree of JSON values in between.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};

use super::counting::Sample;
use super::labels::Labels;

/// How a warning begins that is about the query and not about the data.
const ABOUT_THE_QUERY: &str = "PromQL";

/// What a server answered.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) series: Vec<Series>,
    pub(super) warnings: Vec<String>,
    /// The server said that something may be missing.
    pub(super) is_partial: bool,
}

impl Answer {
    /// Leaves out samples from outside `[from_ms, until_ms]`, and gives how many there were. All
    /// that counts relies on times that were asked for.
    pub(super) fn keep_within(&mut self, from_ms: i64, until_ms: i64) -> u64 {
        let mut left_out = 0;
        for series in &mut self.series {
            let before = series.samples.len();
            series
                .samples
                .retain(|sample| (from_ms..=until_ms).contains(&sample.at_ms));
            left_out += (before - series.samples.len()) as u64;
        }
        left_out
    }
}

/// One series of an answer, its samples in order of time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    pub(super) labels: Labels,
    pub(super) samples: Vec<Sample>,
}

/// What came instead of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The API's own error.
    Error { kind: String, message: String },
    /// JSON, but not the API's; or not JSON.
    Foreign(String),
}

/// Decodes the body of an answer.
pub(super) fn decode(body: &[u8]) -> Result<Answer, Refusal> {
    let envelope: Envelope<'_> = serde_json::from_slice(body).map_err(|error| {
        if error.is_eof() {
            return Refusal::Foreign(format!("JSON that breaks off at byte {}", body.len()));
        }
        Refusal::Foreign(beginning(body))
    })?;
    let said = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned).unwrap_or_default();
    if envelope.status != "success" {
        let (kind, message) = (said(envelope.error_type), said(envelope.error));
        return Err(Refusal::Error { kind, message });
    }
    let data = envelope.data.unwrap_or_default();
    let warnings: Vec<String> = envelope
        .warnings
        .into_iter()
        .flatten()
        .map(Cow::into_owned)
        .collect();
    Ok(Answer {
        series: data.result.into_iter().map(Series::from).collect(),
        is_partial: envelope.is_partial.unwrap_or(false)
            || warnings.iter().any(|text| tells_of_a_gap(text)),
        warnings,
    })
}

/// Whether a warning may mean that something is missing.
///
/// Thanos and Prometheus with remote reads answer with success and a warning when a store could not
/// be asked. Only a warning about the query itself says nothing about the data; those begin with
/// `PromQL`, wherever PromQL is evaluated by Prometheus' own engine.
fn tells_of_a_gap(warning: &str) -> bool {
    !warning.starts_with(ABOUT_THE_QUERY)
}

/// How a text begins, on one line.
pub(super) fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(400)]);
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().take(100).collect();
    if line.is_empty() {
        "an empty answer".to_owned()
    } else {
        format!("`{line}`")
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, default)]
    data: Option<Data<'a>>,
    #[serde(borrow, default, rename = "errorType")]
    error_type: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    error: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    warnings: Option<Vec<Cow<'a, str>>>,
    #[serde(default, rename = "isPartial")]
    is_partial: Option<bool>,
}

#[derive(Default, Deserialize)]
struct Data<'a> {
    #[serde(borrow, default)]
    result: Vec<Element<'a>>,
}

/// A series of a vector (one `value`) or a matrix (`values`). Native histograms come under other
/// names and are no counts of ours.
#[derive(Deserialize)]
struct Element<'a> {
    #[serde(borrow, default)]
    metric: BTreeMap<Cow<'a, str>, Cow<'a, str>>,
    #[serde(default)]
    value: Option<Point>,
    #[serde(default)]
    values: Vec<Point>,
}

impl From<Element<'_>> for Series {
    fn from(element: Element<'_>) -> Self {
        let labels = element
            .metric
            .iter()
            .map(|(k, v)| (k.as_ref().into(), v.as_ref().into()));
        let mut points = element.values;
        points.extend(element.value);
        Self {
            labels: Labels::new(labels.collect()),
            samples: points.into_iter().map(|point| point.0).collect(),
        }
    }
}

#[repr(transparent)]
struct Point(Sample);

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PointVisitor)
    }
}

struct PointVisitor;

impl<'de> Visitor<'de> for PointVisitor {
    type Value = Point;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time and a value, as [1700000000.123, \"42\"]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Point, A::Error> {
        let seconds: f64 = pair
            .next_element()?
            .ok_or_else(|| A::Error::invalid_length(0, &self))?;
        let value: Value = pair
            .next_element()?
            .ok_or_else(|| A::Error::invalid_length(1, &self))?;
        // Exact: a double holds milliseconds of this era with four decimal places to spare.
        let at_ms = (seconds * 1_000.0).round() as i64;
        Ok(Point(Sample {
            at_ms,
            value: value.0,
        }))
    }
}

struct Value(f64);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number as a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        let value = text
            .parse()
            .map_err(|_| E::custom(format!("`{text}` is not a number")))?;
        Ok(Value(value))
    }

    /// VictoriaMetrics writes `null` for NaN in some answers.
    fn visit_unit<E: serde::de::Error>(self) -> Result<Value, E> {
        Ok(Value(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_and_vectors_are_decoded() {
        let body = br#"{"status":"success","data":{"resultType":"matrix","result":[
            {"metric":{"b":"2","__name__":"x","a":"1\"\u00e9"},
             "values":[[1700000000.123,"42"],[1700000060,"NaN"],[1700000120.5,"+Inf"]]},
            {"metric":{},"value":[1700000000,"1e3"]},
            {"metric":{"h":"1"},"histograms":[[1,{"count":"1"}]]}]},
            "warnings":["w1","w2"],"infos":["i"]}"#;
        let answer = decode(body).unwrap();
        assert_eq!(answer.series[0].labels.to_string(), r#"x{a="1\"é", b="2"}"#);
        assert_eq!(answer.series[0].labels.get("b"), "2");
        assert_eq!(answer.series[0].labels.get("c"), "");
        let samples = &answer.series[0].samples;
        assert_eq!(
            samples[0],
            Sample {
                at_ms: 1_700_000_000_123,
                value: 42.0
            }
        );
        assert!(samples[1].value.is_nan());
        assert_eq!(
            samples[2],
            Sample {
                at_ms: 1_700_000_120_500,
                value: f64::INFINITY
            }
        );
        let (at_ms, value) = (1_700_000_000_000, 1e3);
        assert_eq!(answer.series[1].samples, [Sample { at_ms, value }]);
        assert!(answer.series[2].samples.is_empty());
        assert_eq!(answer.warnings, ["w1", "w2"]);
    }

    #[test]
    fn partial_answers_are_told() {
        let answer = decode(br#"{"status":"success","isPartial":true,"data":{"result":[]}}"#);
        assert!(answer.unwrap().is_partial);
    }

    #[test]
    fn a_warning_is_told_of_as_a_gap_unless_it_is_about_the_query() {
        let is_partial = |beside: &str| {
            let body = format!(r#"{{"status":"success","data":{{"result":[]}},{beside}}}"#);
            decode(body.as_bytes()).unwrap().is_partial
        };
        let hint = "PromQL warning: encountered a mix of histograms and floats";
        let gap = "fetch series for {replica=\\\"a\\\"}: rpc error: code = Unavailable";
        assert!(!is_partial(&format!(r#""warnings":["{hint}"]"#)));
        assert!(!is_partial(r#""infos":["metric might not be a counter"]"#));
        assert!(is_partial(&format!(r#""warnings":["{hint}","{gap}"]"#)));
    }

    #[test]
    fn errors_and_foreign_answers_are_told_apart() {
        let error = decode(br#"{"status":"error","errorType":"bad_data","error":"parse error"}"#);
        let (kind, message) = ("bad_data".to_owned(), "parse error".to_owned());
        assert_eq!(error.unwrap_err(), Refusal::Error { kind, message });
        let foreign = |body: &[u8]| match decode(body) {
            Err(Refusal::Foreign(found)) => found,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            foreign(b"<html>\n <title>Sign in"),
            "`<html> <title>Sign in`"
        );
        assert_eq!(foreign(b""), "JSON that breaks off at byte 0");
        assert!(foreign(br#"{"status":"success","data":{"resu"#).contains("breaks off at byte 33"));
        assert_eq!(foreign(br#"{"login":1}"#), "`{\"login\":1}`");
        assert!(
            foreign(br#"{"status":"success","data":{"result":[{"value":[1,"x"]}]}}"#)
                .starts_with('`')
        );
    }
}
