//! `tomoni status`.

use tomoni_app::status::{Filter, SloRow, StatusReport, status as ask};

use super::session::Session;
use crate::args::StatusArgs;
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
    let filter = Filter {
        team: args.team.as_deref(),
        service: args.service.as_deref(),
    };
    let report = session.ask(async |sources| ask(sources, filter).await)?;
    print::report(&report, args.output, |report| {
        draw::status(report, Screen::stdout())
    })?;
    session.tell_failures(&report.findings, args.output);
    Ok(Outcome::findings_if(session.has_errors(&report.findings)))
}

fn of_server(args: &StatusArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let mut ask = Ask::get(&["api", "v1", "status"]);
    let filters = [("team", &args.team), ("service", &args.service)];
    ask.query = client::given(&filters);
    let mut report: StatusReport = client.read(client.ask(&ask)?)?;
    report.slos = report.slos.into_iter().map(SloRow::recalled).collect();
    print::report(&report, args.output, |report| {
        draw::status(report, Screen::stdout())
    })?;
    let has_errors = report.findings.iter().any(|f| f.severity == "error");
    Ok(Outcome::findings_if(has_errors))
}
