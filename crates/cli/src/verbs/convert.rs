//! `tomoni convert`.

use tomoni_app::documents::{self, Files};
use tomoni_spec::Target;

use crate::args::{ConvertArgs, ConvertTo};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::tell::tell;
use crate::{paths, print};

/// What stands between two documents.
const SEPARATOR: &str = "---\n";

pub(crate) fn convert(args: &ConvertArgs) -> Result<Outcome, CliError> {
    let target = match args.to {
        ConvertTo::OpenSloV1 => Target::OpenSloV1,
        ConvertTo::Sloth => Target::Sloth,
        ConvertTo::Pyrra => Target::Pyrra,
        ConvertTo::OpenSloV1Alpha => Target::OpenSloV1Alpha,
    };
    paths::check(&args.paths)?;
    let Files { files, findings } = documents::files(&args.paths);
    let converted = tomoni_spec::convert(&files, target);
    let mut findings = [findings, converted.findings].concat();
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    let errors = tell(&findings, &files);
    match converted.passed_over {
        0 => {}
        1 => print::say("1 document of another kind passed over"),
        n => print::say(&format!("{n} documents of other kinds passed over")),
    }
    if converted.documents.is_empty() {
        print::say("nothing to convert: none of these documents comes out");
        return Ok(Outcome::Findings);
    }
    print::data_to(args.file.as_deref(), &converted.documents.join(SEPARATOR))?;
    Ok(Outcome::findings_if(errors > 0))
}
