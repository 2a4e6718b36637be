//! The words of reports, in English; pages have their own catalogue.

use tomoni_slo::Peer;

use super::Unsayable;

/// Why an objective cannot be put to a peer.
pub(super) fn cannot(peer: Peer, unsayable: Unsayable) -> String {
    let peer = peer.as_str();
    match unsayable {
        Unsayable::Slices => format!("{peer} knows events only, no slices of time"),
        Unsayable::Calendar => format!("{peer} looks back over a fixed time, it knows no calendar"),
        Unsayable::Pushed => format!("{peer} asks Prometheus, and these counts are pushed"),
        Unsayable::ReadyMade => {
            format!("{peer} needs errors and a total, and takes no ready-made ratio")
        }
        Unsayable::Query => {
            format!("{peer} takes one metric for errors and one for all, no other query")
        }
        Unsayable::Threshold => format!("{peer} takes a gauge of 0 and 1, and no threshold"),
    }
}

pub(super) fn exclusions(peer: Peer, minutes: i64) -> String {
    let peer = peer.as_str();
    format!("{peer} knows no exclusions: {minutes} minutes that do not count here count there")
}

pub(super) fn missing_data(peer: Peer, minutes: i64) -> String {
    let peer = peer.as_str();
    format!(
        "{peer} leaves out what is missing: {minutes} missing minutes count here as the document \
         says (missing-data)"
    )
}

pub(super) const WEIGHTS: &str = "Sloth takes the mean of five-minute error ratios: five quiet minutes \
    weigh as much as five busy ones";
