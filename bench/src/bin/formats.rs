//! `tomoni validate` and `tomoni rules` over the formats that people already have, whole processes.

use std::error::Error;
use std::path::Path;
use std::process::Command;

use clap::Parser;
use tomoni_bench::{formats, programs, results};

/// Measures `tomoni validate` and `tomoni rules` of Sloth, Pyrra and OpenSLO documents.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many documents; a fifth of them are manifests that are passed over
    #[arg(long, default_value_t = 5_000)]
    documents: usize,
    /// How often each is run
    #[arg(long, default_value_t = 20)]
    runs: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let tomoni = programs::tomoni()?;
    let folder = tempfile::tempdir()?;
    let (documents, files) = formats::write(folder.path(), arguments.documents)?;
    let out = tempfile::NamedTempFile::new()?;

    let mut validate = Command::new(&tomoni);
    validate.arg("validate").arg(folder.path());
    let mut rules = Command::new(&tomoni);
    rules.arg("rules").arg(folder.path());
    rules.arg("--file").arg(out.path());

    let mut rows = String::new();
    for (name, command) in [("validate", &mut validate), ("rules", &mut rules)] {
        let (_, output) = programs::run(command)?;
        if !output.status.success() {
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            let summary = said.lines().last().unwrap_or_default();
            return Err(format!("`tomoni {name}` has findings: {summary}").into());
        }
        let peak = programs::peak(command)?;
        let times = programs::time(arguments.runs, command)?;
        let spread = results::spread(&times);
        rows += &format!("| `tomoni {name}` | {spread} | {peak:.0} |\n");
    }
    let text = format!(
        "{documents} documents in {files} files: Sloth's in both spellings, Pyrra's, OpenSLO v1 and v1alpha, \
         and manifests of Kubernetes between them; {} runs of each, whole processes. The rules are {:.1} \
         MB, written to a file.\n\n\
         | | least, ms | median, ms | greatest, ms | memory at its peak, MB |\n|---|---|---|---|---|\n{rows}",
        arguments.runs,
        megabytes(out.path())?
    );
    results::publish("formats", "Reading the formats that people have", &text)?;
    Ok(())
}

fn megabytes(path: &Path) -> std::io::Result<f64> {
    Ok(std::fs::metadata(path)?.len() as f64 / 1e6)
}
