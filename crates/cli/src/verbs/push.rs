//! `tomoni push`.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use reqwest::Method;
use serde_json::Value;
use tomoni_app::push::{self, Format};

use crate::args::{PushArgs, PushFormat};
use crate::client::{Ask, Client};
use crate::draw::amount;
use crate::error::CliError;
use crate::exit::Outcome;
use crate::print;

/// The largest file that is pushed at once, in bytes: what a server takes.
const BYTES_MAX: usize = push::BODY_BYTES_MAX;
/// Stands for the id of counts that have none while they are read here.
const NO_ID: &str = "-";

pub(crate) fn push(args: &PushArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let bytes = read(&args.file)?;
    if bytes.is_empty() {
        return Err(CliError::NoCounts(args.file.clone()));
    }
    let format = args
        .format
        .map_or_else(|| by_ending(&args.file), Format::from);
    let path = ["api", "v1", "sli", &args.sli, "counts"];
    let batches = push::read(&bytes, format, Some(args.id.as_deref().unwrap_or(NO_ID)));
    let batches = batches.map_err(|error| CliError::Push {
        path: args.file.clone(),
        error: Box::new(error),
    })?;
    // The same counts get the same id, so that they count once even where a run is repeated.
    let nameless = batches.iter().find(|batch| batch.id == NO_ID);
    let made = nameless.map(|batch| format!("sha256-{}", batch.content()));
    let id = args.id.clone().or_else(|| made.clone());
    let ask = Ask {
        method: Method::POST,
        query: id.map(|id| ("id", id)).into_iter().collect(),
        body: Some((format.media_type(), bytes)),
        may_repeat: true,
        ..Ask::get(&path)
    };
    let answer: Value = client.read(client.ask(&ask)?)?;
    print::report(&answer, args.output, told)?;
    if made.is_some_and(|made| is_already_counted(&answer, &made)) {
        print::say(&format!(
            "warning: these counts were counted before, and have no id but the one that is made of \
             them: nothing was added to {}. If they are another station's, or other events with the \
             same counts, give them an id of their own with --id, such as --id station-7-2026-11-25T09",
            args.sli
        ));
    }
    Ok(Outcome::Clean)
}

/// What became of each batch, in a sentence.
fn told(answer: &Value) -> String {
    let sli = answer["sli"].as_str().unwrap_or_default();
    let batches = answer["batches"].as_array();
    let line = |batch: &Value| {
        let number = |name: &str| amount(batch[name].as_f64().unwrap_or_default());
        let (bad, total, id) = (number("bad"), number("total"), &batch["id"]);
        let minutes = match batch["minutes"].as_u64() {
            Some(1) => "1 minute".to_owned(),
            minutes => format!("{} minutes", minutes.unwrap_or_default()),
        };
        let done = match batch["outcome"].as_str() {
            Some("already_counted") => "was already counted, and adds nothing",
            _ => "is counted",
        };
        let id = id.as_str().unwrap_or_default();
        format!("{sli}: the batch {id} {done} ({bad} bad of {total} in {minutes})\n")
    };
    batches.into_iter().flatten().map(line).collect()
}

/// Whether the server says that it had counted the batch with this id before.
fn is_already_counted(answer: &Value, id: &str) -> bool {
    let batches = answer["batches"].as_array();
    batches.into_iter().flatten().any(|batch| {
        let said = (batch["id"].as_str(), batch["outcome"].as_str());
        said == (Some(id), Some("already_counted"))
    })
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let failed = |source| CliError::Counts {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let limit = BYTES_MAX as u64 + 1;
    if path.as_os_str() == "-" {
        io::stdin()
            .lock()
            .take(limit)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
    } else {
        let file = File::open(path).map_err(failed)?;
        file.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() > BYTES_MAX {
        let path = path.to_owned();
        return Err(CliError::TooManyCounts {
            path,
            bytes: BYTES_MAX,
        });
    }
    Ok(bytes)
}

fn by_ending(path: &Path) -> Format {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Format::Csv,
        Some("ndjson" | "jsonl") => Format::Ndjson,
        _ => Format::Json,
    }
}

impl From<PushFormat> for Format {
    fn from(format: PushFormat) -> Self {
        match format {
            PushFormat::Json => Self::Json,
            PushFormat::Ndjson => Self::Ndjson,
            PushFormat::Csv => Self::Csv,
        }
    }
}
