//! The codes of what keeps a document from being converted.

use super::{error, warning};
use crate::codes::{Code, Example};

pub(crate) static CONVERT_NO_PLACE: Code = error(
    "convert/no-place",
    "Something that the other format has no place for",
    "Nothing is left out without a word: a document that cannot be said whole is not converted, unless `--lossy` allows it. Nor do two SLOs get one name. OpenSLO has no target of 100 % and no catalogue of windows; Sloth has no windows but 30 days, no thresholds and no owners; Pyrra counts one counter by another.",
    Example::Told,
);

pub(crate) static CONVERT_CHANGED: Code = error(
    "convert/changed",
    "A document says other than what it carries of its original",
    "An SLO that was converted carries what OpenSLO has no place for. Targets, descriptions and queries are taken from the SLO itself on the way back. What was changed beside them must be changed in the annotation, too.",
    Example::Told,
);

pub(crate) static CONVERT_CARRIED: Code = error(
    "convert/carried",
    "What a document carries of its original cannot be used",
    "The annotation is not what `tomoni convert` wrote, or it is of another format than the one that is asked for, so that what it holds would be lost.",
    Example::Told,
);

pub(crate) static CONVERT_LOST: Code = warning(
    "convert/lost",
    "Something that the other format has no place for, and that was left out",
    "It was asked for: with `--lossy` what cannot be said is left out, and told, instead of keeping its document from being converted.",
    Example::Told,
);

pub(crate) static CONVERT_RENAMED: Code = warning(
    "convert/renamed",
    "An SLO that is called otherwise in the other format",
    "An SLO of Sloth's is called by its service and its name. One whose name does not begin with its service has another name from then on: pages, links and silences go by it.",
    Example::Told,
);
