//! `tomoni convert`.

use tomoni_app::documents::{self, Files};
use tomoni_spec::{Losses, Target};

use crate::args::{ConvertArgs, ConvertTo};
use crate::draw::counted;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::tell::{tell, tell_unwritten, tell_written};
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
    if let Some(path) = &args.file
        && documents::would_read(&args.paths, path)
    {
        return Err(CliError::OwnInput(path.clone()));
    }
    let losses = match args.lossy {
        true => Losses::Told,
        false => Losses::Refused,
    };
    let converted = tomoni_spec::convert(&files, target, losses);
    let mut findings = [findings, converted.findings].concat();
    findings.sort_by(|a, b| a.place.cmp(&b.place));
    let errors = tell(&findings, &files);
    match converted.passed_over {
        0 => {}
        1 => print::say("1 document of another kind passed over"),
        n => print::say(&format!(
            "{} of other kinds passed over",
            counted(n, "document")
        )),
    }
    if converted.documents.is_empty() {
        print::say("nothing to convert: none of these documents comes out");
        return Ok(Outcome::Findings);
    }
    let file = args.file.as_deref();
    if let Some(path) = file.filter(|_| errors > 0 && !args.keep_going) {
        tell_unwritten(path, "not all documents come out");
        return Ok(Outcome::Findings);
    }
    let separated = converted.documents.iter().enumerate();
    let pieces = separated.flat_map(|(i, text)| [if i == 0 { "" } else { SEPARATOR }, text]);
    print::data_to(file, pieces)?;
    tell_written(
        &counted(converted.documents.len(), "document"),
        file,
        errors,
    );
    Ok(Outcome::findings_if(errors > 0))
}
