//! `tomoni explain`.

use tomoni_app::explain::{Question, explain as ask};

use super::session::Session;
use crate::args::ExplainArgs;
use crate::draw::{self, Screen};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::print;

pub(crate) fn explain(args: &ExplainArgs) -> Result<Outcome, CliError> {
    let session = Session::new(&args.ledger)?;
    let question = Question {
        slo: &args.slo,
        objective: args.objective,
        minutes: args.minutes,
    };
    let report = session.ask(async |sources| ask(sources, question).await)?;
    print::report(&report, args.output, |report| {
        draw::explanations(report, Screen::stdout())
    })?;
    session.tell_failures(&report.findings, args.output);
    Ok(Outcome::findings_if(session.has_errors(&report.findings)))
}
