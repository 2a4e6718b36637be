//! `tomoni schema`.

use crate::error::CliError;
use crate::exit::Outcome;
use crate::print;

pub(crate) fn schema() -> Result<Outcome, CliError> {
    let text = serde_json::to_string_pretty(&tomoni_spec::schema())?;
    print::data(&(text + "\n"))?;
    Ok(Outcome::Clean)
}
