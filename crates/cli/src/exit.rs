//! Exit codes: they mean the same in every verb.

use std::process::ExitCode;

/// How a verb ended. (A verb that could not do its work at all returns an error instead: code 2.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Done, nothing to look at: 0.
    Clean,
    /// Done, but there is something to look at: 1.
    Findings,
}

/// What `--help` says of them.
pub(crate) const HELP: &str = "Exit codes:
  0    done, nothing to look at
  1    done, but there is something to look at
  2    could not run; so it is with a path that is not there
  130  stopped by Ctrl-C";

/// What the help of verbs over documents says of them.
pub(crate) const DOCUMENTS_HELP: &str = "Exit codes:
  0    done, nothing to look at
  1    done, but there are findings in documents
  2    could not run; so it is with a path that is not there
  130  stopped by Ctrl-C";

/// What the help of verbs that show figures says of them.
pub(crate) const FIGURES_HELP: &str = "Exit codes:
  0    done, whatever the figures are
  1    done, but there is something to look at: errors in documents, objectives without
       data, or figures that could not be brought up to date
  2    could not run; so it is with a path that is not there
  130  stopped by Ctrl-C; what was read until then is kept";

/// What the help of verbs that ask a server for something says of them.
pub(crate) const ASKED_HELP: &str = "Exit codes:
  0    done
  2    could not run, or the server refuses it
  130  stopped by Ctrl-C";

/// What `serve --help` and `demo --help` say of them.
pub(crate) const SERVE_HELP: &str = "Exit codes:
  0    stopped in order, by SIGTERM or Ctrl-C
  2    could not run
  130  stopped at once, by a second SIGTERM or Ctrl-C";

/// The code of a verb that could not run.
pub(crate) const COULD_NOT_RUN: u8 = 2;
/// The code of a verb that was stopped.
pub(crate) const STOPPED: u8 = 130;

impl Outcome {
    /// There is something to look at when the condition holds.
    pub(crate) const fn findings_if(condition: bool) -> Self {
        if condition {
            Self::Findings
        } else {
            Self::Clean
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => Self::SUCCESS,
            Outcome::Findings => Self::from(1),
        }
    }
}
