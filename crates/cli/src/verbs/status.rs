//! `tomoni status`.

use tomoni_app::status::{Order, Shown, SloRow, StatusReport, status as ask};
use tomoni_slo::State;

use super::session::Session;
use crate::args::{Output, StatusArgs};
use crate::client::{self, Ask, Client};
use crate::draw::{self, Screen};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::print;

pub(crate) fn status(args: &StatusArgs) -> Result<Outcome, CliError> {
    if client::is_meant(&args.server, &args.ledger)? {
        return of_server(args);
    }
    let session = Session::new(&args.ledger)?;
    let filter = args.of.filter();
    let report = session.ask(async |sources| ask(sources, filter).await)?;
    let report = print(report, args)?;
    session.tell_failures(&report.findings, args.output);
    Ok(Outcome::findings_if(session.has_errors(&report.findings)))
}

fn of_server(args: &StatusArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let mut ask = Ask::get(&["api", "v1", "status"]);
    let filters = [("team", &args.of.team), ("service", &args.of.service)];
    ask.query = client::given(&filters);
    let mut report: StatusReport = client.read(client.ask(&ask)?)?;
    report.slos = report.slos.into_iter().map(SloRow::recalled).collect();
    let report = print(report, args)?;
    let has_errors = report.findings.iter().any(|f| f.severity == "error");
    Ok(Outcome::findings_if(has_errors))
}

/// Prints what is to be shown of a report, and gives that back.
fn print(mut report: StatusReport, args: &StatusArgs) -> Result<StatusReport, CliError> {
    report.retain(&Shown {
        states: args.state.iter().copied().map(State::from).collect(),
        firing: args.firing,
    });
    let usual = match args.output {
        Output::Table => Order::Worst,
        // Machines compare one run with the next.
        Output::Json | Output::Yaml => Order::Service,
    };
    report.sort(args.sort.map_or(usual, Order::from));
    print::report(&report, args.output, |report| {
        draw::status(report, Screen::stdout())
    })?;
    Ok(report)
}
