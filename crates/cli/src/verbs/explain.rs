//! `tomoni explain`.

use tomoni_app::explain::{Explanations, Question, explain as ask};
use tomoni_slo::{GroupLabels, Peer};

use super::session::Session;
use crate::args::ExplainArgs;
use crate::client::{self, Ask, Client};
use crate::draw::{self, Screen};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::print;

pub(crate) fn explain(args: &ExplainArgs) -> Result<Outcome, CliError> {
    if client::is_meant(&args.server, &args.ledger)? {
        return of_server(args);
    }
    let slo = meant(&args.slo, &args.group)?;
    let session = Session::new(&args.ledger)?;
    let question = Question {
        slo: &slo,
        objective: args.objective.map(|number| number - 1),
        minutes: args.minutes,
        peer: args.tool.map(Peer::from),
    };
    let report = session.ask(async |sources| ask(sources, question).await)?;
    print(&report, args)?;
    session.tell_failures(&report.findings, args.output);
    Ok(Outcome::findings_if(session.has_errors(&report.findings)))
}

fn print(report: &Explanations, args: &ExplainArgs) -> Result<(), CliError> {
    print::report(report, args.output, |report| {
        draw::explanations(report, args.tool.is_some(), Screen::stdout())
    })
}

fn of_server(args: &ExplainArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let slo = meant(&args.slo, &args.group)?;
    let path = ["api", "v1", "slos", &slo, "explain"];
    let mut ask = Ask::get(&path);
    let number = |number: Option<usize>| number.map(|number| number.to_string());
    let (objective, minutes) = (number(args.objective), number(args.minutes));
    let tool = args
        .tool
        .map(|tool| Peer::from(tool).as_str().to_lowercase());
    ask.query = client::given(&[
        ("objective", &objective),
        ("minutes", &minutes),
        ("as", &tool),
    ]);
    let mut report: Explanations = client.read(client.ask(&ask)?)?;
    for explanation in &mut report.objectives {
        explanation.figures = explanation.figures.clone().recalled();
    }
    print(&report, args)?;
    let has_errors = report.findings.iter().any(|f| f.severity == "error");
    Ok(Outcome::findings_if(has_errors))
}

/// The name of the SLO that is meant: of one of its groups, where labels are given. A comma behind a
/// label is what a page shows between two of them.
fn meant(slo: &str, group: &[String]) -> Result<String, CliError> {
    let Some((last, others)) = group.split_last() else {
        return match slo.split_once('=') {
            Some(_) => Err(CliError::GroupAlone(slo.to_owned())),
            None => Ok(slo.to_owned()),
        };
    };
    let others = others
        .iter()
        .map(|word| word.strip_suffix(',').unwrap_or(word));
    let label = |word: &str| {
        let label = word.split_once('=').filter(|(name, _)| !name.is_empty());
        let (name, value) = label.ok_or_else(|| CliError::Label(word.to_owned()))?;
        Ok((name.to_owned(), value.to_owned()))
    };
    let labels: Result<Vec<_>, CliError> = others.chain([last.as_str()]).map(label).collect();
    Ok(GroupLabels::new(labels?).name_within(slo))
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn a_group_is_named_by_its_labels_in_any_order() {
        let of = |words: &[&str]| {
            let group: Vec<String> = words[1..].iter().map(|word| (*word).to_owned()).collect();
            meant(words[0], &group).map_err(|error| error.to_string())
        };
        assert_eq!(of(&["unlocks"]).unwrap(), "unlocks");
        assert_eq!(of(&["unlocks:~a"]).unwrap(), "unlocks:~a");
        let name = "unlocks:~checkout,GET";
        assert_eq!(of(&["unlocks", "h=/checkout", "m=GET"]).unwrap(), name);
        assert_eq!(of(&["unlocks", "m=GET,", "h=/checkout"]).unwrap(), name);
        assert!(
            of(&["h=/checkout"])
                .unwrap_err()
                .contains("tomoni explain SLO h=/checkout")
        );
        assert!(
            of(&["unlocks", "checkout"])
                .unwrap_err()
                .contains("LABEL=VALUE")
        );
    }
}
