//! What Sloth's documents may hold, in each of its two spellings, and its catalogues of windows.

use super::check;
use crate::kubernetes;
use crate::shape::{Kind, Range, Rule, Shape, optional, range, required};

/// The version of documents that are no Kubernetes objects.
pub(crate) const VERSION: &str = "prometheus/v1";
/// The group and version of Kubernetes objects.
pub(crate) const API_VERSION: &str = "sloth.slok.dev/v1";
/// The kind of Kubernetes objects that hold SLOs.
pub(crate) const SERVICE_LEVEL: &str = "PrometheusServiceLevel";
/// The kind of catalogues of windows.
pub(crate) const ALERT_WINDOWS: &str = "AlertWindows";

/// How fields are spelled, and the shapes that say so.
#[derive(Debug)]
pub(crate) struct Fields {
    /// A document, or a Kubernetes object's spec.
    pub(crate) spec: &'static Shape,
    /// One of its SLOs.
    pub(crate) slo: &'static Shape,
    /// The alerting of an SLO.
    pub(crate) alerting: &'static Shape,
    /// One alert.
    pub(crate) alert: &'static Shape,
    pub(crate) error_query: &'static str,
    pub(crate) total_query: &'static str,
    pub(crate) error_ratio_query: &'static str,
    pub(crate) page_alert: &'static str,
    pub(crate) ticket_alert: &'static str,
    pub(crate) slo_plugins: &'static str,
}

const LABELS: Kind = Kind::Own(check::labels);
const NAME: Kind = Kind::Own(check::name);

macro_rules! fields {
    (
        $fields:ident, version: [$($version:expr)?], $error_query:literal, $total_query:literal,
        $error_ratio_query:literal, $page_alert:literal, $ticket_alert:literal,
        $slo_plugins:literal
    ) => {
        pub(crate) static $fields: Fields = {
            static SPEC: Shape = Shape {
                name: "a service level",
                doc: "The SLOs of a service.",
                fields: &[
                    $($version,)?
                    required("service", NAME, "The service that the SLOs belong to."),
                    optional("labels", LABELS, "Labels on all rules of the service."),
                    optional($slo_plugins, Kind::Anything, "Plugins that change rules."),
                    required(
                        "slos",
                        Kind::List {
                            // Each is checked on its own, so that one leaves the others sound.
                            of: &Kind::Apart(&SLO),
                            least: 1,
                            most: 10_000,
                        },
                        "The SLOs.",
                    ),
                ],
                rules: &[],
            };
            static SLO: Shape = Shape {
                name: "an SLO",
                doc: "What is promised.",
                fields: &[
                    required("name", NAME, "The SLO's name."),
                    optional("description", Kind::Word, "What it is for."),
                    required(
                        "objective",
                        range((0.0, false), (100.0, true)),
                        "The share that should be good, in percent.",
                    ),
                    optional("labels", LABELS, "Labels on all rules of the SLO."),
                    required("sli", Kind::Object(&SLI), "What is measured."),
                    optional("alerting", Kind::Object(&ALERTING), "Who is told when."),
                    optional("plugins", Kind::Anything, "Plugins that change rules."),
                ],
                rules: &[],
            };
            static SLI: Shape = Shape {
                name: "an SLI",
                doc: "What is measured.",
                fields: &[
                    optional("events", Kind::Object(&EVENTS), "Bad events of all events."),
                    optional("raw", Kind::Object(&RAW), "A ratio of bad events."),
                    optional("plugin", Kind::Object(&PLUGIN), "A plugin makes the query."),
                ],
                rules: &[Rule::OneOf(&["events", "raw", "plugin"])],
            };
            static EVENTS: Shape = Shape {
                name: "an SLI of events",
                doc: "Bad events of all events.",
                fields: &[
                    required($error_query, Kind::Own(check::query), "The bad events."),
                    required($total_query, Kind::Own(check::query), "All events."),
                ],
                rules: &[],
            };
            static RAW: Shape = Shape {
                name: "a raw SLI",
                doc: "A ratio of bad events.",
                fields: &[required(
                    $error_ratio_query,
                    Kind::Own(check::query),
                    "The ratio of bad events.",
                )],
                rules: &[],
            };
            static PLUGIN: Shape = Shape {
                name: "an SLI plugin",
                doc: "A plugin makes the query.",
                fields: &[
                    required("id", Kind::Word, "The plugin."),
                    optional("options", Kind::Anything, "What the plugin is told."),
                ],
                rules: &[],
            };
            static ALERTING: Shape = Shape {
                name: "an SLO's alerting",
                doc: "Who is told when.",
                fields: &[
                    optional("name", Kind::Word, "The alerts' name."),
                    optional("labels", LABELS, "Labels on both alerts."),
                    optional("annotations", LABELS, "Annotations on both alerts."),
                    optional($page_alert, Kind::Object(&ALERT), "The alert that pages."),
                    optional($ticket_alert, Kind::Object(&ALERT), "The alert that makes a ticket."),
                ],
                rules: &[],
            };
            static ALERT: Shape = Shape {
                name: "an alert",
                doc: "One of an SLO's alerts.",
                fields: &[
                    optional("disable", Kind::Boolean, "Whether it is left out."),
                    optional("labels", LABELS, "Labels on this alert."),
                    optional("annotations", LABELS, "Annotations on this alert."),
                ],
                rules: &[],
            };
            Fields {
                spec: &SPEC,
                slo: &SLO,
                alerting: &ALERTING,
                alert: &ALERT,
                error_query: $error_query,
                total_query: $total_query,
                error_ratio_query: $error_ratio_query,
                page_alert: $page_alert,
                ticket_alert: $ticket_alert,
                slo_plugins: $slo_plugins,
            }
        };
    };
}

fields!(
    PLAIN,
    version: [required("version", Kind::Choice(&[VERSION]), "The format's version.")],
    "error_query", "total_query", "error_ratio_query", "page_alert", "ticket_alert", "slo_plugins"
);
fields!(
    KUBERNETES,
    version: [],
    "errorQuery", "totalQuery", "errorRatioQuery", "pageAlert", "ticketAlert", "sloPlugins"
);

/// A Kubernetes object that holds SLOs.
pub(crate) static OBJECT: Shape = Shape {
    name: "a PrometheusServiceLevel",
    doc: "The SLOs of a service.",
    fields: &[
        required("apiVersion", Kind::Choice(&[API_VERSION]), "The version."),
        required("kind", Kind::Choice(&[SERVICE_LEVEL]), "The kind."),
        required(
            "metadata",
            Kind::Own(kubernetes::check),
            "What it is called.",
        ),
        // It is checked by the same shape as documents that are no objects.
        required(
            "spec",
            Kind::Apart(KUBERNETES.spec),
            "The service and its SLOs.",
        ),
        optional("status", Kind::Anything, "What Sloth's controller says."),
    ],
    rules: &[],
};

/// A catalogue of windows.
pub(crate) static WINDOWS: Shape = Shape {
    name: "an AlertWindows",
    doc: "The windows of alerts, for SLOs of one period.",
    fields: &[
        required("apiVersion", Kind::Choice(&[API_VERSION]), "The version."),
        required("kind", Kind::Choice(&[ALERT_WINDOWS]), "The kind."),
        optional("metadata", Kind::Anything, "What it is called."),
        required("spec", Kind::Object(&WINDOWS_SPEC), "The windows."),
    ],
    rules: &[],
};

pub(crate) static WINDOWS_SPEC: Shape = Shape {
    name: "an AlertWindows' spec",
    doc: "The windows.",
    fields: &[
        required("sloPeriod", Kind::Own(check::duration), "The SLOs' period."),
        required("page", Kind::Object(&PAIR), "The windows that page."),
        required(
            "ticket",
            Kind::Object(&PAIR),
            "The windows that make a ticket.",
        ),
    ],
    rules: &[],
};

pub(crate) static PAIR: Shape = Shape {
    name: "a severity's windows",
    doc: "The quick and the slow windows.",
    fields: &[
        required(
            "quick",
            Kind::Object(&WINDOW),
            "For much of the budget at once.",
        ),
        required("slow", Kind::Object(&WINDOW), "For what goes on for long."),
    ],
    rules: &[],
};

pub(crate) static WINDOW: Shape = Shape {
    name: "a pair of windows",
    doc: "Two windows, and how much of the budget is spent when they tell.",
    fields: &[
        required(
            "errorBudgetPercent",
            Kind::Number(Range {
                from: Some((0.0, false)),
                to: None,
            }),
            "How much of the budget is spent in the long window, in percent.",
        ),
        required(
            "shortWindow",
            Kind::Own(check::duration),
            "The short window.",
        ),
        required("longWindow", Kind::Own(check::duration), "The long window."),
    ],
    rules: &[],
};

/// The kinds of Sloth's Kubernetes objects.
pub(crate) const KINDS: [&str; 2] = [SERVICE_LEVEL, ALERT_WINDOWS];
