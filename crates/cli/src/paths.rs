//! Paths that somebody gives: a misspelt one must not look like documents with findings.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::error::CliError;

/// Refuses paths that are not there, or that this user may not read. (What lies below a folder and
/// cannot be read is a finding.)
pub(crate) fn check(paths: &[PathBuf]) -> Result<(), CliError> {
    let told = paths.iter().filter_map(|path| {
        let error = look(path).err()?;
        let why = match error.kind() {
            ErrorKind::NotFound => "no such file or folder".to_owned(),
            _ => error.to_string(),
        };
        Some(format!("{}: {why}", path.display()))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        Ok(())
    } else {
        Err(CliError::Paths(told.join("; ")))
    }
}

fn look(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        fs::read_dir(path)?;
    } else if metadata.is_file() {
        File::open(path)?;
    }
    Ok(())
}
