//! The codes of files, YAML and formats.

use super::{error, warning};
use crate::codes::{Code, EXAMPLE_SLOTH, EXAMPLE_WINDOWS, Example};

pub(crate) static FILE_MISSING: Code = error(
    "file/missing",
    "A path leads to no file or folder",
    "Check the path and the folder you are in.",
    Example::Told,
);

pub(crate) static FILE_DANGLING: Code = error(
    "file/dangling",
    "A link leads nowhere",
    "Remove the link, or put back what it leads to.",
    Example::Told,
);

pub(crate) static FILE_UNREADABLE: Code = error(
    "file/unreadable",
    "A file or folder cannot be read",
    "Allow yourself to read it; where that is not the reason, look at the file system.",
    Example::Told,
);

pub(crate) static FILE_LOOP: Code = warning(
    "file/loop",
    "A link leads back to a folder that contains it",
    "Remove the link. It is not followed, and nothing is read twice.",
    Example::Told,
);

pub(crate) static FILE_TOO_DEEP: Code = error(
    "file/too-deep",
    "Folders are nested too deep",
    "At most 64 levels are searched. Name a folder further down.",
    Example::Told,
);

pub(crate) static FILE_TOO_MANY: Code = error(
    "file/too-many",
    "There are more files than are read",
    "At most 20 000 files and 256 MiB of them together are read at once. Name the folders that hold your documents, not one above them.",
    Example::Told,
);

pub(crate) static FILE_NONE: Code = warning(
    "file/none",
    "A folder holds no documents",
    "Documents end in .yaml, .yml or .json; hidden folders are passed over.",
    Example::Told,
);

pub(crate) static FILE_TOO_LARGE: Code = error(
    "file/too-large",
    "A file or a document is larger than is read",
    "At most 8 MiB of a file and 1 MiB of a document are read. Split it, or leave it out.",
    Example::Told,
);

pub(crate) static FILE_NOT_UTF8: Code = error(
    "file/not-utf8",
    "A file is not UTF-8 text",
    "Save it as UTF-8, or leave it out if it is no text.",
    Example::Told,
);

pub(crate) static FILE_EMPTY: Code = warning(
    "file/empty",
    "A file holds no document",
    "Somebody probably meant to write one.",
    Example::Whole {
        right: "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: unlock-api}\n",
        wrong: "# to be written\n",
    },
);

pub(crate) static FILE_MORE: Code = warning(
    "file/more-findings",
    "A file has more findings than are told",
    "The first hundred are told. Put them right and ask again.",
    Example::Told,
);

pub(crate) static YAML_SYNTAX: Code = error(
    "yaml/syntax",
    "A text is not YAML",
    "The caret stands where reading had to stop; the mistake is there or just before. Documents after the next `---` are read all the same.",
    Example::Change {
        right: "  displayName: Unlocking\n",
        wrong: "  displayName: \"Unlocking\" doors\n",
    },
);

pub(crate) static YAML_CONTROL: Code = error(
    "yaml/control-character",
    "A text holds what YAML cannot hold",
    "Such as a NUL byte: the file is probably no text.",
    Example::Told,
);

pub(crate) static YAML_DUPLICATE_KEY: Code = error(
    "yaml/duplicate-key",
    "A key stands in a mapping twice",
    "Readers differ on which of the two counts.",
    Example::Change {
        right: "  description: Opens doors.\n",
        wrong: "  description: Opens doors.\n  description: And gates.\n",
    },
);

pub(crate) static YAML_KEY: Code = error(
    "yaml/key",
    "A key is not a text",
    "A list or mapping cannot be a key. A value that begins with `{{` needs quotes, for YAML sees a mapping in it.",
    Example::Change {
        right: "  description: Opens doors.\n",
        wrong: "  description:\n    {{ .Values.description }}: x\n",
    },
);

pub(crate) static YAML_TOO_DEEP: Code = error(
    "yaml/too-deep",
    "Lists and mappings nest too deep",
    "At most 32 levels are read; no format that is read here has as many.",
    Example::Told,
);

pub(crate) static YAML_TOO_LARGE: Code = error(
    "yaml/too-large",
    "A file has too many values, its aliases counted",
    "What an alias repeats counts each time, so that a small file cannot grow without bounds.",
    Example::Told,
);

pub(crate) static YAML_NOT_A_MAPPING: Code = error(
    "yaml/not-a-mapping",
    "A document is not a mapping",
    "A document is a mapping with `apiVersion` and `kind`, or a list of such mappings.",
    Example::Whole {
        right: "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: unlock-api}\n",
        wrong: "just a note\n",
    },
);

pub(crate) static YAML_TAG: Code = error(
    "yaml/tag",
    "A value has a tag that means nothing here",
    "Nothing is included or looked up: write the value itself.",
    Example::Change {
        right: "  description: Opens doors.\n",
        wrong: "  description: !include doors.txt\n",
    },
);

pub(crate) static NOT_YET: Code = warning(
    "formats/not-yet",
    "A document is of a format that is not read yet",
    "OpenSLO v2alpha and Backstage are recognised; their documents are passed over.",
    Example::Whole {
        right: "apiVersion: openslo/v1\nkind: Service\nmetadata: {name: unlock-api}\n",
        wrong: "apiVersion: openslo.com/v2alpha\nkind: Service\nmetadata: {name: unlock-api}\n",
    },
);

pub(crate) static NO_BUDGET: Code = warning(
    "formats/no-budget",
    "A target of 100 %",
    "Sloth and Pyrra take it, but it leaves no error budget: every bad event is too much, nothing can be computed, and the SLO has no figures. OpenSLO refuses it.",
    Example::ChangeOf {
        documents: EXAMPLE_SLOTH,
        right: "    objective: 99.9\n",
        wrong: "    objective: 100\n",
    },
);

pub(crate) static NO_PAGE: Code = warning(
    "formats/no-page-alert",
    "An SLO of which nobody is paged",
    "The alert that pages is switched off. That can be meant, where nobody should wake up for it.",
    Example::ChangeOf {
        documents: EXAMPLE_SLOTH,
        right: "      page_alert:\n        labels:\n          severity: page\n",
        wrong: "      page_alert:\n        disable: true\n",
    },
);

pub(crate) static SHORT_WINDOW: Code = warning(
    "formats/short-window",
    "A window shorter than two scrapes",
    "Most servers are scraped every 15 to 60 seconds. In a window under a minute there are fewer than two samples at times, so there is no rate, and no alert.",
    Example::ChangeOf {
        documents: EXAMPLE_WINDOWS,
        right: "shortWindow: 5m",
        wrong: "shortWindow: 30s",
    },
);
