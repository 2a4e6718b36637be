//! What another format has no place for is told, with its field.

use tomoni_spec::codes::{EXAMPLE, EXAMPLE_PYRRA, EXAMPLE_SLOTH};
use tomoni_spec::{Losses, Severity, Target, convert};

use super::{converted, errors, joined};
use crate::support::file;

#[test]
fn what_openslo_has_no_place_for() {
    let windows = "apiVersion: sloth.slok.dev/v1\nkind: AlertWindows\nspec:\n  sloPeriod: 7d\n";
    let window = "{errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h}";
    let pair = format!("{{quick: {window}, slow: {window}}}");
    let windows = format!("{windows}  page: {pair}\n  ticket: {pair}\n");
    let second = "  - {name: sure, objective: 100, sli: {raw: {error_ratio_query: 'a{{.window}}'}}, alerting: {name: A}}\n";
    let text = format!(
        "{EXAMPLE_SLOTH}{second}---\n{windows}---\n{}---\nkind: Deployment\napiVersion: apps/v1\n",
        EXAMPLE_PYRRA.replace("\"99\"", "\"100\"")
    );
    let out = converted(&text, Target::OpenSloV1);
    assert_eq!(out.passed_over, 1);
    assert_eq!(out.documents.len(), 2, "the other SLO, and its service");
    crate::rules::see!(errors(&out).join("\n"));
}

#[test]
fn what_is_wrong_does_not_come_out() {
    let typo = "  - {name: typo, objective: 99, sli: {raw: {error_ratio_query: 'sum(a{{.window}}'}}, alerting: {name: A}}\n";
    let out = converted(&format!("{EXAMPLE_SLOTH}{typo}"), Target::OpenSloV1);
    assert_eq!(out.documents.len(), 2);
    assert!(joined(&out.documents).contains("unlock-api-availability"));
    let text = EXAMPLE_SLOTH.replace("service: unlock-api", "service: unlock api");
    assert_eq!(converted(&text, Target::OpenSloV1).documents, [""; 0]);
    // After a hundred findings nobody knows what else is wrong.
    let many = "  - {name: a, nothing: 1}\n".repeat(120);
    let out = converted(&format!("{EXAMPLE_SLOTH}{many}"), Target::OpenSloV1);
    assert_eq!(out.documents, [""; 0]);
}

#[test]
fn openslo_s_own_documents_pass_through() {
    let out = convert(
        &[file("a.yaml", EXAMPLE)],
        Target::OpenSloV1,
        Losses::Refused,
    );
    assert_eq!(out.findings, []);
    assert_eq!(
        super::values(&out.documents),
        super::values(
            &EXAMPLE
                .split("---\n")
                .map(ToOwned::to_owned)
                .collect::<Vec<_>>()
        )
    );
}

#[test]
fn what_other_formats_have_no_place_for() {
    let mut text = String::new();
    for target in [Target::Sloth, Target::Pyrra, Target::OpenSloV1Alpha] {
        let out = converted(EXAMPLE, target);
        let told = out
            .findings
            .iter()
            .filter(|f| f.severity == Severity::Error);
        text.push_str(&format!(
            "======== {target:?}: {} documents\n",
            out.documents.len()
        ));
        for finding in told {
            let help = finding.help.as_deref().unwrap_or_default();
            text.push_str(&format!(
                "{}: {}\n  {help}\n",
                finding.place.line, finding.message
            ));
        }
    }
    crate::rules::see!(text);
}

#[test]
fn documents_of_other_formats_are_not_made_into_each_other() {
    let out = converted(EXAMPLE_PYRRA, Target::Sloth);
    assert_eq!(
        (out.documents.len(), out.findings[0].code),
        (0, "convert/no-place")
    );
    let out = converted(EXAMPLE_PYRRA, Target::Pyrra);
    assert_eq!(
        super::values(&out.documents),
        super::values(&[EXAMPLE_PYRRA.to_owned()])
    );
}
