//! `tomoni validate`.

use tomoni_app::documents::{self, Documents};
use tomoni_spec::{Severity, report};

use crate::args::{Format, ValidateArgs};
use crate::draw::{self, Screen, counted};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::{paths, print};

pub(crate) fn validate(args: &ValidateArgs) -> Result<Outcome, CliError> {
    paths::check(&args.paths)?;
    let mut documents = documents::read(&args.paths);
    let all = documents.catalog.findings.len();
    if args.errors_only {
        let findings = &mut documents.catalog.findings;
        findings.retain(|finding| finding.severity == Severity::Error);
    }
    let findings = &documents.catalog.findings;
    let pretty = |value: &serde_json::Value| Ok(serde_json::to_string_pretty(value)? + "\n");
    let text = match args.format {
        Format::Human => human(&documents, all - findings.len(), Screen::stdout()),
        Format::Json => pretty(&report::json(findings)).map_err(CliError::Json)?,
        Format::Sarif => {
            pretty(&report::sarif(findings, env!("CARGO_PKG_VERSION"))).map_err(CliError::Json)?
        }
        Format::Github => report::github(findings),
    };
    print::data(&text)?;
    Ok(Outcome::findings_if(!findings.is_empty()))
}

/// So many findings are too many to be counted by eye.
const MANY: usize = 10;

/// The findings, how many there are of each code where that are many, then one line that sums them up;
/// so many warnings are not shown.
fn human(documents: &Documents, hidden: usize, screen: Screen) -> String {
    let catalog = &documents.catalog;
    let mut text = draw::findings(&catalog.findings, &documents.files, screen);
    if !text.is_empty() {
        text.push('\n');
    }
    if catalog.findings.len() >= MANY {
        text.push_str(&draw::codes(&catalog.findings, screen));
        text.push('\n');
    }
    let mut said = report::summary(&catalog.findings).unwrap_or_else(|| match hidden {
        0 => "no findings".to_owned(),
        _ => "no errors".to_owned(),
    });
    if hidden > 0 {
        said.push_str(&format!(", {} not shown,", counted(hidden, "warning")));
    }
    let passed_over = match catalog.passed_over {
        0 => String::new(),
        n => format!(", {} of other kinds passed over", counted(n, "document")),
    };
    let slos: usize = catalog
        .slos
        .iter()
        .map(|slo| slo.value.promises.len())
        .sum();
    text.push_str(&screen.wrap(
        &format!(
            "{said} in {} ({}, {}{passed_over})",
            counted(documents.files.len(), "file"),
            counted(catalog.documents, "document"),
            counted(slos, "objective"),
        ),
        2,
    ));
    text
}
