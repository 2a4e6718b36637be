//! Standard output is data, standard error is talk.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use serde::Serialize;

use crate::args::Output;
use crate::draw::harmless;
use crate::error::CliError;
use crate::replace::replace;
use crate::yaml;

/// Writes data. A reader that has had enough (`| head`) is no error.
pub(crate) fn data(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::Stdout(error)),
        _ => Ok(()),
    }
}

/// Writes data into a file, or where none is given to standard output.
pub(crate) fn data_to(file: Option<&Path>, text: &str) -> Result<(), CliError> {
    let Some(path) = file else {
        return data(text);
    };
    replace(path, text).map_err(|source| CliError::Written {
        path: path.to_owned(),
        source,
    })
}

/// Writes a report in the format that was asked for; `table` draws it for people.
pub(crate) fn report<T: Serialize>(
    report: &T,
    output: Output,
    table: impl FnOnce(&T) -> String,
) -> Result<(), CliError> {
    match output {
        Output::Table => data(&table(report)),
        Output::Json => data(&(serde_json::to_string_pretty(report)? + "\n")),
        Output::Yaml => data(&yaml::text(report)?),
    }
}

/// Writes what was drawn for people beside the data.
pub(crate) fn drawn(text: &str) {
    // Nobody may be listening.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Writes talk. Nobody may be listening, and what a server said may be in it: it cannot move the
/// cursor or draw colours.
pub(crate) fn say(talk: &str) {
    let mut stderr = io::stderr().lock();
    for line in talk.split('\n') {
        let _ = writeln!(stderr, "{}", harmless(line));
    }
}
