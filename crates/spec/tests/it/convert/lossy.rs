//! What cannot be said is left out where that is allowed, and told; and no two SLOs get one name.

use tomoni_spec::codes::EXAMPLE_PYRRA;
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

/// The codes of what is told, apart from what other formats have that is unwise.
fn told(out: &Converted) -> Vec<&'static str> {
    let all = out.findings.iter().map(|finding| finding.code);
    all.filter(|code| code.starts_with("convert/")).collect()
}

/// The errors, each with what stands at its place.
fn errors_at<'t>(out: &Converted, text: &'t str) -> Vec<(&'static str, &'t str)> {
    let all = out.findings.iter();
    let errors = all.filter(|finding| finding.severity == Severity::Error);
    let at = |(start, length): (usize, usize)| &text[start..start + length];
    errors.map(|f| (f.code, at(f.place.bytes))).collect()
}

#[test]
fn a_target_of_100_percent_stays_an_error() {
    let sure = SLOTH.replace("objective: 95", "objective: 100");
    let out = lossy(&sure, Target::Pyrra);
    assert_eq!(out.documents.len(), 1, "{}", seen(&out));
    assert_eq!(errors_at(&out, &sure), [("convert/no-place", "100")]);
    let sure = EXAMPLE_PYRRA.replace("\"99\"", "\"100\"");
    let out = lossy(&sure, Target::Sloth);
    assert_eq!(out.documents, [""; 0]);
    assert_eq!(errors_at(&out, &sure), [("convert/no-place", "\"100\"")]);
    // A document that is the target's already stays as it is.
    let out = lossy(&sure, Target::Pyrra);
    assert_eq!((out.documents.len(), told(&out)), (1, vec![]));
}

#[test]
fn a_service_of_v1alpha_is_told() {
    let service = "apiVersion: openslo/v1alpha\nkind: Service\nmetadata: {name: api, displayName: API}\nspec: {description: Doors.}\n";
    let out = lossy(service, Target::Sloth);
    assert_eq!(out.documents, [""; 0]);
    assert_eq!(told(&out), ["convert/lost"], "{}", seen(&out));
}

#[test]
fn documents_keep_the_order_of_what_they_were_made_of() {
    let slo = |name: &str| {
        format!(
            "  - name: {name}\n    objective: 99\n    sli: {{events: {{error_query: 'sum(rate(errors_total[{{{{.window}}}}]))', total_query: 'sum(rate(requests_total[{{{{.window}}}}]))'}}}}\n    alerting: {{name: A}}\n"
        )
    };
    let text = format!(
        "version: prometheus/v1\nservice: api\nslos:\n{}{}",
        slo("zz"),
        slo("aa")
    );
    let out = lossy(&text, Target::Pyrra);
    assert_eq!(out.documents.len(), 2, "{}", seen(&out));
    assert!(out.documents[0].contains("name: api-zz"));
}

#[test]
fn of_what_does_not_come_out_nothing_is_lost() {
    let raw = SLOTH.split("  - name: ").collect::<Vec<_>>();
    let out = lossy(&format!("{}  - name: {}", raw[0], raw[2]), Target::Pyrra);
    assert_eq!(out.documents, [""; 0]);
    assert_eq!(told(&out), ["convert/no-place"], "{}", seen(&out));
    // Nor where another is called the same.
    let both = openslo("api-errors", "") + "---\n" + &openslo("errors", "") + SERVICE;
    let out = lossy(&both, Target::Sloth);
    assert_eq!(out.documents.len(), 1);
    let last = both.rfind("kind: SLO").unwrap_or_default();
    let after = out.findings.iter().filter(|f| f.place.bytes.0 > last);
    assert_eq!(
        after.map(|f| f.code).collect::<Vec<_>>(),
        ["convert/no-place"],
        "{}",
        seen(&out)
    );
}
