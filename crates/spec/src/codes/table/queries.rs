//! The codes of annotations and queries.

use super::{error, warning};
use crate::codes::{Code, Example};

pub(crate) static UNKNOWN_ANNOTATION: Code = error(
    "tomoni/unknown-annotation",
    "An annotation under tomoni.dev/ that is not known",
    "Or one on an object of a kind that it does not belong to. `docs/annotations.md` lists them.",
    Example::Change {
        right: "    tomoni.dev/missing-data: ignore\n",
        wrong: "    tomoni.dev/missing: ignore\n",
    },
);

pub(crate) static ANNOTATION: Code = error(
    "tomoni/annotation",
    "An annotation's value cannot be understood",
    "",
    Example::Change {
        right: "    tomoni.dev/missing-data: ignore\n",
        wrong: "    tomoni.dev/missing-data: skip\n",
    },
);

pub(crate) static EXCLUSION: Code = error(
    "tomoni/exclusion",
    "An exclusion cannot be understood",
    "Each has `from` and `until` with their offsets, a category, a reason and an author. The caret stands in the annotation's text.",
    Example::Change {
        right: "        category: maintenance\n",
        wrong: "",
    },
);

pub(crate) static PUSH: Code = error(
    "tomoni/push",
    "A pushed SLI that is not written as one",
    "Counts that nobody can be asked for are pushed in batches, good and total together. So `tomoni.dev/push` stands once, under `raw`, and its spec has one field: `sli`, the name under which they are pushed.",
    Example::Whole {
        right: "apiVersion: openslo/v1\nkind: SLI\nmetadata:\n  name: firmware-updates\nspec:\n  ratioMetric:\n    rawType: success\n    raw:\n      metricSource:\n        type: tomoni.dev/push\n        spec:\n          sli: firmware-updates\n",
        wrong: "apiVersion: openslo/v1\nkind: SLI\nmetadata:\n  name: firmware-updates\nspec:\n  ratioMetric:\n    rawType: success\n    raw:\n      metricSource:\n        type: tomoni.dev/push\n        spec:\n          name: firmware-updates\n",
    },
);

pub(crate) static PROMQL_SYNTAX: Code = error(
    "promql/syntax",
    "A query is not PromQL",
    "The caret stands at the word that cannot stand there, also in folded and quoted texts.",
    Example::Change {
        right: "            query: battery_volts{job=\"building-hub\"}\n",
        wrong: "            query: battery_volts{job=\"building-hub\"\n",
    },
);

pub(crate) static PROMQL_UNITS: Code = error(
    "promql/units",
    "A ratio's two queries count in different units",
    "One is a counter's bare value, which counts since a process was born; the other can only be evaluated.",
    Example::Change {
        right: "          query: http_requests_total{job=\"unlock-api\"}\n",
        wrong: "          query: max(rate(http_requests_total{job=\"unlock-api\"}[5m]))\n",
    },
);

pub(crate) static PROMQL_SAME: Code = warning(
    "promql/part-is-total",
    "A ratio's two queries are the same",
    "All events are good, then, or none.",
    Example::Change {
        right: "          query: http_requests_total{job=\"unlock-api\",code=~\"5..\"}\n",
        wrong: "          query: http_requests_total{job=\"unlock-api\"}\n",
    },
);

pub(crate) static PROMQL_OUTSIDE: Code = warning(
    "promql/part-outside-total",
    "A ratio's part can never be in its total",
    "Both count the same metric, but want different values of one label.",
    Example::Change {
        right: "          query: http_requests_total{job=\"unlock-api\",code=~\"5..\"}\n",
        wrong: "          query: http_requests_total{job=\"visitor-api\",code=~\"5..\"}\n",
    },
);

pub(crate) static PROMQL_NOTHING: Code = warning(
    "promql/matches-nothing",
    "A selector that can match nothing",
    "Two of its conditions exclude each other.",
    Example::Change {
        right: "            query: battery_volts{job=\"building-hub\"}\n",
        wrong: "            query: battery_volts{job=\"building-hub\",job=\"hub\"}\n",
    },
);

pub(crate) static PROMQL_UNRATED: Code = warning(
    "promql/unrated-counter",
    "A counter's bare value is used as a number",
    "It counts since a process was born and falls to 0 when that restarts.",
    Example::Change {
        right: "            query: battery_volts{job=\"building-hub\"}\n",
        wrong: "            query: max(alarms_total{job=\"building-hub\"})\n",
    },
);
