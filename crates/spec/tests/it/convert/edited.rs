//! What was changed after converting is never undone by converting back.

use tomoni_spec::Target;
use tomoni_spec::codes::{EXAMPLE_PYRRA, EXAMPLE_SLOTH};

use super::{SLOTH, converted, errors, joined, there};
use crate::support::file;

/// A document as OpenSLO, with one thing put for another, and back.
fn edited(document: &str, target: Target, right: &str, wrong: &str) -> (String, Vec<String>) {
    let openslo = there(&[file("slos.yaml", document)]);
    assert_eq!(openslo.matches(right).count(), 1, "{right} in {openslo}");
    let back = converted(&openslo.replacen(right, wrong, 1), target);
    (joined(&back.documents), errors(&back))
}

#[test]
fn targets_descriptions_and_queries_are_those_that_stand_there() {
    for (right, wrong, is) in [
        (
            "targetPercent: 99.9\n",
            "targetPercent: 99.5\n",
            "objective: 99.5\n",
        ),
        (
            "targetPercent: 99.9\n",
            "target: 0.995\n",
            "objective: 99.5\n",
        ),
        (
            "description: Doors open when asked to.",
            "description: New.",
            "description: New.\n",
        ),
        ("code=~\"5..\"", "code=~\"4..\"", "code=~\"4..\""),
    ] {
        let (text, errors) = edited(EXAMPLE_SLOTH, Target::Sloth, right, wrong);
        assert_eq!(errors, [""; 0], "{wrong}");
        assert!(text.contains(is), "{text}");
    }
    for (right, wrong, is) in [
        (
            "targetPercent: 99\n",
            "targetPercent: 98.5\n",
            "target: \"98.5\"\n",
        ),
        ("duration: \"4w\"", "duration: 7d", "window: \"7d\"\n"),
        ("le=\"0.5\"", "le=\"0.25\"", "le=\"0.25\""),
    ] {
        let (text, errors) = edited(EXAMPLE_PYRRA, Target::Pyrra, right, wrong);
        assert_eq!(errors, [""; 0], "{wrong}");
        assert!(text.contains(is), "{text}");
    }
}

#[test]
fn what_else_was_changed_is_told_and_nothing_comes_out() {
    let mut text = String::new();
    for (right, wrong) in [
        ("    team: home\n", "    team: work\n"),
        ("duration: \"30d\"", "duration: 28d"),
        ("  service: unlock-api\n", "  service: unlock-web\n"),
        ("        bad:\n", "        good:\n"),
        (
            "  budgetingMethod: Occurrences\n",
            "  budgetingMethod: RatioTimeslices\n",
        ),
        (
            "  annotations:\n",
            "  annotations:\n    tomoni.dev/owner: work\n",
        ),
        ("\"unlock-api\"", "\"unlock api\""),
    ] {
        let openslo = there(&[file("slos.yaml", &format!("{EXAMPLE_SLOTH}{SECOND}"))]);
        let (before, rest) = openslo.split_once(right).unwrap();
        let back = converted(&format!("{before}{wrong}{rest}"), Target::Sloth);
        let told = errors(&back);
        let told = told.iter().filter(|e| !e.starts_with("openslo/"));
        text.push_str(&format!("======== {}\n", wrong.trim()));
        told.for_each(|error| text.push_str(&format!("{error}\n")));
        assert_eq!(back.documents, [""; 0], "{wrong}");
    }
    crate::rules::see!(text);
}

const SECOND: &str = "  - name: latency
    objective: 99
    sli: {raw: {error_ratio_query: 'job:slow:ratio_rate{{.window}}'}}
    alerting: {name: Slow}
";

#[test]
fn an_slo_that_was_taken_out_stays_out() {
    let openslo = there(&[file("slos.yaml", SLOTH)]);
    let documents: Vec<&str> = openslo.split("---\n").collect();
    let back = converted(documents.last().unwrap(), Target::Sloth);
    assert_eq!(errors(&back), [""; 0]);
    let text = joined(&back.documents);
    assert!(
        text.contains("name: raw") && !text.contains("name: errors"),
        "{text}"
    );
}

#[test]
fn another_format_s_annotation_is_not_lost() {
    let openslo = there(&[file("slos.yaml", EXAMPLE_PYRRA)]);
    let back = converted(&openslo, Target::Sloth);
    assert_eq!(back.documents, [""; 0]);
    assert!(
        errors(&back)[0].starts_with("convert/carried"),
        "{:?}",
        errors(&back)
    );
}

#[test]
fn an_annotation_that_is_none_is_told() {
    let openslo = there(&[file("slos.yaml", EXAMPLE_SLOTH)]);
    let back = converted(
        &openslo.replace("{\"document\"", "{document"),
        Target::Sloth,
    );
    assert_eq!(back.documents, [""; 0]);
    assert!(errors(&back)[0].ends_with("is not what `tomoni convert` wrote"));
}
