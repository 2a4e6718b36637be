//! What cannot be said is left out where that is allowed, and told; and no two SLOs get one name.

use tomoni_spec::{Converted, Losses, Severity, Target, convert};

use super::{SLOTH, converted, joined};
use crate::support::file;

fn lossy(text: &str, target: Target) -> Converted {
    convert(&[file("slos.yaml", text)], target, Losses::Told)
}

/// What comes out, and all that is told.
fn seen(out: &Converted) -> String {
    let told = out.findings.iter().map(|finding| {
        let (line, code, message) = (finding.place.line, finding.code, &finding.message);
        format!("{line}: {code}: {message}\n")
    });
    format!(
        "{}========\n{}",
        joined(&out.documents),
        told.collect::<String>()
    )
}

/// SLOs of OpenSLO's whose fields stand in the way of some format.
fn openslo(name: &str, more: &str) -> String {
    format!(
        "apiVersion: openslo/v1
kind: SLO
metadata: {{name: {name}{more}}}
spec:
  service: api
  budgetingMethod: Occurrences
  timeWindow: [{{duration: 28d, isRolling: true}}]
  indicator:
    metadata: {{name: {name}}}
    spec:
      ratioMetric:
        counter: true
        bad: {{metricSource: {{type: Prometheus, spec: {{query: errors_total}}}}}}
        total: {{metricSource: {{type: Prometheus, spec: {{query: requests_total}}}}}}
  objectives: [{{target: 0.99, displayName: Good}}]
"
    )
}

const SERVICE: &str = "---\napiVersion: openslo/v1\nkind: Service\nmetadata: {name: api}\n";

#[test]
fn sloth_s_documents_become_pyrra_s() {
    let counted = SLOTH.replace(" # all of them", "");
    assert_eq!(converted(&counted, Target::Pyrra).documents, [""; 0]);
    let out = lossy(&counted, Target::Pyrra);
    // A ratio in one query stays out, and is an error still.
    assert_eq!(out.documents.len(), 1);
    let errors = out
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Error);
    assert_eq!(
        errors.map(|f| f.code).collect::<Vec<_>>(),
        ["convert/no-place"]
    );
    crate::rules::see!(seen(&out));
    // What comes out goes on as it is.
    let again = converted(&out.documents[0], Target::OpenSloV1);
    assert_eq!(again.documents.len(), 1);
}

#[test]
fn what_openslo_says_and_others_do_not_is_left_out() {
    let text = openslo("api-errors", ", displayName: Errors") + SERVICE;
    assert_eq!(converted(&text, Target::Sloth).documents, [""; 0]);
    let out = lossy(&text, Target::Sloth);
    crate::rules::see!(seen(&out));
    let again = converted(&out.documents[0], Target::OpenSloV1);
    assert!(
        again.documents[1].contains("duration: \"30d\"")
            || again.documents[1].contains("duration: 30d")
    );
}

#[test]
fn no_two_slos_get_one_name() {
    let month = |name: &str| {
        openslo(name, "")
            .replace("28d", "30d")
            .replace(", displayName: Good", "")
    };
    let both = month("api-errors") + "---\n" + &month("errors") + SERVICE;
    let out = converted(&both, Target::Sloth);
    assert_eq!(out.documents.len(), 1);
    crate::rules::see!(seen(&out));
    let out = converted(&(month("errors") + SERVICE), Target::Sloth);
    assert_eq!(out.findings[0].code, "convert/renamed");
    assert_eq!(out.findings[0].severity, Severity::Warning);
    // A document that is Sloth's already has its name.
    let own = &out.documents[0];
    let out = converted(
        &format!("{own}---\n{}{SERVICE}", month("errors")),
        Target::Sloth,
    );
    assert_eq!(out.documents, [own.as_str()]);
}
