//! The codes of documents that are in force in a server.

use super::error;
use crate::codes::{Code, Example};

pub(crate) static HELD_BACK: Code = error(
    "documents/held-back",
    "A change that would break another document",
    "A server takes documents that hold together. Nothing is wrong with this one, but something that was good and refers to it could not be used any more, so the revision before stays in force. Change both together.",
    Example::Told,
);

pub(crate) static STILL_NEEDED: Code = error(
    "documents/still-needed",
    "A document was deleted that another one needs",
    "It stays in force until nothing refers to it.",
    Example::Told,
);

pub(crate) static FOLDER_EMPTY: Code = error(
    "documents/folder-empty",
    "A watched folder is empty all at once",
    "A volume that is not mounted, a checkout under way: that was hardly meant, so everything stays in force. If all documents are to go, leave a file with one of them.",
    Example::Told,
);

pub(crate) static TOO_MANY_DOCUMENTS: Code = error(
    "documents/too-many",
    "There are more documents than a server takes",
    "What is in force stays; new documents are not taken.",
    Example::Told,
);
