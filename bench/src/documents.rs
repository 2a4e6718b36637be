//! OpenSLO documents: one SLO for each service.

use std::fs;
use std::io;
use std::path::Path;

use crate::services::Service;

/// What each SLO promises, as a fraction.
pub const TARGET: &str = "0.999";

/// How an SLO's budget is counted.
#[derive(Clone, Copy, Debug)]
pub enum Method {
    /// By events.
    Occurrences,
    /// By minutes, each good or bad.
    Timeslices,
    /// By the mean of five-minute ratios.
    RatioTimeslices,
}

impl Method {
    /// As people mix them: of ten services seven count events, two minutes, and one ratios.
    pub const fn mixed(service: Service) -> Self {
        match service.0 % 10 {
            3 | 7 => Self::Timeslices,
            9 => Self::RatioTimeslices,
            _ => Self::Occurrences,
        }
    }

    /// `budgetingMethod`, and what an objective needs beside its target.
    const fn yaml(self) -> (&'static str, &'static str) {
        match self {
            Self::Occurrences => ("Occurrences", ""),
            Self::Timeslices => (
                "Timeslices",
                "      timeSliceTarget: 0.95\n      timeSliceWindow: 1m\n",
            ),
            Self::RatioTimeslices => ("RatioTimeslices", "      timeSliceWindow: 5m\n"),
        }
    }
}

/// One SLO as an OpenSLO v1 document.
pub fn slo(service: Service, method: Method) -> String {
    let (method, slices) = method.yaml();
    let (name, team) = (service.name(), team(service));
    let (bad, total) = (bad(service), total(service));
    format!(
        r#"apiVersion: openslo/v1
kind: SLO
metadata:
  name: {name}-availability
  displayName: Requests to {name} do not fail
  annotations:
    tomoni.dev/owner: {team}
spec:
  description: Requests that did not fail on our side.
  service: {name}
  indicator:
    metadata:
      name: {name}-availability
    spec:
      ratioMetric:
        counter: true
        bad:
          metricSource:
            type: Prometheus
            spec:
              query: sum(rate({bad}[5m]))
        total:
          metricSource:
            type: Prometheus
            spec:
              query: sum(rate({total}[5m]))
  timeWindow:
    - duration: 30d
      isRolling: true
  budgetingMethod: {method}
  objectives:
    - displayName: Three nines
      target: {TARGET}
{slices}"#
    )
}

/// The service as an OpenSLO v1 document, so that no reference dangles.
pub fn service(service: Service) -> String {
    format!(
        "apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: {}\nspec:\n  \
         description: One of many.\n",
        service.name()
    )
}

/// Who answers for a service: each team has fifty.
pub fn team(service: Service) -> String {
    format!("team-{:02}", service.0 / 50)
}

/// The selector of a service's failed requests.
pub fn bad(service: Service) -> String {
    format!(
        r#"http_requests_total{{job="{}",code=~"5.."}}"#,
        service.name()
    )
}

/// The selector of all its requests.
pub fn total(service: Service) -> String {
    format!(r#"http_requests_total{{job="{}"}}"#, service.name())
}

/// Writes one file for each of so many services, with its SLO, which counts events, and, where asked
/// for, the service.
///
/// # Errors
///
/// When the folder or a file cannot be written.
pub fn write(folder: &Path, services: usize, with_services: bool) -> io::Result<()> {
    write_with(folder, services, with_services, |_| Method::Occurrences)
}

/// [`write()`], with each service's method.
///
/// # Errors
///
/// As [`write()`].
pub fn write_with(
    folder: &Path,
    services: usize,
    with_services: bool,
    method: impl Fn(Service) -> Method,
) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for number in (0..services).map(Service) {
        let mut text = slo(number, method(number));
        if with_services {
            text += "---\n";
            text += &service(number);
        }
        fs::write(folder.join(format!("{}.yaml", number.name())), text)?;
    }
    Ok(())
}
