//! What is to be said of groups.

use tomoni_slo::Slo;
use tomoni_sources::prometheus::GROUPS_AT_ONCE_MAX;
use tomoni_spec::{Catalog, Defined, Finding, Severity};

use super::known::{Known, LABELS_BYTES_MAX};
use super::{GROUPS_MAX, Key};

const TOO_MANY: &str = "groups/too-many";
const TOO_LONG: &str = "groups/too-long";
const UNKNOWN: &str = "groups/unknown";

/// Whether a finding is one of [`findings()`].
pub(crate) fn is_told_of(finding: &Finding) -> bool {
    [TOO_MANY, TOO_LONG, UNKNOWN].contains(&finding.code)
}

/// What is to be said of documents' groups.
pub(crate) fn findings<'a>(
    catalog: &Catalog,
    known: impl Fn(&Key) -> Option<&'a Known>,
) -> Vec<Finding> {
    let of_slo = |slo: &Defined<Slo>| {
        let known = Key::of(&slo.value).and_then(|key| known(&key));
        known.map_or_else(Vec::new, |known| of_known(known, slo))
    };
    catalog.slos.iter().flat_map(of_slo).collect()
}

fn of_known(known: &Known, slo: &Defined<Slo>) -> Vec<Finding> {
    let labels = slo.value.group_by.join(", ");
    let warning = |code, message, help: Option<&str>| Finding {
        code,
        severity: Severity::Warning,
        place: slo.place.clone(),
        message,
        help: help.map(str::to_owned),
        object: Some(format!("SLO {}", slo.value.name)),
    };
    let others = known.others;
    let too_many = match others.passed_over {
        Some(most) => Some(format!(
            "there were {most} groups by {labels} at once: where there are more than \
             {GROUPS_AT_ONCE_MAX} it is not asked who they are"
        )),
        None => (others.without_place > 0).then(|| {
            format!(
                "there are more groups by {labels} than the {GROUPS_MAX} that have a budget each: {} \
                 others were there when it was looked last",
                others.without_place
            )
        }),
    };
    let fewer = "group by labels with fewer values, or narrow the queries";
    let too_many = too_many.map(|message| warning(TOO_MANY, message, Some(fewer)));
    let too_long = (others.too_long > 0).then(|| {
        let message = format!(
            "{} groups by {labels} have no budget: their values have more than {LABELS_BYTES_MAX} bytes",
            others.too_long
        );
        warning(TOO_LONG, message, Some("group by labels with short values"))
    });
    let unknown = known.failure.as_ref().map(|failure| {
        let message = format!("it could not be asked which groups there are: {failure}");
        warning(UNKNOWN, message, None)
    });
    [too_many, too_long, unknown]
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use tomoni_spec::{SourceFile, codes, read};

    use super::*;
    use crate::groups::known::Others;

    /// What is said where so many have no budget.
    fn said(others: Others) -> Vec<(&'static str, String)> {
        let annotation = "    tomoni.dev/missing-data: ignore\n";
        let grouped = format!("{annotation}    tomoni.dev/group-by: pod,zone\n");
        let catalog = read(&[SourceFile {
            name: "slo.yaml".into(),
            bytes: codes::EXAMPLE.replacen(annotation, &grouped, 1).into(),
        }]);
        let mut known = Known::default();
        known.others = others;
        let found = findings(&catalog, |_| Some(&known));
        assert!(found.iter().all(is_told_of));
        let said = found.into_iter();
        said.map(|finding| (finding.code, finding.message))
            .collect()
    }

    #[test]
    fn who_has_no_budget_is_told() {
        assert_eq!(said(Others::default()), []);
        let others = Others {
            without_place: 30,
            ..Others::default()
        };
        // Of the hundred that have one, some may be gone for weeks: they make no sum.
        let few = "there are more groups by pod, zone than the 100 that have a budget each: 30 others \
                   were there when it was looked last";
        assert_eq!(said(others), [(TOO_MANY, few.to_owned())]);
        let others = Others {
            too_long: 2,
            passed_over: Some(20_000),
            ..others
        };
        let crowd = "there were 20000 groups by pod, zone at once: where there are more than 10000 it \
                     is not asked who they are";
        let long = "2 groups by pod, zone have no budget: their values have more than 1024 bytes";
        let expected = [(TOO_MANY, crowd.to_owned()), (TOO_LONG, long.to_owned())];
        assert_eq!(said(others), expected);
    }
}
