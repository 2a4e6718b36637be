//! Random documents of each format: what they say comes back.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tomoni_spec::Target;

use super::hold;

/// Fields, those without a value left out.
fn fields<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    let fields = fields.into_iter();
    let fields = fields.filter_map(|(key, value)| Some((key.to_owned(), value?)));
    Value::Object(fields.collect::<Map<String, Value>>())
}

/// Texts, some of which look like something else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("1.10".to_owned()),
        Just("no".to_owned()),
        Just("2026-01-01".to_owned()),
        Just("two\nlines\n".to_owned()),
        Just("日本 \"'#: -".to_owned()),
        "[a-zA-Z0-9 _./:{}-]{1,20}",
    ]
}

/// What is taken for a text.
fn word() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        1 => (0..9_000).prop_map(|n| Value::from(f64::from(n) / 8.0)),
        1 => any::<bool>().prop_map(Value::from),
    ]
}

fn texts(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Option<Value>> {
    let key = prop_oneof!["team|tier|a b|x/y|build", "[a-z]{1,8}"];
    option::of(btree_map(key, value, 0..4).prop_map(|map| json!(map)))
}

fn description() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Value::Null)),
        3 => text().prop_map(|text| Some(text.into())),
        1 => Just(Some("long ".repeat(300).into())),
    ]
}

/// Something that no format knows.
fn unknown() -> impl Strategy<Value = Option<Value>> {
    option::weighted(
        0.3,
        prop_oneof![
            Just(json!({"a": [1, 2.5, null, "1"], "b": {}})),
            text().prop_map(Value::from),
            Just(Value::Null),
        ],
    )
}

fn percent() -> impl Strategy<Value = f64> {
    (1..100_000).prop_map(|n| f64::from(n) / 1_000.0)
}

fn rate(metric: &str) -> impl Strategy<Value = Value> {
    let metric = metric.to_owned();
    prop_oneof![
        Just(format!(
            "sum(rate({metric}{{code=~\"5..\"}}[{{{{.window}}}}]))"
        )),
        Just(format!(
            "sum(\n  rate({metric}[{{{{ .window }}}}]) # all\n)\n"
        )),
        Just(format!(
            "sum by (a) (increase({metric}{{a='b'}}[{{{{.window}}}}]))"
        )),
    ]
    .prop_map(Value::from)
}

/// An SLO of Sloth's, in the names of one of its spellings.
fn slo(is_object: bool) -> impl Strategy<Value = Value> {
    let named = move |object: &'static str, plain: &'static str| match is_object {
        true => object,
        false => plain,
    };
    let events = (rate("errors_total"), rate("requests_total"), unknown());
    let events = events.prop_map(move |(error, total, unknown)| {
        json!({"events": fields([
            (named("errorQuery", "error_query"), Some(error)),
            (named("totalQuery", "total_query"), Some(total)),
            ("remark", unknown),
        ])})
    });
    let raw = Just(json!({"raw": {
        named("errorRatioQuery", "error_ratio_query"): "job:errors:ratio_rate{{.window}}",
    }, "events": null}));
    let alert = || {
        let parts = (
            option::of(any::<bool>()),
            texts(word()),
            texts(word()),
            unknown(),
        );
        option::of(parts.prop_map(|(disable, labels, annotations, unknown)| {
            fields([
                ("disable", disable.map(Value::from)),
                ("labels", labels),
                ("annotations", annotations),
                ("remark", unknown),
            ])
        }))
    };
    let alerting = (text(), texts(word()), texts(word()), alert(), alert());
    let alerting = alerting.prop_map(move |(name, labels, annotations, page, ticket)| {
        fields([
            ("name", Some(name.into())),
            ("labels", labels),
            ("annotations", annotations),
            (named("pageAlert", "page_alert"), page),
            (named("ticketAlert", "ticket_alert"), ticket),
        ])
    });
    let parts = (
        description(),
        percent(),
        texts(word()),
        prop_oneof![3 => events, 1 => raw],
    );
    (parts, alerting, unknown()).prop_map(
        |((description, objective, labels, sli), alerting, unknown)| {
            fields([
                ("description", description),
                ("objective", Some(objective.into())),
                ("labels", labels),
                ("sli", Some(sli)),
                ("alerting", Some(alerting)),
                ("remark", unknown),
            ])
        },
    )
}

fn sloth() -> impl Strategy<Value = Value> {
    any::<bool>().prop_flat_map(|is_object| {
        let parts = (
            "[a-zA-Z][a-z_.]{0,8}[a-z]",
            texts(word()),
            vec(slo(is_object), 1..4),
            unknown(),
        );
        let about = (texts(text().prop_map(Value::from)), unknown());
        (parts, about).prop_map(
            move |((service, labels, mut slos, unknown), (annotations, status))| {
                for (number, slo) in slos.iter_mut().enumerate() {
                    slo["name"] = format!("Slo_{number}").into();
                }
                let spec = fields([
                    ("version", (!is_object).then(|| "prometheus/v1".into())),
                    ("service", Some(service.into())),
                    ("labels", labels),
                    ("slos", Some(slos.into())),
                    ("remark", unknown),
                ]);
                match is_object {
                    false => spec,
                    true => fields([
                        ("apiVersion", Some("sloth.slok.dev/v1".into())),
                        ("kind", Some("PrometheusServiceLevel".into())),
                        (
                            "metadata",
                            Some(fields([
                                ("name", Some("a.b".into())),
                                ("annotations", annotations),
                            ])),
                        ),
                        ("spec", Some(spec)),
                        ("status", status),
                    ]),
                }
            },
        )
    })
}

fn pyrra() -> impl Strategy<Value = Value> {
    let grouping = || option::of(vec("[a-z]{1,6}", 0..3).prop_map(Value::from));
    let metric = |text: &str| json!({"metric": text});
    let ratio = grouping().prop_map(move |grouping| {
        json!({"ratio": fields([
            ("errors", Some(metric("errors_total{code=~\"5..\"}"))),
            ("total", Some(metric("requests_total"))),
            ("grouping", grouping),
        ])})
    });
    let latency = grouping().prop_map(move |grouping| {
        json!({"latency": fields([
            ("success", Some(metric("seconds_bucket{le='0.5'}"))),
            ("total", Some(metric("seconds_count{}\n"))),
            ("grouping", grouping),
        ]), "ratio": null})
    });
    let gauge = grouping().prop_map(|grouping| {
        json!({"bool_gauge": fields([("metric", Some("up".into())), ("grouping", grouping)])})
    });
    let target = prop_oneof![
        percent().prop_map(|p| Value::from(p.to_string())),
        percent().prop_map(Value::from),
        Just(Value::from("99.50")),
    ];
    let alerting = (option::of(any::<bool>()), option::of(text()));
    let alerting = option::of(alerting.prop_map(|(absent, name)| {
        fields([
            ("absent", absent.map(Value::from)),
            ("name", name.map(Value::from)),
        ])
    }));
    let labels = || {
        let key = prop_oneof!["pyrra\\.dev/(team|service)|service|team|a", "[a-z]{1,6}"];
        option::of(btree_map(key, text(), 0..4).prop_map(|map| json!(map)))
    };
    let window = prop_oneof![
        Just("4w"),
        Just("28d"),
        Just("1w3d"),
        Just("90m"),
        Just("1h30m"),
        Just("1y")
    ];
    let indicator = prop_oneof![ratio, latency, gauge];
    let about = (labels(), labels(), option::of("[a-z]{1,5}"));
    let spec = (description(), target, window, indicator, alerting);
    (about, spec).prop_map(
        |((labels, annotations, namespace), (description, target, window, indicator, alerting))| {
            json!({
                "apiVersion": "pyrra.dev/v1alpha1",
                "kind": "ServiceLevelObjective",
                "metadata": fields([
                    ("name", Some("slo.x".into())),
                    ("namespace", namespace.map(Value::from)),
                    ("labels", labels),
                    ("annotations", annotations),
                ]),
                "spec": fields([
                    ("description", description),
                    ("target", Some(target)),
                    ("window", Some(window.into())),
                    ("indicator", Some(indicator)),
                    ("alerting", alerting),
                ]),
            })
        },
    )
}

fn alpha() -> impl Strategy<Value = Value> {
    let metric =
        |query: &str| json!({"source": "Prometheus", "queryType": "promql", "query": query});
    let ratio = ("good_a|good_b", option::of(any::<bool>()));
    let ratio = ratio.prop_map(move |(good, incremental)| {
        fields([
            ("incremental", incremental.map(Value::from)),
            ("good", Some(metric(&good))),
            ("total", Some(metric("all"))),
        ])
    });
    let objective = (ratio, option::of(0..9), 1..999, option::of("[a-z ]{1,9}"));
    let objective = objective.prop_map(|(ratio, value, target, name)| {
        fields([
            ("displayName", name.map(Value::from)),
            ("value", value.map(Value::from)),
            ("target", Some((f64::from(target) / 1_000.0).into())),
            ("timeSliceTarget", Some(0.9.into())),
            ("ratioMetrics", Some(ratio)),
        ])
    });
    let windows = prop_oneof![
        Just(json!({"unit": "Day", "count": 28, "isRolling": true})),
        Just(json!({"unit": "Second", "count": 7_200})),
        Just(json!({"unit": "Month", "count": 1, "isRolling": false,
            "calendar": {"startTime": "2026-01-01 00:00:00", "timeZone": "Asia/Tokyo"}})),
    ];
    let parts = (
        description(),
        windows,
        vec(objective, 1..4),
        option::of("[a-z ]{1,9}"),
    );
    // A description is no shorter in v1 than in v1alpha.
    let parts = parts.prop_filter("a description that is refused", |(description, ..)| {
        let text = description.as_ref().and_then(Value::as_str);
        text.is_none_or(|text| text.len() < 1_000)
    });
    parts.prop_map(|(description, window, objectives, name)| {
        json!({
            "apiVersion": "openslo/v1alpha",
            "kind": "SLO",
            "metadata": fields([("name", Some("slo".into())), ("displayName", name.map(Value::from))]),
            "spec": fields([
                ("description", description),
                ("service", Some("svc".into())),
                ("budgetingMethod", Some("Timeslices".into())),
                ("timeWindows", Some(json!([window]))),
                ("objectives", Some(objectives.into())),
            ]),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn sloth_s_come_back(document in sloth()) {
        hold(&[format!("{document:#}\n")], Target::Sloth);
    }

    #[test]
    fn pyrra_s_come_back(document in pyrra()) {
        hold(&[format!("{document:#}\n")], Target::Pyrra);
    }

    #[test]
    fn those_of_v1alpha_come_back(document in alpha()) {
        hold(&[format!("{document:#}\n")], Target::OpenSloV1Alpha);
    }
}
