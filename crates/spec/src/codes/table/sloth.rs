//! The codes of Sloth's formats.

use super::{error, warning};
use crate::codes::{Code, EXAMPLE_SLOTH, EXAMPLE_WINDOWS, Example};

const fn change(right: &'static str, wrong: &'static str) -> Example {
    Example::ChangeOf {
        documents: EXAMPLE_SLOTH,
        right,
        wrong,
    }
}

pub(crate) static SLOTH_VERSION: Code = error(
    "sloth/version",
    "A version or kind that Sloth does not know",
    "`version: prometheus/v1`; or as a Kubernetes object `apiVersion: sloth.slok.dev/v1` with `kind: PrometheusServiceLevel` or `kind: AlertWindows`.",
    change("version: prometheus/v1\n", "version: prometheus/v2\n"),
);

pub(crate) static SLOTH_UNKNOWN_FIELD: Code = warning(
    "sloth/unknown-field",
    "A field that Sloth does not know",
    "Sloth passes over it, so that it has no effect. Fields are written with `_` in a document with `version`, and in camelCase in a Kubernetes object.",
    change("      page_alert:\n", "      pageAlert:\n"),
);

pub(crate) static SLOTH_MISSING_FIELD: Code = error(
    "sloth/missing-field",
    "A field that Sloth needs is missing",
    "Alerts need a name unless both are disabled.",
    change("      name: UnlockErrors\n", ""),
);

pub(crate) static SLOTH_VALUE: Code = error(
    "sloth/wrong-value",
    "A value that Sloth refuses",
    "An objective is above 0 and at most 100; an SLI is one of `events`, `raw` and `plugin`; durations are those of Prometheus.",
    change("    objective: 99.9\n", "    objective: 101\n"),
);

pub(crate) static SLOTH_NAME: Code = error(
    "sloth/name",
    "A name that Sloth refuses",
    "Letters, digits, `-`, `_` and `.`; it begins and ends with a letter or digit and is two long at least.",
    change("service: unlock-api\n", "service: unlock api\n"),
);

pub(crate) static SLOTH_LABEL: Code = error(
    "sloth/label",
    "A label or annotation that Sloth refuses",
    "Each has a value, and none is called `__name__`.",
    change("  team: home\n", "  team: \"\"\n"),
);

pub(crate) static SLOTH_WINDOW: Code = error(
    "sloth/window",
    "A query does not leave the range open",
    "Sloth asks each query over many windows and puts them where `{{.window}}` stands.",
    change(
        "        total_query: sum(rate(http_requests_total{job=\"unlock-api\"}[{{.window}}]))\n",
        "        total_query: sum(rate(http_requests_total{job=\"unlock-api\"}[5m]))\n",
    ),
);

pub(crate) static SLOTH_SAME: Code = error(
    "sloth/same-queries",
    "The error query is the total query",
    "All events would be bad.",
    change(
        "        error_query: sum(rate(http_requests_total{job=\"unlock-api\",code=~\"5..\"}[{{.window}}]))\n",
        "        error_query: sum(rate(http_requests_total{job=\"unlock-api\"}[{{.window}}]))\n",
    ),
);

/// An SLO that only a plugin of Sloth's could measure.
pub static SLOTH_PLUGIN: Code = error(
    "sloth/sli-plugin",
    "An SLI plugin, which cannot run here",
    "It is a program that makes the query. Other SLOs of the document are used; write out the query for this one.",
    change(
        "      events:\n        error_query: sum(rate(http_requests_total{job=\"unlock-api\",code=~\"5..\"}[{{.window}}]))\n        total_query: sum(rate(http_requests_total{job=\"unlock-api\"}[{{.window}}]))\n",
        "      plugin:\n        id: example.com/availability\n",
    ),
);

pub(crate) static SLOTH_SLO_PLUGINS: Code = warning(
    "sloth/slo-plugins",
    "SLO plugins, which are not run here",
    "They change the rules that Sloth makes. Figures do not need them; rules made here are those without.",
    change(
        "labels:\n  team: home\n",
        "slo_plugins:\n  chain:\n    - id: example.com/extra\n",
    ),
);

pub(crate) static SLOTH_WINDOW_ORDER: Code = warning(
    "sloth/window-order",
    "A short window longer than its long one",
    "An alert tells while the budget burns over both. The long window says that enough is spent; the short one, that it still burns, so that the alert ends soon after the errors do. The other way round it begins late and ends late.",
    Example::ChangeOf {
        documents: EXAMPLE_WINDOWS,
        right: "shortWindow: 5m, longWindow: 1h",
        wrong: "shortWindow: 1h, longWindow: 5m",
    },
);
