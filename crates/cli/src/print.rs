//! Standard output is data, standard error is talk.

use std::io::{self, ErrorKind, Write};
use std::iter;
use std::path::Path;

use serde::Serialize;

use crate::args::Output;
use crate::draw::harmless;
use crate::error::CliError;
use crate::replace::{replace, write_all};
use crate::yaml;

/// Writes data.
pub(crate) fn data(text: &str) -> Result<(), CliError> {
    data_to(None, iter::once(text))
}

/// Writes data that comes in pieces into a file, or where none is given to standard output. There a reader
/// that has had enough (`| head`) is no error.
pub(crate) fn data_to(
    file: Option<&Path>,
    pieces: impl Iterator<Item = impl AsRef<str>>,
) -> Result<(), CliError> {
    if let Some(path) = file {
        return replace(path, pieces).map_err(|source| CliError::Written {
            path: path.to_owned(),
            source,
        });
    }
    let mut stdout = io::stdout().lock();
    match write_all(&mut stdout, pieces).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(CliError::Stdout(error)),
        _ => Ok(()),
    }
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
