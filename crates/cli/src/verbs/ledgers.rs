//! `tomoni refill` and `tomoni forget`: what changes closed minutes, on a running server.

use reqwest::Method;
use serde::Deserialize;

use crate::args::{ForgetArgs, RefillArgs};
use crate::client::{self, Ask, Client};
use crate::error::CliError;
use crate::exit::Outcome;
use crate::print;

/// What a server says of it.
#[derive(Debug, Deserialize)]
struct Undertaken {
    ledgers: Vec<String>,
    also: Vec<String>,
    #[serde(default)]
    kept_for: Vec<String>,
    entry: i64,
}

pub(crate) fn refill(args: &RefillArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    let path = ["api", "v1", "slos", &args.slo, "refill"];
    let body = serde_json::json!({ "from": args.from, "to": args.to, "reason": args.reason });
    let ask = Ask {
        method: Method::POST,
        body: Some(("application/json", body.to_string().into_bytes())),
        ..Ask::get(&path)
    };
    let undertaken: Undertaken = client.read(client.ask(&ask)?)?;
    let what = format!("{} is being read again", args.slo);
    print::data(&said(&what, &undertaken))?;
    Ok(Outcome::Clean)
}

pub(crate) fn forget(args: &ForgetArgs) -> Result<Outcome, CliError> {
    let client = Client::new(&args.server)?;
    if !args.yes {
        return Err(CliError::NotMeant(args.slo.clone()));
    }
    let path = ["api", "v1", "slos", &args.slo, "ledger"];
    let confirm = Some(args.slo.clone());
    let shared = args.shared.then(|| "true".to_owned());
    let ask = Ask {
        method: Method::DELETE,
        query: client::given(&[
            ("confirm", &confirm),
            ("shared", &shared),
            ("reason", &args.reason),
        ]),
        ..Ask::get(&path)
    };
    let undertaken: Undertaken = client.read(client.ask(&ask)?)?;
    let what = format!("what was counted for {} is deleted", args.slo);
    print::data(&said(&what, &undertaken))?;
    Ok(Outcome::Clean)
}

fn said(what: &str, undertaken: &Undertaken) -> String {
    let ledgers = undertaken.ledgers.len();
    let s = if ledgers == 1 { "" } else { "s" };
    let also = match undertaken.also.as_slice() {
        [] => String::new(),
        also => format!(", which {} share", also.join(", ")),
    };
    let kept = match undertaken.kept_for.as_slice() {
        [] => String::new(),
        kept => format!(
            "; what {} count by stays (--shared deletes that, too)",
            kept.join(", ")
        ),
    };
    let entry = undertaken.entry;
    format!("{what}: {ledgers} ledger{s}{also}{kept} (entry {entry} of the journal)\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_share_a_ledger_are_named() {
        let undertaken = Undertaken {
            ledgers: vec!["a".to_owned()],
            also: vec!["other".to_owned()],
            kept_for: Vec::new(),
            entry: 7,
        };
        assert_eq!(
            said("x is being read again", &undertaken),
            "x is being read again: 1 ledger, which other share (entry 7 of the journal)\n"
        );
        let undertaken = Undertaken {
            also: Vec::new(),
            kept_for: vec!["a".to_owned(), "b".to_owned()],
            ..undertaken
        };
        assert_eq!(
            said("x is deleted", &undertaken),
            "x is deleted: 1 ledger; what a, b count by stays (--shared deletes that, too) (entry 7 of \
             the journal)\n"
        );
    }
}
