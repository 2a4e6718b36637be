//! The documents of `examples/lab`: read without a finding, into the right objectives.

use tomoni_slo::{Indicator, Method, Part, Window};
use tomoni_spec::{Catalog, read};

use crate::support::{folder, root};

fn lab() -> Catalog {
    read(&folder(&root().join("examples/lab")))
}

#[test]
fn the_lab_is_read_without_a_finding() {
    let catalog = lab();
    assert_eq!(catalog.findings, []);
    assert_eq!((catalog.documents, catalog.passed_over), (19, 0));
    assert_eq!(catalog.services.len(), 7);
    let names: Vec<(&str, &str, &str)> = catalog
        .slos
        .iter()
        .map(|slo| {
            let slo = &slo.value;
            (
                slo.service.as_str(),
                slo.name.as_str(),
                slo.team.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            ("auth-api", "auth-availability", "platform"),
            ("auth-api", "auth-availability-quarter", "platform"),
            ("auth-api", "auth-success-ratio", "platform"),
            ("building-hub", "hub-battery", "platform"),
            ("legacy-unlock-api", "legacy-unlock-availability", "home"),
            ("report-worker", "report-success", "work"),
            ("reservation-api", "reservation-availability", "work"),
            ("reservation-api", "reservation-latency", "work"),
            ("unlock-api", "unlock-availability", "home"),
            ("unlock-api", "unlock-latency", "home"),
            ("visitor-api", "visitor-availability", "home"),
        ]
    );
}

#[test]
fn the_lab_s_objectives_are_what_its_documents_say() {
    let catalog = lab();
    let slo = |name: &str| {
        let mut slos = catalog.slos.iter().map(|slo| &slo.value);
        slos.find(|slo| slo.name == name).unwrap()
    };

    let unlock = &slo("unlock-availability").promises[0];
    let Indicator::Ratio {
        part,
        part_query,
        total,
        counter,
    } = &unlock.indicator
    else {
        panic!("a ratio")
    };
    assert_eq!((*part, *counter), (Part::Bad, true));
    assert_eq!(part_query.source, None);
    assert_eq!(
        part_query.promql,
        r#"sum(http_requests_total{job="unlock-api",code=~"5.."})"#
    );
    assert_eq!(
        total.promql,
        r#"sum(http_requests_total{job="unlock-api"})"#
    );
    assert!((unlock.objective.target.fraction() - 0.999).abs() < 1e-15);
    assert_eq!(unlock.objective.method, Method::Occurrences);
    assert_eq!(unlock.display_name.as_deref(), Some("Three nines"));
    assert_eq!(unlock.resolution_minutes, 5);

    let visitor = &slo("visitor-availability").promises[0].objective;
    let timeslices = Method::Timeslices {
        target: 0.95,
        width_minutes: 1,
    };
    assert_eq!(visitor.method, timeslices);
    let latency = &slo("reservation-latency").promises[0].objective;
    let ratios = Method::RatioTimeslices { width_minutes: 15 };
    assert_eq!(latency.method, ratios);

    let window = |name: &str| &slo(name).promises[0].objective.window;
    assert!(
        matches!(window("unlock-availability"), Window::Rolling { minutes: 40_320, text } if text == "28d")
    );
    assert!(matches!(
        window("auth-availability-quarter"),
        Window::Rolling {
            minutes: 129_600,
            ..
        }
    ));
    let Window::Calendar(calendar) = window("reservation-availability") else {
        panic!("a calendar window")
    };
    assert_eq!(calendar.zone.iana_name(), Some("Asia/Tokyo"));
    assert_eq!(calendar.start.to_string(), "2026-01-01T00:00:00");

    assert!(matches!(
        slo("auth-success-ratio").promises[0].indicator,
        Indicator::Raw {
            rates_success: true,
            ..
        }
    ));
}

#[test]
fn one_indicator_is_one_ledger_and_each_threshold_is_one() {
    let catalog = lab();
    let keys = |name: &str| -> Vec<String> {
        let mut slos = catalog.slos.iter().map(|slo| &slo.value);
        let slo = slos.find(|slo| slo.name == name).unwrap();
        slo.promises.iter().map(|p| p.key.to_string()).collect()
    };
    assert_eq!(keys("auth-availability"), keys("auth-availability-quarter"));
    let battery = keys("hub-battery");
    assert_eq!(battery.len(), 2);
    assert!(battery[0].ends_with(":gte:12.0") && battery[1].ends_with(":gt:10.5"));
    let all: std::collections::BTreeSet<String> = catalog
        .slos
        .iter()
        .flat_map(|slo| slo.value.promises.iter().map(|p| p.key.to_string()))
        .collect();
    assert_eq!(all.len(), 11);
}
