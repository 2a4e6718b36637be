//! `tomoni explain`.

use tomoni_app::explain::{Explanations, Question, explain as ask};
use tomoni_slo::Peer;

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
    let session = Session::new(&args.ledger)?;
    let question = Question {
        slo: &args.slo,
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
    let path = ["api", "v1", "slos", &args.slo, "explain"];
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
