//! A server that answers like a Prometheus, from a few series in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use regex::Regex;
use serde_json::{Value, json};
use tomoni_ledger::{Counts, Events, Fact, Minute, Span};
use tomoni_slo::{Generation, Indicator, LedgerKey, Op, Part, Query, Several, Threshold};
use tomoni_sources::prometheus::{Config, Harvest, Observation, Prometheus, SourceError, Want};
use tomoni_sources::simulator::Series as SimulatedSeries;
use tomoni_spec::promql::read_gauge;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// 2026-03-01T00:00:00Z.
pub(crate) const START: Minute = Minute::from_index(29_538_720);

/// A series' labels, its name among them.
type Labels = BTreeMap<String, String>;
/// The labels that an aggregation kept.
type Group = Vec<(String, String)>;
/// Times in milliseconds since the Unix epoch, and values.
type Samples = Vec<(i64, f64)>;

/// What the server holds, and how it behaves.
#[derive(Clone, Default)]
pub(crate) struct Held {
    /// Labels with `__name__` among them, and samples in order.
    pub(crate) series: Vec<(Labels, Samples)>,
    /// Queries that are not worked out but answered with these values at every step.
    pub(crate) canned: BTreeMap<String, Vec<f64>>,
    /// Answers above so many samples are refused.
    pub(crate) samples_max: Option<usize>,
    /// Queries with this text in them are refused.
    pub(crate) refused: Option<&'static str>,
    /// Whether it knows the functions of VictoriaMetrics.
    pub(crate) is_victoria: bool,
    /// Put beside `status` in every answer.
    pub(crate) beside: Vec<(&'static str, Value)>,
}

/// A fake server, and all queries that it was asked.
pub(crate) struct Fake {
    pub(crate) server: MockServer,
    asked: Arc<Mutex<Vec<String>>>,
}

struct Answering {
    held: Held,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Held {
    /// One more series: samples every 30 s, from half a minute after `START + first` on.
    pub(crate) fn series(mut self, selector: &str, first: i64, values: &[f64]) -> Self {
        let at = |i: usize| (START + first).end_ms() + 30_000 * (i as i64 + 1);
        let samples = values
            .iter()
            .enumerate()
            .map(|(i, value)| (at(i), *value))
            .collect();
        let selector = read_gauge(selector).unwrap().unwrap();
        let mut labels: Labels = selector
            .matchers
            .iter()
            .map(|m| (m.label.clone(), m.value.clone()))
            .collect();
        labels.insert("__name__".to_owned(), selector.metric.unwrap());
        self.series.push((labels, samples));
        self
    }

    /// What scrapes of a simulated world saw.
    pub(crate) fn scraped(world: &[SimulatedSeries]) -> Self {
        let mut held = Self::default();
        for series in world {
            let mut labels = series.labels.clone();
            labels.insert("__name__".to_owned(), series.name.clone());
            held.series.push((labels, series.samples.clone()));
        }
        held
    }

    pub(crate) fn canned(mut self, query: &str, values: &[f64]) -> Self {
        self.canned.insert(query.to_owned(), values.to_vec());
        self
    }

    pub(crate) async fn serve(self) -> Fake {
        let server = MockServer::start().await;
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let answering = Answering {
            held: self,
            asked: Arc::clone(&asked),
        };
        Mock::given(any())
            .respond_with(answering)
            .mount(&server)
            .await;
        Fake { server, asked }
    }

    /// The samples in `[until_ms - range_ms, until_ms]` of the series that the selector means.
    fn within(&self, selector: &str, until_ms: i64, range_ms: i64) -> Vec<(&Labels, Samples)> {
        let selector = read_gauge(selector).unwrap().unwrap();
        let mut found = Vec::new();
        for (labels, samples) in &self.series {
            let is_in =
                |(at_ms, _): &&(i64, f64)| until_ms - range_ms <= *at_ms && *at_ms <= until_ms;
            let samples: Samples = samples.iter().filter(is_in).copied().collect();
            let label = |name: &str| labels.get(name).map_or("", String::as_str);
            if !samples.is_empty() && selector.matches(label) {
                found.push((labels, samples));
            }
        }
        found
    }

    /// The value of an aggregation over `count_over_time` at an instant, by its labels.
    fn aggregated(&self, query: &str, at_ms: i64) -> BTreeMap<Group, f64> {
        let shape = r"^(sum|count)(?: by \((.*?)\))? ?\(count_over_time\((.*)\[(\d+)(m|ms)\]\)\)$";
        let shape = Regex::new(shape).unwrap();
        let parts = shape
            .captures(query)
            .unwrap_or_else(|| panic!("no answer for {query}"));
        let range: i64 = parts[4].parse().unwrap();
        let range_ms = if &parts[5] == "m" {
            range * 60_000
        } else {
            range
        };
        let by = parts.get(2).map_or("", |by| by.as_str());
        let mut groups = BTreeMap::new();
        for (labels, mut samples) in self.within(&parts[3], at_ms, range_ms) {
            // VictoriaMetrics does not count the marks of a series' end.
            samples.retain(|(_, value)| !self.is_victoria || !value.is_nan());
            if samples.is_empty() {
                continue;
            }
            let label = |name: &str| labels.get(name).map(|v| (name.to_owned(), v.clone()));
            let group = by.split(',').filter_map(label).collect();
            let more = if &parts[1] == "sum" {
                samples.len() as f64
            } else {
                1.0
            };
            *groups.entry(group).or_default() += more;
        }
        groups
    }

    fn instant(&self, query: &str, at_ms: i64) -> Vec<Value> {
        if query.starts_with("label_set") {
            return vec![json!({ "metric": {}, "value": [at_ms / 1_000, "1"] })];
        }
        if query == "count_over_time(vector(1)[1m:1m])" {
            return vec![json!({ "metric": {}, "value": [at_ms / 1_000, "2"] })];
        }
        let (selector, range) = query.rsplit_once('[').unwrap();
        let range_s: i64 = range.strip_suffix("s]").unwrap().parse().unwrap();
        let found = self.within(selector, at_ms, range_s * 1_000).into_iter();
        found
            .map(|(labels, samples)| json!({ "metric": labels, "values": points(samples) }))
            .collect()
    }

    fn range(&self, query: &str, times: impl Iterator<Item = i64>) -> Vec<Value> {
        let mut matrix: BTreeMap<Group, Samples> = BTreeMap::new();
        for at_ms in times {
            if let Some(values) = self.canned.get(query) {
                for (i, value) in values.iter().enumerate() {
                    let series = vec![("series".to_owned(), i.to_string())];
                    matrix.entry(series).or_default().push((at_ms, *value));
                }
                continue;
            }
            for (group, value) in self.aggregated(query, at_ms) {
                matrix.entry(group).or_default().push((at_ms, value));
            }
        }
        let series = |(labels, samples): (Group, Samples)| {
            let labels: Labels = labels.into_iter().collect();
            json!({ "metric": labels, "values": points(samples) })
        };
        matrix.into_iter().map(series).collect()
    }
}

fn points(samples: Samples) -> Vec<Value> {
    let text = |value: f64| {
        if value.is_nan() {
            "NaN".to_owned()
        } else {
            value.to_string()
        }
    };
    samples
        .into_iter()
        .map(|(ms, value)| json!([ms as f64 / 1e3, text(value)]))
        .collect()
}

/// The fields of a request.
pub(crate) fn form(request: &Request) -> BTreeMap<String, String> {
    let form = String::from_utf8(request.body.clone()).unwrap();
    let form = reqwest::Url::parse(&format!("http://form/?{form}")).unwrap();
    form.query_pairs().into_owned().collect()
}

impl Respond for Answering {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let fields = form(request);
        let ms = |name: &str| (fields[name].parse::<f64>().unwrap() * 1e3).round() as i64;
        let query = &fields["query"];
        self.asked.lock().unwrap().push(query.clone());
        let is_refused = self.held.refused.is_some_and(|text| query.contains(text));
        if is_refused || query.starts_with("label_set") && !self.held.is_victoria {
            let body =
                json!({ "status": "error", "errorType": "bad_data", "error": "no such thing" });
            return ResponseTemplate::new(400).set_body_json(body);
        }
        let (kind, result) = if request.url.path().ends_with("/query") {
            ("matrix", self.held.instant(query, ms("time")))
        } else {
            let times = (ms("start")..=ms("end")).step_by(ms("step") as usize);
            ("matrix", self.held.range(query, times))
        };
        let samples = |series: &Value| series["values"].as_array().map_or(0, Vec::len);
        if self
            .held
            .samples_max
            .is_some_and(|most| result.iter().map(samples).sum::<usize>() > most)
        {
            let error =
                "query processing would load too many samples into memory in query execution";
            let body = json!({ "status": "error", "errorType": "execution", "error": error });
            return ResponseTemplate::new(422).set_body_json(body);
        }
        let mut body =
            json!({ "status": "success", "data": { "resultType": kind, "result": result } });
        for (name, value) in &self.held.beside {
            body[name] = value.clone();
        }
        ResponseTemplate::new(200).set_body_json(body)
    }
}

impl Fake {
    /// The queries for raw samples that it was asked, without their ranges, each once.
    pub(crate) fn fetched(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let raw = asked
            .iter()
            .filter_map(|query| query.strip_suffix("s]")?.rsplit_once('['));
        let mut selectors: Vec<String> = raw.map(|(selector, _)| selector.to_owned()).collect();
        selectors.sort();
        selectors.dedup();
        selectors
    }

    /// All queries that it was asked, each once.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().unwrap().clone();
        asked.sort();
        asked.dedup();
        asked
    }

    pub(crate) fn config(&self) -> Config {
        impatient(self.server.uri())
    }

    pub(crate) async fn read(&self, wants: &[Want], span: Span) -> Vec<Harvest> {
        self.read_as_of(wants, span, span.until).await
    }

    pub(crate) async fn read_as_of(
        &self,
        wants: &[Want],
        span: Span,
        horizon: Minute,
    ) -> Vec<Harvest> {
        let reader = Prometheus::new(self.config()).unwrap();
        let results = reader.read_as_of(wants, span, horizon, &|_| {}).await;
        results.into_iter().map(Result::unwrap).collect()
    }
}

/// A configuration that does not wait for long.
pub(crate) fn impatient(url: impl Into<String>) -> Config {
    let mut config = Config::new(url);
    config.timeout = Duration::from_secs(1);
    config.retries = 0;
    config
}

pub(crate) async fn read(
    config: Config,
    wants: &[Want],
    span: Span,
) -> Vec<Result<Harvest, SourceError>> {
    Prometheus::new(config)
        .unwrap()
        .read(wants, span, &|_| {})
        .await
}

/// So many minutes from the start.
pub(crate) fn first(minutes: i64) -> Span {
    Span::new(START, START + minutes)
}

pub(crate) fn ratio(part: Part, part_query: &str, total: &str) -> Want {
    let (part_query, total) = (Query::new(part_query), Query::new(total));
    want(
        Indicator::Ratio {
            part,
            part_query,
            total,
            counter: true,
        },
        None,
    )
}

pub(crate) fn gauge(query: &str, op: Op, value: f64) -> Want {
    want(
        Indicator::Threshold {
            query: Query::new(query),
            several: Several::Ambiguous,
        },
        Some(Threshold { op, value }),
    )
}

pub(crate) fn ready_made(query: &str, rates_success: bool) -> Want {
    want(
        Indicator::Raw {
            rates_success,
            query: Query::new(query),
        },
        None,
    )
}

fn want(indicator: Indicator, threshold: Option<Threshold>) -> Want {
    let key = LedgerKey {
        generation: Generation::from_bits(1),
        threshold,
    };
    Want {
        key,
        indicator,
        resolution_minutes: 5,
    }
}

/// Bad and total events of a minute.
pub(crate) fn events(bad: f64, total: f64) -> Fact {
    let events = |count| Events::nearest(count).unwrap();
    Fact::counted(events(bad), events(total))
}

pub(crate) fn facts(harvest: &Harvest) -> Vec<Fact> {
    harvest.facts.iter().map(|(_, fact)| *fact).collect()
}

/// The sums of bad and total events over the known minutes.
pub(crate) fn sums(harvest: &Harvest) -> Counts {
    let known = harvest.facts.iter().filter_map(|(_, fact)| fact.counts);
    known.fold(Counts::default(), |sum, counts| Counts {
        bad: sum.bad + counts.bad,
        total: sum.total + counts.total,
    })
}

/// A counter that rises by so much at each sample, from zero.
pub(crate) fn rising(by: f64, samples: usize) -> Vec<f64> {
    (0..samples).map(|i| i as f64 * by).collect()
}

/// The observations as text, for snapshots.
pub(crate) fn told(observations: &[Observation]) -> String {
    let lines: Vec<String> = observations.iter().map(|o| format!("{o:?}")).collect();
    lines.join("\n")
}
