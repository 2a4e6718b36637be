//! The codes of Pyrra's format.

use super::{error, warning};
use crate::codes::{Code, EXAMPLE_PYRRA, Example};

const fn change(right: &'static str, wrong: &'static str) -> Example {
    Example::ChangeOf {
        documents: EXAMPLE_PYRRA,
        right,
        wrong,
    }
}

pub(crate) static PYRRA_VERSION: Code = error(
    "pyrra/version",
    "A version or kind that Pyrra does not know",
    "`apiVersion: pyrra.dev/v1alpha1` with `kind: ServiceLevelObjective`.",
    change(
        "kind: ServiceLevelObjective\n",
        "kind: ServiceLevelObjectives\n",
    ),
);

pub(crate) static PYRRA_UNKNOWN_FIELD: Code = error(
    "pyrra/unknown-field",
    "A field that Pyrra does not know",
    "Pyrra refuses the document.",
    change("  window: 4w\n", "  window: 4w\n  windows: 4w\n"),
);

pub(crate) static PYRRA_MISSING_FIELD: Code = error(
    "pyrra/missing-field",
    "A field that Pyrra needs is missing",
    "",
    change("  window: 4w\n", ""),
);

pub(crate) static PYRRA_VALUE: Code = error(
    "pyrra/wrong-value",
    "A value that Pyrra refuses",
    "A target is percent from 0 to 100, as a text; a window is a duration of whole minutes as Prometheus writes it; there is one indicator.",
    change("  window: 4w\n", "  window: 1M\n"),
);

pub(crate) static PYRRA_NAME: Code = error(
    "pyrra/name",
    "A name that Kubernetes refuses",
    "Small letters, digits, `-` and `.`.",
    change("  name: unlock-latency\n", "  name: Unlock latency\n"),
);

pub(crate) static PYRRA_SELECTOR: Code = error(
    "pyrra/selector",
    "A metric that is more than a selector",
    "A metric is a name with conditions on its labels. Pyrra makes `increase` and `rate` of it by itself, and groups it.",
    change(
        "        metric: unlock_seconds_count{job=\"unlock-api\"}\n",
        "        metric: sum(rate(unlock_seconds_count{job=\"unlock-api\"}[5m]))\n",
    ),
);

pub(crate) static PYRRA_BUCKET: Code = error(
    "pyrra/bucket",
    "A latency that names no bucket",
    "The metric of `success` is a histogram's bucket: its label `le` says how fast is fast enough.",
    change(
        "        metric: unlock_seconds_bucket{job=\"unlock-api\",le=\"0.5\"}\n",
        "        metric: unlock_seconds_bucket{job=\"unlock-api\",le=\"fast\"}\n",
    ),
);

pub(crate) static PYRRA_HISTOGRAM: Code = warning(
    "pyrra/histogram",
    "A latency's metric does not look like a histogram's",
    "Histograms have series whose names end in `_bucket` and `_count`.",
    change(
        "        metric: unlock_seconds_count{job=\"unlock-api\"}\n",
        "        metric: unlock_seconds_total{job=\"unlock-api\"}\n",
    ),
);

pub(crate) static PYRRA_NATIVE: Code = error(
    "pyrra/latency-native",
    "A native histogram's latency, which cannot be evaluated yet",
    "Write `latency` over a classic histogram, where there is one.",
    change(
        "    latency:\n      success:\n        metric: unlock_seconds_bucket{job=\"unlock-api\",le=\"0.5\"}\n      total:\n",
        "    latencyNative:\n      latency: 500ms\n      total:\n",
    ),
);

pub(crate) static PYRRA_FRACTION: Code = warning(
    "pyrra/fraction",
    "A target that looks like a share",
    "Pyrra's targets are percent: \"0.99\" promises less than one event of a hundred.",
    change("  target: \"99\"\n", "  target: \"0.99\"\n"),
);
