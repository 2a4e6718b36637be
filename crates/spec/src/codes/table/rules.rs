//! The codes of what keeps an SLO from having rules.

use super::{error, warning};
use crate::codes::{Code, Example};

pub(crate) static RULES_PERIOD: Code = error(
    "rules/period",
    "No windows are known for an SLO's period",
    "Alerts look over windows that fit the period. Those for 28 and 30 days are built in; for others give a catalogue (`kind: AlertWindows`) by `--windows`.",
    Example::Told,
);

pub(crate) static RULES_IMPOSSIBLE: Code = error(
    "rules/impossible",
    "An SLO that rules cannot say",
    "Rules ask a server over a fixed time up to now, and count events. A calendar window, time slices and counts that are pushed are none of that.",
    Example::Told,
);

pub(crate) static RULES_IDENTITY: Code = error(
    "rules/identity",
    "Two SLOs have the same identity in rules",
    "It is the service, `-` and the name, so that `a-b` with `c` and `a` with `b-c` are the same. Prometheus could not tell them apart.",
    Example::Told,
);

pub(crate) static RULES_LABEL: Code = warning(
    "rules/label",
    "A label or annotation that only newer servers take",
    "Prometheus before version 3 takes letters, digits and `_` in their names, and refuses a whole file for one that is otherwise.",
    Example::Told,
);
