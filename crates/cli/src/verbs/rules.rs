//! `tomoni rules`.

use std::path::{Path, PathBuf};

use tomoni_app::documents::{self, Documents};
use tomoni_spec::rules::{Bundle, Settings, is_made, make, prometheus_rules, rules_file};
use tomoni_spec::sloth::AlertWindows;

use crate::args::{RulesArgs, RulesOutput};
use crate::draw::counted;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::replace::is_same;
use crate::tell::{tell, tell_unwritten, tell_written};
use crate::{paths, print};

pub(crate) fn rules(args: &RulesArgs) -> Result<Outcome, CliError> {
    paths::check(&args.paths)?;
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
    let is_replaced = |path: &&PathBuf| {
        let mut files = documents.files.iter();
        files.any(|file| is_same(path, file.name.as_ref().as_ref()) && !is_made(&file.bytes))
    };
    if let Some(path) = args.file.as_ref().filter(is_replaced) {
        return Err(CliError::OwnInput(path.clone()));
    }
    let made = make(&documents.catalog, &settings);
    let mut findings = documents.catalog.findings.clone();
    findings.extend(made.findings);
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    let mut errors = tell(&findings, &documents.files);
    if let Some(given) = &given {
        errors += tell(&given.catalog.findings, &given.files);
    }
    if made.bundles.is_empty() {
        print::say("no rules: none of these documents is an SLO that can have any");
        return Ok(Outcome::Findings);
    }
    let file = args.file.as_deref();
    if let Some(path) = file.filter(|_| errors > 0 && !args.keep_going) {
        tell_unwritten(path, "documents have errors");
        return Ok(Outcome::Findings);
    }
    match args.output {
        RulesOutput::Rules => print::data_to(file, rules_file(&made.bundles))?,
        RulesOutput::PrometheusRule => print::data_to(file, prometheus_rules(&made.bundles))?,
    }
    let objectives = made.bundles.iter().map(Bundle::objectives).sum();
    let what = format!("rules of {}", counted(objectives, "objective"));
    tell_written(&what, file, errors);
    Ok(Outcome::findings_if(errors > 0))
}

/// The documents under a path that have catalogues of windows.
fn windows(path: &Path) -> Result<Documents, CliError> {
    paths::check(&[path.to_owned()])?;
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
