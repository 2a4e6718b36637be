//! The groups of an SLO: names, labels and expressions are Sloth's.

use super::slo::{Alert, Sli, Slo};
use super::windows::{Pair, Windows};
use super::{Group, Makes, Rule, Settings};
use crate::prometheus::duration_text;
use crate::promql::{Quoted, Template};
use crate::sloth::Texts;

const DAY_MS: f64 = 86_400_000.0;

/// What is made of each SLO.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wanted {
    has_recordings: bool,
    has_alerts: bool,
    /// Labels on all recording rules.
    labels: Texts,
    /// What `sloth_version` says.
    version: String,
}

impl Wanted {
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            has_recordings: settings.has_recordings,
            has_alerts: settings.has_alerts,
            labels: settings.labels.clone(),
            version: settings.version.clone(),
        }
    }

    /// Whether an SLO has any rules.
    pub(super) fn has_any(&self, slo: &Slo) -> bool {
        self.has_recordings || (self.has_alerts && (slo.page.is_some() || slo.ticket.is_some()))
    }
}

/// The groups of an SLO, of which none is empty.
pub(super) fn of(slo: &Slo, windows: &Windows, wanted: &Wanted) -> Vec<Group> {
    let maker = Maker::new(slo, windows, wanted);
    let mut groups = Vec::new();
    let mut add = |kind: &str, rules: Vec<Rule>| {
        if !rules.is_empty() {
            let name = format!("sloth-slo-{kind}-{}", slo.id);
            groups.push(Group { name, rules });
        }
    };
    if wanted.has_recordings {
        add("sli-recordings", maker.sli());
        add("meta-recordings", maker.meta());
    }
    if wanted.has_alerts {
        add("alerts", maker.alerts());
    }
    groups
}

struct Maker<'m> {
    slo: &'m Slo,
    windows: &'m Windows,
    wanted: &'m Wanted,
    /// What selects the SLO's series.
    filter: String,
}

impl<'m> Maker<'m> {
    fn new(slo: &'m Slo, windows: &'m Windows, wanted: &'m Wanted) -> Self {
        let matchers = identity(slo).map(|(label, value)| format!("{label}={}", Quoted(value)));
        Self {
            slo,
            windows,
            wanted,
            filter: format!("{{{}}}", matchers.join(", ")),
        }
    }

    /// The SLI over each window, and over the period.
    fn sli(&self) -> Vec<Rule> {
        let mut lengths_ms = self.windows.lengths_ms();
        if !lengths_ms.contains(&self.slo.period_ms) {
            lengths_ms.push(self.slo.period_ms);
        }
        let rule = |length_ms: &u64| {
            let window = duration_text(*length_ms);
            let labels = self.labels(Some(&window));
            let expr = match *length_ms == self.slo.period_ms && *length_ms != self.shortest_ms() {
                true => self.period(&window),
                false => self.ratio(&window),
            };
            record(&error_ratio(*length_ms), expr, labels)
        };
        lengths_ms.iter().map(rule).collect()
    }

    fn ratio(&self, window: &str) -> String {
        match &self.slo.sli {
            Sli::Events { error, total } => {
                let [error, total] = [error, total].map(|query| filled(query, window));
                format!("({error})\n/\n({total})\n")
            }
            Sli::Ratio(ratio) => format!("({})", filled(ratio, window)),
        }
    }

    /// The period's ratio as the mean of what was recorded: raw series would cost too much.
    fn period(&self, window: &str) -> String {
        let recorded = format!("{}{}", error_ratio(self.shortest_ms()), self.filter);
        format!(
            "sum_over_time({recorded}[{window}])\n/ ignoring (sloth_window)\n\
             count_over_time({recorded}[{window}])\n"
        )
    }

    /// What the SLO is, and how its budget stands.
    fn meta(&self) -> Vec<Rule> {
        let labels = self.labels(None);
        let record = |name: &str, expr: String| record(name, expr, labels.clone());
        let objective = self.slo.objective_percent / 100.0;
        let days = self.slo.period_ms as f64 / DAY_MS;
        let filter = &self.filter;
        let burn_rate = |length_ms: u64| {
            format!(
                "{}{filter}\n/ on(sloth_id, sloth_slo, sloth_service) group_left\n\
                 slo:error_budget:ratio{filter}\n",
                error_ratio(length_ms)
            )
        };
        let mut info = record("sloth_slo_info", "vector(1)".to_owned());
        for (name, value) in [
            ("sloth_version", self.wanted.version.as_str()),
            ("sloth_mode", self.slo.origin.mode),
            ("sloth_spec", self.slo.origin.spec),
            ("sloth_objective", &self.slo.objective_percent.to_string()),
        ] {
            info.labels.insert(name.to_owned(), value.to_owned());
        }
        vec![
            record("slo:objective:ratio", format!("vector({objective})")),
            record("slo:error_budget:ratio", format!("vector(1-{objective})")),
            record("slo:time_period:days", format!("vector({days})")),
            record("slo:current_burn_rate:ratio", burn_rate(self.shortest_ms())),
            record("slo:period_burn_rate:ratio", burn_rate(self.slo.period_ms)),
            record(
                "slo:period_error_budget_remaining:ratio",
                format!("1 - slo:period_burn_rate:ratio{filter}"),
            ),
            info,
        ]
    }

    fn alerts(&self) -> Vec<Rule> {
        let (page, ticket) = (self.slo.page.as_ref(), self.slo.ticket.as_ref());
        let page = page.map(|alert| self.alert(alert, "page", &self.windows.page));
        let ticket = ticket.map(|alert| self.alert(alert, "ticket", &self.windows.ticket));
        page.into_iter().chain(ticket).collect()
    }

    fn alert(&self, alert: &Alert, severity: &str, pair: &Pair) -> Rule {
        let filter = &self.filter;
        let budget = (100.0 - self.slo.objective_percent) / 100.0;
        let burns = |length_ms: u64, factor: f64| {
            let name = error_ratio(length_ms);
            format!("max({name}{filter} > ({factor} * {budget})) without (sloth_window)")
        };
        let [quick, slow] = [pair.quick, pair.slow].map(|b| {
            let [short, long] = [b.short_ms, b.long_ms].map(|length_ms| burns(length_ms, b.factor));
            format!("(\n    {short}\n    and\n    {long}\n)\n")
        });
        let slo = "{{$labels.sloth_service}} {{$labels.sloth_slo}} SLO error budget burn rate is";
        let mut annotations = Texts::from([
            ("summary".to_owned(), format!("{slo} over expected.")),
            ("title".to_owned(), format!("({severity}) {slo} too fast.")),
        ]);
        annotations.extend(alert.annotations.clone());
        let mut labels = Texts::from([("sloth_severity".to_owned(), severity.to_owned())]);
        labels.extend(alert.labels.clone());
        Rule {
            makes: Makes::Alert(alert.name.clone()),
            expr: format!("{quick}or\n{slow}"),
            labels,
            annotations,
        }
    }

    /// The window of what is the case now.
    fn shortest_ms(&self) -> u64 {
        self.windows.page.quick.short_ms
    }

    /// The labels of a recording rule, over a window or none: documents' own win, and over these those
    /// that are wanted on all.
    fn labels(&self, window: Option<&str>) -> Texts {
        let window = window.map(|window| ("sloth_window", window));
        let identity = identity(self.slo).into_iter().chain(window);
        let mut labels: Texts = identity
            .map(|(label, value)| (label.to_owned(), value.to_owned()))
            .collect();
        labels.extend(self.slo.labels.clone());
        labels.extend(self.wanted.labels.clone());
        labels
    }
}

/// The labels that tell an SLO's series from all others, in order.
fn identity(slo: &Slo) -> [(&'static str, &str); 3] {
    [
        ("sloth_id", &slo.id),
        ("sloth_service", &slo.service),
        ("sloth_slo", &slo.name),
    ]
}

fn record(name: &str, expr: String, labels: Texts) -> Rule {
    Rule {
        makes: Makes::Record(name.to_owned()),
        expr,
        labels,
        annotations: Texts::new(),
    }
}

/// The name of the SLI over a window.
fn error_ratio(length_ms: u64) -> String {
    format!("slo:sli_error:ratio_rate{}", duration_text(length_ms))
}

/// A query over a window, to be put into parentheses: a comment at its end must not hide the one
/// that closes.
fn filled(query: &Template, window: &str) -> String {
    let mut text = query.with_window(window);
    if text.contains('#') && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}
