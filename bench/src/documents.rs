//! OpenSLO documents: one SLO for each service.

use std::fs;
use std::io;
use std::path::Path;

use crate::services::Service;

/// What each SLO promises, as a fraction.
pub const TARGET: &str = "0.999";

/// One SLO as an OpenSLO v1 document.
pub fn slo(service: Service) -> String {
    let name = service.name();
    let (bad, total) = (bad(service), total(service));
    format!(
        r#"apiVersion: openslo/v1
kind: SLO
metadata:
  name: {name}-availability
  displayName: Requests to {name} do not fail
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
  budgetingMethod: Occurrences
  objectives:
    - displayName: Three nines
      target: {TARGET}
"#
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

/// Writes one file for each of so many services, with its SLO and, where asked for, the service.
///
/// # Errors
///
/// When the folder or a file cannot be written.
pub fn write(folder: &Path, services: usize, with_services: bool) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for number in (0..services).map(Service) {
        let mut text = slo(number);
        if with_services {
            text += "---\n";
            text += &service(number);
        }
        fs::write(folder.join(format!("{}.yaml", number.name())), text)?;
    }
    Ok(())
}
