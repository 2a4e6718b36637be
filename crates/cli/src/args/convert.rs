//! The flags of `convert`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct ConvertArgs {
    /// Files, and folders that are searched for *.yaml, *.yml and *.json; of which format a document
    /// is, it says itself. Comments are not carried over
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// What the documents become. What OpenSLO v1 has no place for goes into annotations, from which
    /// it comes back
    #[arg(long, value_enum)]
    pub(crate) to: ConvertTo,
    /// Leave out what the other format has no place for, and tell each field of it, instead of leaving
    /// the whole document out. Documents of other formats are made into each other then, too
    #[arg(long)]
    pub(crate) lossy: bool,
    /// The file that is written, replaced as a whole; without it the documents are printed. Where a
    /// document does not come out it stays as it is
    #[arg(short = 'o', long = "file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Write the file also where a document does not come out, with the others
    #[arg(long, requires = "file")]
    pub(crate) keep_going: bool,
}

/// What documents become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ConvertTo {
    #[value(name = "openslo-v1")]
    OpenSloV1,
    Sloth,
    Pyrra,
    #[value(name = "openslo-v1alpha")]
    OpenSloV1Alpha,
}
