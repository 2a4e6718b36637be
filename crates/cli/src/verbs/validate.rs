//! `tomoni validate`.

use tomoni_app::documents::{self, Documents};
use tomoni_spec::report;

use crate::args::{Format, ValidateArgs};
use crate::draw::{self, Screen};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::{paths, print};

pub(crate) fn validate(args: &ValidateArgs) -> Result<Outcome, CliError> {
    paths::check(&args.paths)?;
    let documents = documents::read(&args.paths);
    let findings = &documents.catalog.findings;
    let pretty = |value: &serde_json::Value| Ok(serde_json::to_string_pretty(value)? + "\n");
    let text = match args.format {
        Format::Human => human(&documents, Screen::stdout()),
        Format::Json => pretty(&report::json(findings)).map_err(CliError::Json)?,
        Format::Sarif => {
            pretty(&report::sarif(findings, env!("CARGO_PKG_VERSION"))).map_err(CliError::Json)?
        }
        Format::Github => report::github(findings),
    };
    print::data(&text)?;
    Ok(Outcome::findings_if(!findings.is_empty()))
}

/// The findings, then one line that sums them up.
fn human(documents: &Documents, screen: Screen) -> String {
    let catalog = &documents.catalog;
    let mut text = draw::findings(&catalog.findings, &documents.files, screen);
    if !text.is_empty() {
        text.push('\n');
    }
    let said = report::summary(&catalog.findings).unwrap_or_else(|| "no findings".to_owned());
    let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let passed_over = match catalog.passed_over {
        0 => String::new(),
        n => format!(", {} of other kinds passed over", count(n, "document")),
    };
    let slos: usize = catalog
        .slos
        .iter()
        .map(|slo| slo.value.promises.len())
        .sum();
    text.push_str(&screen.wrap(
        &format!(
            "{said} in {} ({}, {}{passed_over})",
            count(documents.files.len(), "file"),
            count(catalog.documents, "document"),
            count(slos, "objective"),
        ),
        2,
    ));
    text
}
