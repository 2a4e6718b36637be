//! Prometheus rules of SLOs, as Sloth makes them.
//!
//! What people alert on with Sloth goes on unchanged: the same groups, names, labels and expressions
//! (the design's formats.md, "Rules as Sloth makes them"). Each SLO has recording rules of its SLI
//! over the windows of its alerts and over its period, recording rules that describe it, and one
//! alert for each severity.
//!
//! ```
//! use tomoni_spec::rules::{Settings, make, rules_file};
//! use tomoni_spec::{SourceFile, read};
//!
//! let text = "\
//! version: prometheus/v1
//! service: unlock-api
//! slos:
//!   - name: errors
//!     objective: 99.9
//!     sli:
//!       raw:
//!         error_ratio_query: job:errors:ratio_rate{{.window}}
//!     alerting:
//!       name: UnlockErrors
//! ";
//! let files = [SourceFile { name: "slos.yaml".into(), bytes: text.as_bytes().to_vec() }];
//! let made = make(&read(&files), &Settings::default());
//! let groups = made.bundles[0].groups();
//! let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
//! assert_eq!(names, [
//!     "sloth-slo-sli-recordings-unlock-api-errors",
//!     "sloth-slo-meta-recordings-unlock-api-errors",
//!     "sloth-slo-alerts-unlock-api-errors",
//! ]);
//! let text: String = rules_file(&made.bundles).collect();
//! assert!(text.starts_with("# Rules that Tomoni made of SLOs"));
//! ```

mod bundle;
mod file;
mod groups;
mod openslo;
mod pyrra;
mod slo;
mod sloth;
mod windows;

use std::collections::HashMap;

pub use bundle::Bundle;
pub use file::{is_made, prometheus_rules, rules_file};

use crate::catalog::Catalog;
use crate::codes::{self, Code};
use crate::definition::Defined;
use crate::finding::{Finding, Place};
use crate::kubernetes::Metadata;
use crate::prometheus::duration_text;
use crate::pyrra::ServiceLevelObjective;
use crate::sloth::{AlertWindows, Texts};
use crate::yaml::shortened;
use bundle::Bundles;
use slo::Slo;
use windows::Windows;

/// What of the rules is made, and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The period of SLOs whose documents say none, as Sloth's do, in milliseconds.
    pub period_ms: u64,
    /// Catalogues of windows, which win over those of the documents and over the built-in ones.
    pub windows: Vec<AlertWindows>,
    /// Whether there are recording rules.
    pub has_recordings: bool,
    /// Whether there are alerts.
    pub has_alerts: bool,
    /// Labels on all recording rules; they win over the documents' own.
    pub labels: Texts,
    /// What `sloth_version` on `sloth_slo_info` says.
    pub version: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            period_ms: windows::DEFAULT_PERIOD_MS,
            windows: Vec::new(),
            has_recordings: true,
            has_alerts: true,
            labels: Texts::new(),
            version: format!("tomoni-{}", env!("CARGO_PKG_VERSION")),
        }
    }
}

/// The rules of a catalog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Made {
    /// The rules, in the order of files and places.
    pub bundles: Vec<Bundle>,
    /// The SLOs that have none, and why.
    pub findings: Vec<Finding>,
}

/// A group of rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, of which there is one in a file.
    pub name: String,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What it makes.
    pub makes: Makes,
    /// Of what, in PromQL.
    pub expr: String,
    /// Labels on what it makes.
    pub labels: Texts,
    /// What is said with an alert.
    pub annotations: Texts,
}

/// What a rule makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Makes {
    /// A series of this name.
    Record(String),
    /// An alert of this name.
    Alert(String),
}

/// An SLO that is to have rules.
struct Input {
    slo: Slo,
    /// Where it is defined.
    place: Place,
    /// The Kubernetes object it stands in.
    object: Option<Metadata>,
    /// What findings call it.
    called: String,
    /// The windows of its alerts where no catalogue has its period.
    otherwise: Option<Windows>,
    /// Whether it is the second of its name, which has been told of its document.
    is_second: bool,
}

/// Why an SLO has no rules.
type Refusal = Box<Finding>;

fn refusal(
    code: &'static Code,
    place: &Place,
    called: &str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Refusal {
    Box::new(Finding {
        code: code.id,
        severity: code.severity,
        place: place.clone(),
        message: message.into(),
        help: Some(help.into()),
        object: Some(format!("SLO {called}")),
    })
}

/// Makes the rules of all SLOs of a catalog; those that can have none are told. What is wrong with the
/// documents themselves is among the catalog's own findings.
pub fn make(catalog: &Catalog, settings: &Settings) -> Made {
    let named = Named::new(catalog);
    let mut inputs = sloth::inputs(catalog, &named, settings.period_ms);
    inputs.extend(openslo::inputs(catalog, &named));
    inputs.extend(pyrra::without_budget(catalog));
    inputs.sort_by(|a, b| {
        let place = |input: &Result<Input, Refusal>| match input {
            Ok(input) => input.place.clone(),
            Err(refusal) => refusal.place.clone(),
        };
        place(a).cmp(&place(b))
    });
    let mut findings = Vec::new();
    let mut bundles = Bundles::new(settings);
    let mut known: HashMap<String, Place> = HashMap::new();
    for input in inputs {
        let ready = input.map_err(Some).and_then(|input| {
            let refused = unique(&mut known, &input);
            refused.map_err(|refusal| (!input.is_second).then_some(refusal))?;
            findings.extend(newer_label(&input));
            let windows = windows(catalog, settings, &input)?;
            Ok((input, windows))
        });
        match ready {
            Ok((input, windows)) => bundles.add(input, windows),
            Err(refusal) => findings.extend(refusal.map(|refusal| *refusal)),
        }
    }
    // What holds for an SLO was said for each of its objectives.
    findings.dedup();
    Made {
        bundles: bundles.finish(),
        findings,
    }
}

/// What a catalog defines, as other documents speak of it.
struct Named<'c> {
    /// SLOs by name.
    slos: HashMap<&'c str, &'c Defined<tomoni_slo::Slo>>,
    /// Pyrra's objectives by file and name; of two the first counts.
    objectives: HashMap<(&'c str, String), &'c ServiceLevelObjective>,
}

impl<'c> Named<'c> {
    fn new(catalog: &'c Catalog) -> Self {
        let slos = catalog.slos.iter();
        let mut objectives = HashMap::new();
        for defined in &catalog.objectives {
            let key = (defined.place.file.as_ref(), defined.value.name());
            objectives.entry(key).or_insert(&defined.value);
        }
        Self {
            slos: slos.map(|slo| (slo.value.name.as_str(), slo)).collect(),
            objectives,
        }
    }

    /// Pyrra's objective that an SLO was made of.
    fn pyrra(&self, slo: &Defined<tomoni_slo::Slo>) -> Option<&'c ServiceLevelObjective> {
        let key = (slo.place.file.as_ref(), slo.value.name.clone());
        self.objectives.get(&key).copied()
    }
}

/// Prometheus takes a group's name once in a file, and alerts could not tell two SLOs apart.
fn unique(known: &mut HashMap<String, Place>, input: &Input) -> Result<(), Refusal> {
    let id = &input.slo.id;
    let Some(first) = known.insert(id.clone(), input.place.clone()) else {
        return Ok(());
    };
    let message = format!(
        "a second SLO with the identity `{id}` in rules; the first is at {}:{}:{}",
        first.file, first.line, first.column
    );
    let help = "rename one of the two: the identity is the service, `-` and the name";
    known.insert(id.clone(), first);
    Err(input.refused(&codes::RULES_IDENTITY, message, help))
}

/// A label or annotation that a Prometheus before version 3 does not take.
fn newer_label(input: &Input) -> Option<Finding> {
    let alerts = [&input.slo.page, &input.slo.ticket].into_iter().flatten();
    let of_alerts = alerts.flat_map(|alert| [&alert.labels, &alert.annotations]);
    let mut names = of_alerts.chain([&input.slo.labels]).flat_map(Texts::keys);
    let name = names.find(|name| !is_label(name))?;
    let name = shortened(name);
    let message = format!("a Prometheus before version 3 takes no rules with `{name}`");
    let help = "write letters, digits and `_`; the first is no digit";
    Some(*input.refused(&codes::RULES_LABEL, message, help))
}

/// The windows of an SLO's alerts: those of the first catalogue for its period.
fn windows(catalog: &Catalog, settings: &Settings, input: &Input) -> Result<Windows, Refusal> {
    let period_ms = input.slo.period_ms;
    let of_documents = catalog.alert_windows.iter().map(|defined| &defined.value);
    let mut given = settings.windows.iter().chain(of_documents);
    if let Some(windows) = given.find(|windows| windows.period_ms == period_ms) {
        return Ok(Windows::of(windows));
    }
    let known = windows::built_in(period_ms).or(input.otherwise);
    known.ok_or_else(|| {
        let period = duration_text(period_ms);
        let message = format!("no windows are known for a period of {period}");
        let help = format!(
            "give a catalogue (`kind: AlertWindows`) with `sloPeriod: {period}` by --windows; built \
             in are those for 28d and 30d"
        );
        input.refused(&codes::RULES_PERIOD, message, help)
    })
}

/// Whether every Prometheus takes it as a label's name.
///
/// ```
/// use tomoni_spec::rules::is_label;
/// assert!(is_label("team_2") && !is_label("2_team") && !is_label("app.kubernetes.io/name"));
/// ```
pub fn is_label(name: &str) -> bool {
    let is_inner = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(is_inner)
}

impl Input {
    fn refused(&self, code: &'static Code, message: String, help: impl Into<String>) -> Refusal {
        refusal(code, &self.place, &self.called, message, help)
    }
}
