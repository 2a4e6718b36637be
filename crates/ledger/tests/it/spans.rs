//! Sets of spans against sets of minutes.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tomoni_ledger::{Minute, Span, SpanSet, invariants};

fn any_span() -> impl Strategy<Value = Span> {
    (-60..60_i64, -3..25_i64).prop_map(|(after, len)| {
        Span::new(Minute::from_index(after), Minute::from_index(after + len))
    })
}

fn minutes(set: &SpanSet) -> BTreeSet<Minute> {
    set.spans().iter().flat_map(|span| span.minutes()).collect()
}

proptest! {
    #[test]
    fn a_span_set_is_the_set_of_its_minutes(
        acts in prop::collection::vec((any_span(), any::<bool>()), 0..20),
        other in prop::collection::vec(any_span(), 0..8),
        asked in any_span(),
    ) {
        let (mut set, mut model) = (SpanSet::new(), BTreeSet::new());
        for (span, is_added) in acts {
            if is_added {
                set.insert(span);
                model.extend(span.minutes());
            } else {
                set.remove(span);
                model.retain(|minute| !span.contains(*minute));
            }
            prop_assert!(invariants::spans(&set));
        }
        prop_assert_eq!(minutes(&set), model.clone());
        prop_assert_eq!(set.len(), model.len() as i64);
        prop_assert_eq!(set.is_empty(), model.is_empty());
        for minute in asked.minutes() {
            prop_assert_eq!(set.contains(minute), model.contains(&minute));
        }
        let within: SpanSet = set.within(asked).collect();
        let gaps: SpanSet = set.gaps(asked).into_iter().collect();
        let asked: BTreeSet<Minute> = asked.minutes().collect();
        prop_assert_eq!(minutes(&within), &asked & &model);
        prop_assert_eq!(minutes(&gaps), &asked - &model);
        let other: SpanSet = other.into_iter().collect();
        let left = set.difference(&other);
        prop_assert!(invariants::spans(&left));
        prop_assert_eq!(minutes(&left), &model - &minutes(&other));
    }
}
