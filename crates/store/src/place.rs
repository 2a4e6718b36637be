//! Where a database is, as people are told.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a database is: a file, or a server without the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file of an SQLite database.
    File(PathBuf),
    /// The address of a PostgreSQL database; there is no password in it.
    Server(String),
}

/// Where somebody says that a database is, or is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'t> {
    /// In this folder, as [`Store::open`](crate::Store::open) opens it.
    Folder(&'t Path),
    /// At this address, as [`Store::connect`](crate::Store::connect) takes it.
    Url(&'t str),
}

impl Target<'_> {
    /// The folder, where it is one.
    pub(crate) fn folder(&self) -> Option<PathBuf> {
        match self {
            Self::Folder(folder) => Some(folder.to_path_buf()),
            Self::Url(url) => {
                let folder = url.strip_prefix("sqlite:")?;
                Some(folder.strip_prefix("//").unwrap_or(folder).into())
            }
        }
    }
}

impl Place {
    /// The file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Server(_) => None,
        }
    }

    /// What lets one write there.
    pub(crate) const fn permission(&self) -> &'static str {
        match self {
            Self::File(_) => "let this user write to the file and its folder",
            Self::Server(_) => {
                "let this user write (is it a standby, or is \
                 default_transaction_read_only on?)"
            }
        }
    }

    /// What to look at when it cannot be opened.
    pub(crate) const fn question(&self) -> &'static str {
        match self {
            Self::File(_) => "may this user write to the file and its folder?",
            Self::Server(_) => {
                "do the database and the user exist, is the password right, and may the user \
                 create tables there?"
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Server(address) => f.write_str(address),
        }
    }
}
