//! The codes of SLOs with a budget for each group.

use super::warning;
use crate::codes::{Code, Example};

pub(crate) static GROUPS_IMPOSSIBLE: Code = warning(
    "groups/impossible",
    "An SLO that cannot have a budget for each group",
    "Of a group the same queries are asked with one more condition for each label in every selector. Counts that are pushed are asked of nobody, and a label that a query makes itself (`label_replace`) cannot be a condition. The budget for all is kept.",
    Example::Change {
        right: "  name: hub-battery\nspec:\n  service: unlock-api\n  indicator:\n    metadata:\n      name: hub-battery\n    spec:\n      thresholdMetric:\n        metricSource:\n          type: Prometheus\n          spec:\n            query: battery_volts{job=\"building-hub\"}\n",
        wrong: "  name: hub-battery\n  annotations:\n    tomoni.dev/group-by: floor\nspec:\n  service: unlock-api\n  indicator:\n    metadata:\n      name: hub-battery\n    spec:\n      thresholdMetric:\n        metricSource:\n          type: Prometheus\n          spec:\n            query: label_replace(battery_volts{job=\"building-hub\"}, \"floor\", \"$1\", \"hub\", \"(.).*\")\n",
    },
);

pub(crate) static GROUPS_TOO_MANY: Code = warning(
    "groups/too-many",
    "An SLO has more groups than have a budget each",
    "At most 100 groups of an SLO have one. Those that had one keep it until nothing of theirs is in the window any more; after them come those that are there now, and of these the first by their labels. Where more than 10 000 are there at once, it is not asked who they are. What has none counts for the whole all the same. Group by another label, or narrow the queries.",
    Example::Told,
);

pub(crate) static GROUPS_TOO_LONG: Code = warning(
    "groups/too-long",
    "Groups whose values are too long to be names",
    "A group whose labels' values have more than 1024 bytes together has no budget: such values come from addresses or texts that somebody made up. It counts for the whole all the same. Group by another label, or narrow the queries.",
    Example::Told,
);

pub(crate) static GROUPS_UNKNOWN: Code = warning(
    "groups/unknown",
    "It could not be asked which groups there are",
    "Those that were known before are shown. It is asked again in a minute.",
    Example::Told,
);
