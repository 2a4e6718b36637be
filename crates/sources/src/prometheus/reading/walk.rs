//! Reading raw samples window by window, and counting as they come in.
//!
//! Only the samples that later minutes still need stay in memory: those of the last two hours and
//! of the window under way.

use futures::future::try_join_all;
use tomoni_ledger::{MINUTE_MS, Minute, Span};
use tomoni_slo::Part;
use tomoni_spec::promql::{Selector, Term};

use super::super::client::Remarks;
use super::super::counting::{
    Claim, DEATH_MS, Judged, Knowledge, LOOKAHEAD_MS, LOOKBACK_MS, Term as CountedTerm, count,
    judge,
};
use super::super::error::SourceError;
use super::layout::Group;
use super::outcome::{Outcome, RefusedBirth};
use super::recipe::{Counted, Recipe};
use super::session::Session;
use super::tapes::{Choice, Tapes};

/// Ranges are read this much wide of their edge: versions differ on whether a range holds the sample
/// at its start.
const WIDE_MS: i64 = 1_000;
/// How far before a span the samples of a gauge matter: whether a series was there a minute ago.
const GAUGE_LOOKBACK_MS: i64 = MINUTE_MS;
/// Raw samples that one walk holds at a time, as a multiple of what one query may bring.
const HELD_QUERIES: f64 = 4.0;

/// How far before a short span samples are looked at first: a series that has died is missed, and a
/// minute without a sample is known from its neighbours, only this far.
const NEAR_MS: i64 = DEATH_MS + WIDE_MS;
/// A query may bring so many times the samples that it should before the next one asks for less.
const ROOM: f64 = 1.5;

/// A walk through a group's samples.
struct Walk<'a> {
    session: &'a Session<'a>,
    span: Span,
    fetches: Vec<&'a Selector>,
    tapes: Tapes,
    members: Vec<Member>,
    remarks: Remarks,
}

/// One ledger on the way.
struct Member {
    kind: Kind,
    outcome: Outcome,
}

enum Kind {
    Counted {
        part_is: Part,
        total: Vec<(bool, Choice)>,
        part: Vec<(bool, Choice)>,
    },
    Gauge {
        judged: Judged,
        choice: Choice,
    },
}

/// Counts every minute of the span for each of the group's ledgers, in the order of its members.
pub(super) async fn walk(
    session: &Session<'_>,
    group: &Group,
    recipes: &[&Recipe],
    span: Span,
) -> Result<Vec<Outcome>, SourceError> {
    let mut walk = Walk {
        session,
        span,
        fetches: group.fetches.iter().map(|(selector, _)| selector).collect(),
        tapes: Tapes::default(),
        members: recipes
            .iter()
            .filter_map(|recipe| Member::new(recipe))
            .collect(),
        remarks: Remarks::default(),
    };
    walk.go(window_ms(session, group)).await?;
    let mut outcomes: Vec<Outcome> = walk.members.into_iter().map(|m| m.outcome).collect();
    for outcome in &mut outcomes {
        outcome.remarks.merge(&walk.remarks);
    }
    Ok(outcomes)
}

/// How long a time one query may ask for.
fn window_ms(session: &Session<'_>, group: &Group) -> i64 {
    let at_once = session.limits().samples_per_query as f64;
    let rates = group.fetches.iter().map(|(_, rate)| *rate);
    let (most, all) = (rates.clone().fold(0.0, f64::max), rates.sum::<f64>());
    let minutes = at_once / most.max(all / HELD_QUERIES).max(f64::MIN_POSITIVE);
    (minutes.min(1e6) as i64).max(1) * MINUTE_MS
}

impl Walk<'_> {
    async fn go(&mut self, window_ms: i64) -> Result<(), SourceError> {
        let (lookback_ms, lookahead_ms) = self.reach();
        if lookback_ms == LOOKBACK_MS && self.go_near(window_ms).await? {
            return Ok(());
        }
        let end_ms = self.span.until.end_ms() + lookahead_ms;
        let mut window_ms = window_ms;
        // Samples up to here are in, and minutes up to there are counted.
        let mut cursor_ms = self.span.after.end_ms() - lookback_ms;
        let mut counted = self.span.after;
        while counted < self.span.until {
            let to_ms = end_ms.min(cursor_ms + window_ms);
            match self.fetch(cursor_ms, to_ms).await {
                Ok(samples) => {
                    window_ms = self.fitting(to_ms - cursor_ms, samples).min(window_ms);
                    cursor_ms = to_ms;
                }
                Err(error) if error.is_too_much() && window_ms > MINUTE_MS => {
                    let shorter = (to_ms - cursor_ms) / 2 / MINUTE_MS * MINUTE_MS;
                    window_ms = shorter.max(MINUTE_MS);
                    continue;
                }
                Err(error) => return Err(error),
            }
            let known = self
                .span
                .until
                .min(Minute::ended_by_ms(cursor_ms - lookahead_ms));
            if known > counted {
                self.count(Span::new(counted, known));
                counted = known;
                self.tapes
                    .forget_until(counted.end_ms() - lookback_ms - WIDE_MS);
            }
        }
        Ok(())
    }

    /// Counts a short span from few samples before it, where they are enough: where each series
    /// that has a sample in the span had one shortly before. Says whether it did.
    ///
    /// Only births are held against the hours before them, and few minutes see one. So to keep a
    /// ledger up to date costs a tenth of what two hours of samples would.
    async fn go_near(&mut self, window_ms: i64) -> Result<bool, SourceError> {
        let (after_ms, until_ms) = (self.span.after.end_ms(), self.span.until.end_ms());
        let (from_ms, to_ms) = (after_ms - NEAR_MS, until_ms + LOOKAHEAD_MS);
        if until_ms - after_ms > LOOKBACK_MS || to_ms - from_ms > window_ms {
            return Ok(false);
        }
        let fetched = match self.fetch(from_ms, to_ms).await {
            Ok(_) if !self.tapes.begin_within(after_ms, until_ms) => Ok(0),
            Ok(_) => self.fetch(after_ms - LOOKBACK_MS, from_ms).await,
            Err(error) => Err(error),
        };
        match fetched {
            Ok(_) => {
                self.count(self.span);
                Ok(true)
            }
            Err(error) if error.is_too_much() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// How far before and after a span samples matter.
    fn reach(&self) -> (i64, i64) {
        let is_gauge = |member: &Member| matches!(member.kind, Kind::Gauge { .. });
        if self.members.iter().all(is_gauge) {
            (GAUGE_LOOKBACK_MS, 0)
        } else {
            (LOOKBACK_MS, LOOKAHEAD_MS)
        }
    }

    /// The window in which a query brings as many samples as it should, when it brought so many in
    /// this one.
    fn fitting(&self, window_ms: i64, samples: usize) -> i64 {
        let share = self.session.limits().samples_per_query as f64 / samples.max(1) as f64;
        if share >= 1.0 / ROOM {
            return i64::MAX;
        }
        ((window_ms as f64 * share) as i64 / MINUTE_MS).max(1) * MINUTE_MS
    }

    /// Fetches the samples of `(from_ms, to_ms]`, and those of a second before. Gives how many the
    /// largest answer had.
    async fn fetch(&mut self, from_ms: i64, to_ms: i64) -> Result<usize, SourceError> {
        let seconds = (to_ms - from_ms + WIDE_MS) / 1_000;
        let session = self.session;
        let fetches = self.fetches.iter().map(|selector| async move {
            let mut remarks = Remarks::default();
            let query = format!("{selector}[{seconds}s]");
            let mut answer = session
                .instant(&query, (to_ms - seconds * 1_000, to_ms), &mut remarks)
                .await?;
            session.without_ends(&mut answer.series).await?;
            Ok::<_, SourceError>((answer, remarks))
        });
        let mut most = 0;
        for (answer, remarks) in try_join_all(fetches).await? {
            self.remarks.merge(&remarks);
            most = most.max(
                answer
                    .series
                    .iter()
                    .map(|series| series.samples.len())
                    .sum(),
            );
            self.session.received(self.tapes.take(answer.series));
        }
        Ok(most)
    }

    fn count(&mut self, span: Span) {
        for member in &mut self.members {
            member.count(&self.tapes, span);
            self.session.finished(span.len() as u64);
        }
    }
}

impl Member {
    fn new(recipe: &Recipe) -> Option<Self> {
        let chosen = |terms: &[Term]| {
            terms
                .iter()
                .map(|term| (term.negative, Choice::new(term.selector.clone())))
                .collect()
        };
        let kind = match recipe {
            Recipe::Counted(Counted {
                total,
                part,
                part_is,
            }) => Kind::Counted {
                part_is: *part_is,
                total: chosen(total),
                part: chosen(part),
            },
            Recipe::Gauge(selector, judged) => Kind::Gauge {
                judged: *judged,
                choice: Choice::new(selector.clone()),
            },
            Recipe::Evaluated(_) => return None,
        };
        Some(Self {
            kind,
            outcome: Outcome::default(),
        })
    }

    fn count(&mut self, tapes: &Tapes, span: Span) {
        match &mut self.kind {
            Kind::Counted {
                part_is,
                total,
                part,
            } => {
                for (_, choice) in total.iter_mut().chain(part.iter_mut()) {
                    choice.update(tapes);
                }
                self.outcome.count(*part_is, total, part, tapes, span);
            }
            Kind::Gauge { judged, choice } => {
                choice.update(tapes);
                let judged = judge(&choice.samples(tapes), *judged, span);
                self.outcome.facts.extend(judged.facts);
                self.outcome.ambiguous += judged.ambiguous;
                self.outcome.has_total |= !choice.is_empty();
            }
        }
    }
}

impl Outcome {
    fn count(
        &mut self,
        part_is: Part,
        total: &[(bool, Choice)],
        part: &[(bool, Choice)],
        tapes: &Tapes,
        span: Span,
    ) {
        let terms = |choices: &[(bool, Choice)]| {
            let term = |(negative, choice): &(bool, Choice)| CountedTerm {
                negative: *negative,
                tapes: choice.samples(tapes),
            };
            choices.iter().map(term).collect()
        };
        let claim = Claim {
            total: terms(total),
            part: terms(part),
            part_is,
        };
        let counted = count(&claim, span);
        for (minute, minutes) in span.minutes().zip(counted.minutes) {
            self.facts.push(minutes.fact(true));
            if minutes.knowledge == Knowledge::Absent {
                self.absent.insert(Span::ending_at(minute, 1));
            }
        }
        for refused in &counted.tally.refused {
            let choice = total.iter().chain(part).nth(refused.term);
            let labels = choice.and_then(|(_, choice)| choice.labels(tapes, refused.tape));
            let series = labels.map(ToString::to_string).unwrap_or_default();
            self.refused.push(RefusedBirth {
                series,
                minute: refused.minute,
                value: refused.value,
                hour_before: refused.hour_before,
            });
        }
        self.tally.add(counted.tally);
        self.has_total |= total.iter().any(|(_, choice)| !choice.is_empty());
        self.has_part |= part.iter().any(|(_, choice)| !choice.is_empty());
    }
}
