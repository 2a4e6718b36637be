//! The indicators that the hard world is asked for, each in two tongues: PromQL for the reader, a
//! claim for the proof.

use tomoni_ledger::{DAY_MINUTES, Fact, Minute, Span};
use tomoni_slo::{Indicator, Op, Query, Several, Threshold};
use tomoni_sources::prometheus::Want;
use tomoni_sources::simulator::proof::{self, Claim, Part, Pick, Terms};
use tomoni_sources::simulator::{Class, Metric, Scraping, Series, World, scenarios};

use crate::support::want;

/// What is proved, and how it is asked for.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) service: &'static str,
    pub(crate) asked: Asked,
}

/// An indicator.
pub(crate) enum Asked {
    /// A ratio of counters: PromQL of the part and of the total.
    Ratio {
        claim: Claim,
        part: String,
        total: String,
        truth: Truth,
    },
    /// A gauge that is good at or above a value.
    AtLeast { pick: Pick, value: f64 },
}

/// Which classes of events are meant.
#[derive(Clone, Copy)]
pub(crate) struct Truth {
    is_bad: fn(&Class) -> bool,
    is_counted: fn(&Class) -> bool,
}

impl Case {
    /// What the reader is asked for.
    pub(crate) fn want(&self) -> Want {
        match &self.asked {
            Asked::Ratio {
                claim, part, total, ..
            } => {
                let (part_query, total) = (Query::new(part), Query::new(total));
                let part = match claim.part {
                    Part::Bad(_) => tomoni_slo::Part::Bad,
                    Part::Good(_) => tomoni_slo::Part::Good,
                };
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
            Asked::AtLeast { pick, value } => {
                let query = Query::new(pick.promql());
                let threshold = Threshold {
                    op: Op::Gte,
                    value: *value,
                };
                let several = Several::Ambiguous;
                want(Indicator::Threshold { query, several }, Some(threshold))
            }
        }
    }

    /// What the samples prove.
    pub(crate) fn proof(&self, series: &[Series], span: Span) -> Vec<Fact> {
        match &self.asked {
            Asked::Ratio { claim, .. } => proof::of_counters(series, claim, span),
            Asked::AtLeast { pick, value } => {
                proof::of_gauge(series, pick, |read| read >= *value, span)
            }
        }
    }
}

/// The hard world, thirty days of it, and what scrapes at an interval saw.
pub(crate) struct Month {
    pub(crate) world: World,
    pub(crate) span: Span,
    pub(crate) metrics: Vec<Metric>,
    pub(crate) series: Vec<Series>,
}

impl Month {
    pub(crate) fn scraped_every(interval_s: i64) -> Self {
        Self::of_days(30, interval_s)
    }

    pub(crate) fn of_days(days: i64, interval_s: i64) -> Self {
        // 2026-03-01T00:00:00Z.
        let start = Minute::ended_by_ms(1_772_323_200_000);
        let world = scenarios::hard_to_count(42, start);
        let span = Span::new(start, start + days * DAY_MINUTES);
        let scraping = Scraping {
            interval_ms: interval_s * 1_000,
            from_ms: span.after.end_ms(),
            until_ms: span.until.end_ms(),
        };
        let services = world.services.iter();
        let metrics: Vec<Metric> = services.flat_map(|s| world.scraped(s, scraping)).collect();
        let series = metrics.iter().flat_map(Metric::series).collect();
        Self {
            world,
            span,
            metrics,
            series,
        }
    }

    /// What truly happened: bad and all events.
    pub(crate) fn truth(&self, case: &Case) -> Option<(i64, i64)> {
        let Asked::Ratio { truth, .. } = &case.asked else {
            return None;
        };
        let service = self.world.service(case.service)?;
        let lives = self.world.lives(service, self.span.until.end_ms());
        let sum = |chosen: fn(&Class) -> bool| -> i64 {
            let minutes = self.span.minutes();
            minutes
                .map(|m| self.world.happened(service, &lives, m, chosen))
                .sum()
        };
        Some((sum(truth.is_bad), sum(truth.is_counted)))
    }
}

fn has(class: &Class, name: &str, starts: &str) -> bool {
    class
        .labels
        .iter()
        .any(|(n, value)| *n == name && value.starts_with(starts))
}

fn is_5xx(class: &Class) -> bool {
    has(class, "code", "5")
}

fn is_slow(class: &Class) -> bool {
    class.seconds > 0.1
}

fn is_lost(class: &Class) -> bool {
    has(class, "result", "lost")
}

const ERRORS: Truth = Truth {
    is_bad: is_5xx,
    is_counted: |_| true,
};
const SLOW: Truth = Truth {
    is_bad: is_slow,
    is_counted: |_| true,
};
const NOT_CLIENTS: Truth = Truth {
    is_bad: is_5xx,
    is_counted: |class| !has(class, "code", "404"),
};
const LOST: Truth = Truth {
    is_bad: is_lost,
    is_counted: |class| !has(class, "result", "again"),
};

fn one(pick: Pick) -> Terms {
    vec![(1, pick)]
}

fn of(name: &str, job: &str) -> Pick {
    Pick::named(name).with("job", &[job])
}

/// Every kind of indicator that counts exactly, in the ways in which people write them.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = vec![by_sum(), by_rate(), by_difference(), by_histogram()];
    cases.extend(small_services());
    cases
}

fn requests() -> Pick {
    of("http_requests_total", "unlock-api")
}

fn unlock(name: &'static str, terms: Terms, part: Part, texts: [&str; 2], truth: Truth) -> Case {
    let claim = Claim {
        job: "unlock-api".to_owned(),
        total: terms,
        part,
    };
    let [part, total] = texts.map(str::to_owned);
    Case {
        name,
        service: "unlock-api",
        asked: Asked::Ratio {
            claim,
            part,
            total,
            truth,
        },
    }
}

fn by_sum() -> Case {
    let texts = [
        r#"sum(http_requests_total{job="unlock-api",code=~"5.."})"#,
        r#"sum by (code) (http_requests_total{job="unlock-api"})"#,
    ];
    let errors = one(requests().with("code", &["500", "504"]));
    unlock(
        "availability by sum",
        one(requests()),
        Part::Bad(errors),
        texts,
        ERRORS,
    )
}

fn by_rate() -> Case {
    let texts = [
        r#"sum(rate(http_requests_total{job="unlock-api",code!~"5.."}[5m]))"#,
        r#"sum(rate(http_requests_total{job="unlock-api"}[5m]))"#,
    ];
    let good = one(requests().without("code", "500").without("code", "504"));
    unlock(
        "availability by rate, good",
        one(requests()),
        Part::Good(good),
        texts,
        ERRORS,
    )
}

fn by_difference() -> Case {
    let texts = [
        r#"http_requests_total{job="unlock-api",code="500"}
           + http_requests_total{job="unlock-api",code="504"} # both kinds"#,
        r#"sum(http_requests_total{job="unlock-api"})
           - sum(http_requests_total{job="unlock-api",code="404"})"#,
    ];
    let coded = |code| requests().with("code", &[code]);
    let total = vec![(1, requests()), (-1, coded("404"))];
    let bad = Part::Bad(vec![(1, coded("500")), (1, coded("504"))]);
    unlock(
        "two kinds of errors, clients' left out",
        total,
        bad,
        texts,
        NOT_CLIENTS,
    )
}

fn by_histogram() -> Case {
    let texts = [
        r#"sum(increase(http_request_duration_seconds_bucket{job="unlock-api",le="0.1"}[1h]))"#,
        r#"sum(increase(http_request_duration_seconds_count{job="unlock-api"}[1h]))"#,
    ];
    let quick = of("http_request_duration_seconds_bucket", "unlock-api").with("le", &["0.1"]);
    let total = one(of("http_request_duration_seconds_count", "unlock-api"));
    unlock(
        "latency by histogram",
        total,
        Part::Good(one(quick)),
        texts,
        SLOW,
    )
}

/// The services that have hardly any traffic, none, or contradict themselves; and the gauge.
fn small_services() -> Vec<Case> {
    let ratio = |name, service: &'static str, total: Pick, part: Part, truth| {
        let terms = match &part {
            Part::Bad(terms) | Part::Good(terms) => terms[0].1.promql(),
        };
        let (part_text, text) = (format!("sum({terms})"), format!("sum({})", total.promql()));
        let claim = Claim {
            job: service.to_owned(),
            total: one(total),
            part,
        };
        let asked = Asked::Ratio {
            claim,
            part: part_text,
            total: text,
            truth,
        };
        Case {
            name,
            service,
            asked,
        }
    };
    let report = of("http_requests_total", "report-api");
    let received = of("orders_received_total", "order-worker");
    let done = of("orders_done_total", "order-worker");
    let cold = of("cold_requests_total", "cold-api");
    let failed = |pick: &Pick, code| Part::Bad(one(pick.clone().with("code", &[code])));
    let (report_bad, cold_bad) = (failed(&report, "500"), failed(&cold, "503"));
    let volts = |name, value| {
        let pick = of("battery_volts", "vehicle-beacon");
        Case {
            name,
            service: "vehicle-beacon",
            asked: Asked::AtLeast { pick, value },
        }
    };
    vec![
        ratio(
            "few events, relabelled",
            "report-api",
            report,
            report_bad,
            ERRORS,
        ),
        ratio(
            "good above total",
            "order-worker",
            received,
            Part::Good(one(done)),
            LOST,
        ),
        ratio("idle for weeks", "cold-api", cold, cold_bad, ERRORS),
        volts("a gauge at 11.5", 11.5),
        volts("the same at 9", 9.0),
    ]
}
