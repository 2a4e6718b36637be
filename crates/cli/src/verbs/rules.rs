//! `tomoni rules`.

use std::fs;
use std::io;
use std::path::Path;

use tomoni_app::documents::{self, Documents};
use tomoni_spec::report;
use tomoni_spec::rules::{Settings, make, prometheus_rules, rules_file};
use tomoni_spec::sloth::AlertWindows;
use tomoni_spec::{Finding, Severity};

use crate::args::{RulesArgs, RulesOutput};
use crate::draw::{self, Screen};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::print;

pub(crate) fn rules(args: &RulesArgs) -> Result<Outcome, CliError> {
    let given = args.windows.as_deref().map(windows).transpose()?;
    let settings = Settings {
        period_ms: args.period,
        windows: given.iter().flat_map(catalogues).collect(),
        has_recordings: !args.no_recordings,
        has_alerts: !args.no_alerts,
        labels: args.label.iter().cloned().collect(),
        ..Settings::default()
    };
    let documents = documents::read(&args.paths);
    let made = make(&documents.catalog, &settings);
    let mut findings = documents.catalog.findings.clone();
    findings.extend(made.findings);
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    let mut errors = tell(&findings, &documents);
    if let Some(given) = &given {
        errors += tell(&given.catalog.findings, given);
    }
    if made.bundles.is_empty() {
        print::say("no rules: none of these documents is an SLO that can have any");
        return Ok(Outcome::Findings);
    }
    let text = match args.output {
        RulesOutput::Rules => rules_file(&made.bundles),
        RulesOutput::PrometheusRule => prometheus_rules(&made.bundles),
    };
    match &args.file {
        Some(path) => write(path, &text).map_err(|source| CliError::Rules {
            path: path.clone(),
            source,
        })?,
        None => print::data(&text)?,
    }
    Ok(Outcome::findings_if(errors > 0))
}

/// The documents under a path that have catalogues of windows.
fn windows(path: &Path) -> Result<Documents, CliError> {
    let documents = documents::read(&[path.to_owned()]);
    if documents.catalog.alert_windows.is_empty() && documents.errors() == 0 {
        return Err(CliError::NoWindows(path.to_owned()));
    }
    Ok(documents)
}

fn catalogues(documents: &Documents) -> impl Iterator<Item = AlertWindows> {
    let windows = documents.catalog.alert_windows.iter();
    windows.map(|defined| defined.value.clone())
}

/// Says what was found on standard error; how many of it are errors, which keep rules from being made.
fn tell(findings: &[Finding], documents: &Documents) -> usize {
    if let Some(summary) = report::summary(findings) {
        let text = draw::findings(findings, &documents.files, Screen::stderr());
        print::drawn(&text);
        print::say(&format!("\n{summary}"));
    }
    let errors = findings.iter().filter(|f| f.severity == Severity::Error);
    errors.count()
}

/// Writes a file so that whoever reads it meanwhile, such as a Prometheus that is told to, finds the
/// old or the new one.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let is_special = fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    let Some(name) = path.file_name().filter(|_| !is_special) else {
        return fs::write(path, text);
    };
    let mut beside = name.to_owned();
    beside.push(".new");
    let beside = path.with_file_name(beside);
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}
