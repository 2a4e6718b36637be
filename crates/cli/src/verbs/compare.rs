//! `tomoni compare`.

use tomoni_app::peers::{Comparison, compare as ask};

use super::session::Session;
use crate::args::CompareArgs;
use crate::client::{self, Ask, Client};
use crate::draw::{self, Screen};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::print;

pub(crate) fn compare(mut args: CompareArgs) -> Result<Outcome, CliError> {
    if !args.paths.is_empty() {
        args.ledger.specs = std::mem::take(&mut args.paths);
    }
    if client::is_meant(&args.server, &args.ledger)? {
        return of_server(&args);
    }
    let session = Session::new(&args.ledger)?;
    let filter = args.of.filter();
    let report = session.ask(async |sources| ask(sources, filter).await)?;
    print(&report, &args)?;
    session.tell_failures(&report.findings, args.output);
    Ok(Outcome::findings_if(session.has_errors(&report.findings)))
}

fn print(report: &Comparison, args: &CompareArgs) -> Result<(), CliError> {
    print::report(report, args.output, |report| {
        draw::comparison(report, Screen::stdout())
    })
}

fn of_server(args: &CompareArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let mut ask = Ask::get(&["api", "v1", "compare"]);
    ask.query = client::given(&[("team", &args.of.team), ("service", &args.of.service)]);
    let mut report: Comparison = client.read(client.ask(&ask)?)?;
    for compared in &mut report.objectives {
        compared.figures = compared.figures.clone().recalled();
    }
    print(&report, args)?;
    let has_errors = report.findings.iter().any(|f| f.severity == "error");
    Ok(Outcome::findings_if(has_errors))
}
