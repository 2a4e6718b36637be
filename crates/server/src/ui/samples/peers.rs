//! What others would say.

use tomoni_slo::Peer as Tool;

use super::rows::minutes_ago;
use crate::ui::view::{
    Peer, PeerCannot, PeerCause, PeerDay, PeerFigures, PeerTraffic, Row, Spending,
};

pub(super) fn peers(row: &Row, is_gauge: bool) -> Vec<Peer> {
    let Some(sli) = row.sli else {
        return Vec::new();
    };
    if is_gauge {
        let said = Err(PeerCannot::Slices);
        return Tool::ALL
            .map(|tool| Peer {
                tool,
                said: said.clone(),
            })
            .into();
    }
    let spent = |ours, theirs| Spending { ours, theirs };
    let consumed = 1.0 - row.budget.remaining();
    let night = PeerDay {
        date: jiff::civil::date(2026, 11, 3),
        bad: 42.0,
        total: 1_310.0,
        spent: spent(0.02, 0.1),
    };
    let sloth = PeerFigures {
        sli: Some(sli - 0.08 * (1.0 - row.target)),
        remaining: Some(row.budget.remaining() - 0.08),
        difference: Some(-0.08),
        nan: Some((311, minutes_ago(-9_000))),
        causes: vec![(PeerCause::Weights, -0.08)],
        by_traffic: Some(PeerTraffic {
            mean: 4_310.0,
            quiet: spent(0.03, 0.12),
            busy: spent(consumed - 0.03, consumed - 0.04),
        }),
        days: vec![night],
        others: (27, spent(consumed - 0.02, consumed - 0.02)),
        all: spent(consumed, consumed + 0.08),
    };
    let pyrra = PeerFigures {
        sli: Some(sli),
        remaining: Some(row.budget.remaining()),
        difference: Some(0.0),
        ..PeerFigures::default()
    };
    let peer = |tool, said| Peer {
        tool,
        said: Ok(said),
    };
    vec![peer(Tool::Sloth, sloth), peer(Tool::Pyrra, pyrra)]
}
