//! The shape of `status`: the same from the terminal and, later, from `GET /api/v1/status`.
//!
//! Ratios are fractions, times RFC 3339 in UTC, durations seconds unless the name says otherwise;
//! `null` means unknown and is never written as 0 or 1.
//!
//! What a server has answered can be read back, from a text that lives as long as the program.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tomoni_ledger::Events;
use tomoni_slo::Group;
use utoipa::ToSchema;

use crate::findings::FindingRow;

/// Every objective that was asked for, at one instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct StatusReport {
    /// The instant the figures are for, floored to the minute.
    pub at: String,
    /// One row per objective, in the order of service, SLO and objective.
    pub slos: Vec<SloRow>,
    /// What has to be known to read the rows rightly: what could not be read, what was seen while
    /// reading, what is wrong with an SLI.
    pub findings: Vec<FindingRow>,
}

/// The figures of one objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SloRow {
    /// The SLO's name (`metadata.name`).
    pub slo: String,
    /// The objective's number in its SLO, counted from 1.
    pub objective_number: usize,
    /// The objective's own display name, where the document gives one.
    pub objective_name: Option<String>,
    /// Which group of another SLO it is; only where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub group: Option<GroupRow>,
    /// The service the SLO belongs to.
    pub service: String,
    /// The owning team, where one is known.
    pub team: Option<String>,
    /// The SLO's display name.
    pub display_name: Option<String>,
    /// `active`, `draft` or `shadow`.
    pub stage: &'static str,
    /// The target as a fraction.
    pub objective: f64,
    /// The window as the document wrote it.
    pub window: String,
    /// `Occurrences`, `Timeslices` or `RatioTimeslices`.
    pub method: &'static str,
    /// The service level over the window.
    pub sli: Option<f64>,
    /// Good events in the ledger.
    pub good: Option<Count>,
    /// Bad events in the ledger.
    pub bad: Option<Count>,
    /// All events in the ledger.
    pub total: Option<Count>,
    /// The last settled minute: the window ends there.
    pub watermark: Option<String>,
    /// The error budget.
    pub budget: BudgetRow,
    /// Burn rates over the default windows, shortest first.
    pub burn_rates: BurnRates,
    /// Known minutes over the window's minutes that are not excluded.
    pub coverage: Option<f64>,
    /// The first minute that is known, where history begins an hour or more after the window does.
    pub history_starts: Option<String>,
    /// `exact` or `approximate`; `null` when no minute is known.
    pub counting: Option<&'static str>,
    /// Minutes in which bad exceeded total and was clamped.
    pub clamped: i64,
    /// Minutes in which the source answered NaN, infinite or negative.
    pub invalid: i64,
    /// Minutes taken out by exclusions.
    pub excluded_minutes: i64,
    /// Missing minutes that the SLO's `missingData` made good or bad.
    pub imputed_minutes: i64,
    /// Why the source could not be read up to the end, where it could not.
    pub source_error: Option<String>,
    /// The state, first that applies (semantics.md).
    pub state: &'static str,
    /// The alerts, page first.
    pub alerts: Vec<AlertRow>,
    /// The window of those burn rates that pages soonest: `1h`, or what it scales to.
    #[serde(skip)]
    pub pace: String,
    /// What each of the window's last days (UTC) spent of the whole budget, oldest first: what the
    /// sparkline draws.
    #[serde(skip)]
    pub trend: Vec<Option<f64>>,
}

impl SloRow {
    /// What is not written, as far as it follows from what is: for a row that was read back.
    #[must_use]
    pub fn recalled(self) -> Self {
        let first = self.alerts.first().and_then(|alert| alert.slots.first());
        let pace = first.map_or_else(String::new, |slot| slot.long.clone());
        Self { pace, ..self }
    }

    /// Whether an alert of this severity fires.
    pub fn firing(&self, severity: &str) -> bool {
        let mut alerts = self.alerts.iter();
        alerts.any(|alert| alert.severity == severity && alert.state == Some("firing"))
    }

    /// The SLO, and which of its objectives where it has several. A group is called as it is asked
    /// for: by its SLO and its labels.
    pub fn label(&self, has_several: bool) -> String {
        let slo = match &self.group {
            Some(group) => format!("{} {}", group.of, group.words()),
            None => self.slo.clone(),
        };
        match (&self.objective_name, has_several) {
            (_, false) => slo,
            (Some(name), true) => format!("{slo} ({name})"),
            (None, true) => format!("{slo} ({})", self.objective_number),
        }
    }
}

/// Which group of another SLO an SLO is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GroupRow {
    /// The SLO that it is a group of: the one over all events.
    pub of: String,
    /// What its series have in common: values by labels. An empty value means that they lack the
    /// label.
    pub labels: BTreeMap<String, String>,
}

impl From<&Group> for GroupRow {
    fn from(group: &Group) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            of: group.of.clone(),
            labels: group.labels.iter().map(owned).collect(),
        }
    }
}

impl GroupRow {
    /// The labels as `tomoni explain` takes them: `handler=/checkout method=GET`.
    pub fn words(&self) -> String {
        let labels = self.labels.iter();
        let words: Vec<String> = labels
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        words.join(" ")
    }
}

/// An error budget, in the method's own unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BudgetRow {
    /// What may be spent in the window (so far).
    pub allowed: Option<f64>,
    /// What was spent.
    pub spent: Option<f64>,
    /// `events`, `minutes` or `ratio`.
    pub unit: &'static str,
    /// `1 - spent / allowed`; negative when overspent.
    pub remaining: Option<f64>,
    /// The share of the budget that one failure costs; `null` without traffic.
    pub one_failure: Option<f64>,
}

/// The alert of one severity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertRow {
    /// `page` or `ticket`.
    pub severity: &'static str,
    /// `firing` when a slot is true at this minute, else `inactive`; `null` when no slot could be read.
    pub state: Option<&'static str>,
    /// A slot's window lacks coverage.
    pub frozen: bool,
    /// The pairs of windows the severity looks at.
    pub slots: Vec<SlotRow>,
}

/// One pair of windows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SlotRow {
    /// The long window.
    pub long: String,
    /// The short window.
    pub short: String,
    /// Both burn rates must be above this.
    pub factor: f64,
    /// It can never be true: a burn that high would need more bad events than there are events.
    pub impossible: bool,
    /// The burn rate over the long window.
    pub long_burn_rate: Option<f64>,
    /// The burn rate over the short window.
    pub short_burn_rate: Option<f64>,
    /// Whether it is true at this minute; `null` when a window lacks coverage.
    #[serde(rename = "true")]
    pub holds: Option<bool>,
}

/// Burn rates by window, written as one object in the order given.
#[derive(Clone, Debug, Default, PartialEq, ToSchema)]
#[schema(value_type = HashMap<String, Option<f64>>)]
pub struct BurnRates(pub Vec<(String, Option<f64>)>);

impl Serialize for BurnRates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(window, rate)| (window, rate)))
    }
}

/// A number of events: written as an integer when it is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = f64)]
pub struct Count(pub Events);

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = self.0.parts();
        if parts % tomoni_ledger::PARTS == 0 {
            serializer.serialize_i64(parts / tomoni_ledger::PARTS)
        } else {
            serializer.serialize_f64(self.0.as_f64())
        }
    }
}

impl<'de> Deserialize<'de> for BurnRates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = BurnRates;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("burn rates by window")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<BurnRates, A::Error> {
                let mut rates = Vec::new();
                while let Some(rate) = map.next_entry()? {
                    rates.push(rate);
                }
                Ok(BurnRates(rates))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = f64::deserialize(deserializer)?;
        let parts = (number * tomoni_ledger::PARTS as f64).round() as i64;
        Ok(Self(Events::from_parts(parts)))
    }
}
