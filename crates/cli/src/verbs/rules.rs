//! `tomoni rules`.

use std::path::Path;

use tomoni_app::documents::{self, Documents};
use tomoni_spec::rules::{Settings, make, prometheus_rules, rules_file};
use tomoni_spec::sloth::AlertWindows;

use crate::args::{RulesArgs, RulesOutput};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::tell::tell;
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
    let text = match args.output {
        RulesOutput::Rules => rules_file(&made.bundles),
        RulesOutput::PrometheusRule => prometheus_rules(&made.bundles),
    };
    match &args.file {
        Some(path) if errors > 0 && !args.keep_going => print::say(&format!(
            "{} is not written, since documents have errors: mend them, or write the rules of the others \
             with --keep-going",
            path.display()
        )),
        file => print::data_to(file.as_deref(), &text)?,
    }
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
