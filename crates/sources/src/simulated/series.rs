//! Which of a world's series a selector means.

use std::collections::BTreeSet;

use tomoni_slo::GroupLabels;
use tomoni_spec::promql::Selector;

use crate::prometheus::Grouping;
use crate::simulator::{Column, Family, FamilyKind, Labels, Service, World};

/// The events of a service that a query counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Share {
    /// The service, by its place in the world.
    pub(super) service: usize,
    /// How often each of its classes counts.
    pub(super) times: Vec<i64>,
}

/// A sensor of a service's pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sensor {
    /// The service, by its place in the world.
    pub(super) service: usize,
    /// The family, by its place in the service.
    pub(super) family: usize,
}

/// The services of which a selector means counters, and how often each class counts.
pub(super) fn counters(world: &World, selector: &Selector) -> Result<Vec<Share>, String> {
    let mut shares = Vec::new();
    for (place, service) in of_job(world, selector) {
        by_single_processes(service, selector)?;
        let mut times = vec![0_i64; service.classes.len()];
        let mut is_meant = false;
        for family in &service.families {
            let columns = family.columns();
            for group in family.groups(service) {
                for (i, column) in columns.iter().enumerate() {
                    if !matches(selector, service, family, column, &group.labels) {
                        continue;
                    }
                    is_meant = true;
                    for class in &group.classes {
                        times[*class] += i64::from(counts(service, family, column, i, *class)?);
                    }
                }
            }
            if let Some(name) = bare_gauge(selector, service, family) {
                return Err(format!("`{name}` is no counter"));
            }
        }
        if is_meant {
            shares.push(Share {
                service: place,
                times,
            });
        }
    }
    Ok(shares)
}

/// The sensors that a selector means.
pub(super) fn sensors(world: &World, selector: &Selector) -> Result<Vec<Sensor>, String> {
    let mut sensors = Vec::new();
    for (place, service) in of_job(world, selector) {
        by_single_processes(service, selector)?;
        for (i, family) in service.families.iter().enumerate() {
            let columns = family.columns();
            let is_meant = family.groups(service).iter().any(|group| {
                let mut columns = columns.iter();
                columns.any(|column| matches(selector, service, family, column, &group.labels))
            });
            if !is_meant {
                continue;
            }
            if !matches!(family.kind, FamilyKind::Reading { .. }) {
                return Err(format!("`{}` is no reading of a sensor", family.name));
            }
            sensors.push(Sensor {
                service: place,
                family: i,
            });
        }
    }
    Ok(sensors)
}

/// The values that the series of some selectors have of some labels. Those that tell one process from
/// another are as good as missing.
pub(super) fn groups(world: &World, grouping: &Grouping) -> BTreeSet<GroupLabels> {
    let mut found = BTreeSet::new();
    for selector in &grouping.selectors {
        for (_, service) in of_job(world, selector) {
            for family in &service.families {
                for (group, column) in each_series(service, family) {
                    if matches(selector, service, family, &column, &group) {
                        let value = |name: &String| value_of(name, service, &column, &group);
                        let labels = grouping.labels.iter();
                        let labels = labels.map(|name| (name.clone(), value(name).to_owned()));
                        found.insert(GroupLabels::new(labels));
                    }
                }
            }
        }
    }
    found
}

fn each_series(service: &Service, family: &Family) -> Vec<(Labels, Column)> {
    let columns = family.columns();
    let groups = family.groups(service).into_iter();
    groups
        .flat_map(|group| {
            let series = |column: &Column| (group.labels.clone(), column.clone());
            columns.iter().map(series).collect::<Vec<_>>()
        })
        .collect()
}

/// The services that a selector can mean, with their places.
fn of_job<'a>(
    world: &'a World,
    selector: &'a Selector,
) -> impl Iterator<Item = (usize, &'a Service)> {
    let job = selector.required("job");
    let services = world.services.iter().enumerate();
    services.filter(move |(_, service)| job.is_none_or(|job| job == service.name))
}

/// Whether a class counts into a column; what is no count is refused.
fn counts(
    service: &Service,
    family: &Family,
    column: &Column,
    place: usize,
    class: usize,
) -> Result<bool, String> {
    match (&family.kind, column.suffix) {
        (_, "_sum") => Err(format!("`{}_sum` adds seconds, not events", family.name)),
        (FamilyKind::Histogram { bounds, .. }, "_bucket") => Ok(bounds
            .get(place)
            .is_none_or(|bound| service.classes[class].seconds <= *bound)),
        _ => Ok(true),
    }
}

/// The name of a gauge that the selector means, if it means this family and it is one.
fn bare_gauge(selector: &Selector, service: &Service, family: &Family) -> Option<&'static str> {
    let is_gauge = matches!(
        family.kind,
        FamilyKind::Reading { .. } | FamilyKind::StartTime
    );
    let column = Column {
        suffix: "",
        le: None,
    };
    let is_meant = is_gauge && matches(selector, service, family, &column, &Labels::new());
    is_meant.then_some(family.name)
}

/// A selector that tells one process from another cannot be answered by what services do.
fn by_single_processes(service: &Service, selector: &Selector) -> Result<(), String> {
    let relabelled = service.relabel.as_ref().map(|relabel| relabel.label);
    let of_process =
        |label: &str| ["instance", "pod"].contains(&label) || relabelled == Some(label);
    match selector.matchers.iter().find(|m| of_process(&m.label)) {
        Some(matcher) => Err(format!("`{matcher}` looks at single processes")),
        None => Ok(()),
    }
}

fn matches(
    selector: &Selector,
    service: &Service,
    family: &Family,
    column: &Column,
    labels: &Labels,
) -> bool {
    let name = [family.name, column.suffix].concat();
    selector.matches(|label| match label {
        "__name__" => name.as_str(),
        label => value_of(label, service, column, labels),
    })
}

/// The value of a label of a series; empty where it has none.
fn value_of<'a>(
    label: &str,
    service: &'a Service,
    column: &'a Column,
    labels: &'a Labels,
) -> &'a str {
    match label {
        "job" => service.name.as_str(),
        "le" => column.le.as_deref().unwrap_or_default(),
        label => labels.get(label).map_or("", String::as_str),
    }
}
