//! What scraped samples prove about each minute, by the design's counting rules.
//!
//! This is the yardstick, so it is written to be read beside semantics.md ("Counting from a
//! Prometheus-compatible server"), not to be quick: each minute is worked out by itself from the
//! samples around it. It shares no code with the reader that it measures.

use tomoni_ledger::{Events, Fact, MINUTE_MS, Marks, Minute, Span};

use super::scraping::Series;

/// A predecessor counts when it is at most this much older.
const PREDECESSOR_MS: i64 = 60 * MINUTE_MS;
/// A born series counts from zero beside a witness: a series of its selector, or of the total, with
/// so many samples in the hour before.
const WITNESSED: usize = 3;
/// A minute between two samples of one series at most this far apart is known.
const BRIDGE_MS: i64 = 150_000;
/// The hour of deltas that a born value is held against.
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A born value above this many times that hour only sets the base; so does what is born in a scrape
/// whose births, taken together, are above it.
const IMPLAUSIBLE: f64 = 100.0;

/// Which series are meant: a name, and values that labels must or must not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    name: String,
    needs: Vec<(String, Vec<String>)>,
    refuses: Vec<(String, String)>,
}

impl Pick {
    /// All series with this name.
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            needs: Vec::new(),
            refuses: Vec::new(),
        }
    }

    /// Of those, the ones where the label has one of the values.
    #[must_use]
    pub fn with(mut self, label: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        self.needs.push((label.to_owned(), values));
        self
    }

    /// Of those, the ones where the label has another value, or is missing.
    #[must_use]
    pub fn without(mut self, label: &str, value: &str) -> Self {
        self.refuses.push((label.to_owned(), value.to_owned()));
        self
    }

    /// Whether the series is meant.
    pub fn matches(&self, series: &Series) -> bool {
        let value = |label: &str| series.labels.get(label).map_or("", String::as_str);
        series.name == self.name
            && self
                .needs
                .iter()
                .all(|(label, values)| values.iter().any(|v| v == value(label)))
            && self
                .refuses
                .iter()
                .all(|(label, refused)| refused != value(label))
    }

    /// The same as a PromQL selector.
    pub fn promql(&self) -> String {
        let needs = self
            .needs
            .iter()
            .map(|(label, values)| match values.as_slice() {
                [one] => format!("{label}=\"{one}\""),
                many => format!("{label}=~\"{}\"", many.join("|")),
            });
        let refuses = self
            .refuses
            .iter()
            .map(|(label, value)| format!("{label}!=\"{value}\""));
        let matchers: Vec<String> = needs.chain(refuses).collect();
        format!("{}{{{}}}", self.name, matchers.join(","))
    }
}

/// A sum or difference of selectors.
pub type Terms = Vec<(i64, Pick)>;

/// What one half of a ratio counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Events that failed.
    Bad(Terms),
    /// Events that did not.
    Good(Terms),
}

/// A ratio of counters, of which something is to be proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The `job` whose other series tell idleness from ignorance.
    pub job: String,
    /// All events.
    pub total: Terms,
    /// Some of them.
    pub part: Part,
}

impl Claim {
    const fn part_terms(&self) -> &Terms {
        match &self.part {
            Part::Bad(terms) | Part::Good(terms) => terms,
        }
    }
}

/// What the samples prove about each minute of the span: a fact for every minute, in order.
pub fn of_counters(series: &[Series], claim: &Claim, span: Span) -> Vec<Fact> {
    let bench = Bench::new(series, claim);
    span.minutes().map(|minute| bench.fact(minute)).collect()
}

/// What the samples of a gauge prove: its last one in the minute, good or bad.
pub fn of_gauge(
    series: &[Series],
    pick: &Pick,
    is_good: impl Fn(f64) -> bool,
    span: Span,
) -> Vec<Fact> {
    let held: Vec<&Series> = series.iter().filter(|s| pick.matches(s)).collect();
    let fact = |minute: Minute| {
        let latest = held
            .iter()
            .filter_map(|s| s.samples[within(&s.samples, minute)].last());
        match latest.max_by_key(|(at_ms, _)| *at_ms) {
            None => Fact::UNKNOWN,
            Some((_, value)) if !is_valid(*value) => Fact::UNKNOWN.marked(Marks::INVALID),
            Some((_, value)) => {
                let bad = i64::from(!is_good(*value));
                Fact::counted(Events::whole(bad), Events::whole(1))
            }
        }
    };
    span.minutes().map(fact).collect()
}

/// The samples of a series that count, and the times of those that do not.
struct Tape<'a> {
    series: &'a Series,
    samples: Vec<(i64, f64)>,
    invalid: Vec<(i64, f64)>,
}

/// The tapes of one selector, and the sign with which it counts.
struct Term<'a> {
    sign: i64,
    tapes: Vec<Tape<'a>>,
}

/// Everything that a claim is proved from.
struct Bench<'a> {
    claim: &'a Claim,
    total: Vec<Term<'a>>,
    part: Vec<Term<'a>>,
    /// Series of the job that tell that it was being scraped.
    others: Vec<&'a Series>,
}

impl<'a> Bench<'a> {
    fn new(series: &'a [Series], claim: &'a Claim) -> Self {
        let terms = |terms: &Terms| {
            terms
                .iter()
                .map(|(sign, pick)| Term::new(series, *sign, pick))
                .collect()
        };
        let speaks = |s: &&Series| {
            let of_job = s.labels.get("job") == Some(&claim.job);
            of_job && s.name != "up" && !s.name.starts_with("scrape_")
        };
        Self {
            claim,
            total: terms(&claim.total),
            part: terms(claim.part_terms()),
            others: series.iter().filter(speaks).collect(),
        }
    }

    fn fact(&self, minute: Minute) -> Fact {
        let tapes = || {
            self.total
                .iter()
                .chain(&self.part)
                .flat_map(|term| &term.tapes)
        };
        if tapes().any(|tape| !within(&tape.invalid, minute).is_empty()) {
            return Fact::UNKNOWN.marked(Marks::INVALID);
        }
        let is_known = self
            .total
            .iter()
            .any(|term| term.tapes.iter().any(|t| t.knows(minute)));
        if !is_known
            && !self
                .others
                .iter()
                .any(|s| !within(&s.samples, minute).is_empty())
        {
            return Fact::UNKNOWN;
        }
        let total = self.gained(&self.total, minute);
        let part = self.gained(&self.part, minute);
        match self.claim.part {
            Part::Bad(_) => Fact::counted(part, total),
            Part::Good(_) => Fact::counted(total - part, total),
        }
    }

    fn gained(&self, terms: &[Term<'_>], minute: Minute) -> Events {
        let mut sum = 0;
        for term in terms {
            for tape in term.tapes.iter().filter(|tape| tape.reaches(minute)) {
                for i in within(&tape.samples, minute) {
                    let delta = tape.delta(i).unwrap_or_else(|| self.born(term, tape, i));
                    sum += term.sign * delta as i64;
                }
            }
        }
        Events::whole(sum)
    }

    /// What a sample without a predecessor counts for.
    fn born(&self, term: &Term<'_>, tape: &Tape<'_>, i: usize) -> f64 {
        let (at_ms, value) = tape.samples[i];
        let is_witness = |t: &Tape<'_>| {
            let before = t
                .samples
                .iter()
                .filter(|(ms, _)| is_before(*ms, at_ms, HOUR_MS));
            before.count() >= WITNESSED
        };
        let mut looking = self.total.iter().chain([term]).flat_map(|term| &term.tapes);
        if !looking.any(is_witness) {
            return 0.0;
        }
        let most = IMPLAUSIBLE * self.hour_before(at_ms).max(1.0);
        if value <= most && self.born_at(at_ms) <= most {
            value
        } else {
            0.0
        }
    }

    /// All values of the total that were born in one scrape.
    fn born_at(&self, at_ms: i64) -> f64 {
        let mut sum = 0.0;
        for term in &self.total {
            for tape in &term.tapes {
                if let Ok(i) = tape.samples.binary_search_by_key(&at_ms, |(ms, _)| *ms)
                    && tape.delta(i).is_none()
                {
                    sum += term.sign as f64 * tape.samples[i].1;
                }
            }
        }
        sum
    }

    /// All events of the hour before an instant, births aside.
    fn hour_before(&self, at_ms: i64) -> f64 {
        let mut sum = 0.0;
        for term in &self.total {
            for tape in &term.tapes {
                let (from, until) = (
                    tape.samples
                        .partition_point(|(ms, _)| *ms < at_ms - HOUR_MS),
                    tape.samples.partition_point(|(ms, _)| *ms < at_ms),
                );
                let deltas = (from..until).filter_map(|i| tape.delta(i));
                sum += term.sign as f64 * deltas.sum::<f64>();
            }
        }
        sum
    }
}

impl<'a> Term<'a> {
    fn new(series: &'a [Series], sign: i64, pick: &Pick) -> Self {
        let picked = series.iter().filter(|s| pick.matches(s));
        let tapes = picked.map(|series| {
            let (samples, invalid) = series.samples.iter().partition(|(_, v)| is_valid(*v));
            Tape {
                series,
                samples,
                invalid,
            }
        });
        Self {
            sign,
            tapes: tapes.collect(),
        }
    }
}

impl Tape<'_> {
    /// What a sample adds to its predecessor; `None` when it has none.
    fn delta(&self, i: usize) -> Option<f64> {
        let (at_ms, value) = self.samples[i];
        let (before_ms, before) = *self.samples.get(i.checked_sub(1)?)?;
        (at_ms - before_ms <= PREDECESSOR_MS).then_some(if value < before {
            value
        } else {
            value - before
        })
    }

    /// Whether the minute lies between the series' first and last samples, or holds one of them.
    fn reaches(&self, minute: Minute) -> bool {
        let (first, last) = (self.series.samples.first(), self.series.samples.last());
        first.is_some_and(|(at_ms, _)| *at_ms <= minute.end_ms())
            && last.is_some_and(|(at_ms, _)| minute.end_ms() - MINUTE_MS < *at_ms)
    }

    /// Whether the series says what happened in a minute.
    fn knows(&self, minute: Minute) -> bool {
        if !self.reaches(minute) {
            return false;
        }
        let here = within(&self.series.samples, minute);
        if !here.is_empty() {
            return true;
        }
        let (Some(before), Some(after)) = (
            here.start.checked_sub(1).map(|i| self.series.samples[i].0),
            self.series.samples.get(here.start).map(|sample| sample.0),
        ) else {
            return false;
        };
        after - before <= BRIDGE_MS
    }
}

/// The samples of a minute, `(end - 60 s, end]`.
fn within(samples: &[(i64, f64)], minute: Minute) -> std::ops::Range<usize> {
    let start_ms = minute.end_ms() - MINUTE_MS;
    samples.partition_point(|(at_ms, _)| *at_ms <= start_ms)
        ..samples.partition_point(|(at_ms, _)| *at_ms <= minute.end_ms())
}

fn is_before(ms: i64, at_ms: i64, reach_ms: i64) -> bool {
    at_ms - reach_ms <= ms && ms < at_ms
}

fn is_valid(value: f64) -> bool {
    value.is_finite() && value >= 0.0
}
