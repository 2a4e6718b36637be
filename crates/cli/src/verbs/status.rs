//! `tomoni status`.

use tomoni_app::status::{Filter, status as ask};

use super::session::Session;
use crate::args::StatusArgs;
use crate::draw::{self, Screen};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::print;

pub(crate) fn status(args: &StatusArgs) -> Result<Outcome, CliError> {
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
