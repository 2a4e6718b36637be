//! `tomoni validate` of many documents, whole process.

use std::error::Error;
use std::process::Command;

use clap::Parser;
use tomoni_bench::{documents, programs, results};

/// Measures `tomoni validate` of OpenSLO documents.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many documents; every second one is a Service, the others SLOs
    #[arg(long, default_value_t = 1_000)]
    documents: usize,
    /// How often it is run
    #[arg(long, default_value_t = 20)]
    runs: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let tomoni = programs::tomoni()?;
    let folder = tempfile::tempdir()?;
    documents::write(folder.path(), arguments.documents / 2, true)?;
    let mut command = Command::new(tomoni);
    command.arg("validate").arg(folder.path());
    let (_, output) = programs::run(&mut command)?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        return Err(format!("findings: {}", String::from_utf8_lossy(&said)).into());
    }
    let times = programs::time(arguments.runs, &mut command)?;
    let text = format!(
        "`tomoni validate` of {} documents in {} files, {} runs, whole process.\n\n\
         | least, ms | median, ms | greatest, ms |\n|---|---|---|\n| {} |\n",
        arguments.documents,
        arguments.documents / 2,
        arguments.runs,
        results::spread(&times)
    );
    results::publish("validate", "Validating OpenSLO documents", &text)?;
    Ok(())
}
