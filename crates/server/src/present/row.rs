//! One objective in a list.

use tomoni_app::world::{Standing, World};
use tomoni_slo::Figures;

use super::{instant, key, service_named, team_named, title};
use crate::ui::view::{Alert, Backfill, Quality, Row};

/// The row of an objective.
pub(super) fn row(world: &World, standing: &Standing) -> Row {
    let (slo, promise) = (&standing.slo.value, standing.promise());
    let figures = &standing.measures.figures;
    let slots = &standing.measures.slots;
    let alerts = standing.firing.iter().map(|firing| Alert {
        severity: firing.severity,
        is_firing: true,
        since: instant(firing.since),
    });
    Row {
        key: key(standing),
        title: title(standing),
        service: service_named(&world.catalog, &slo.service),
        team: slo.team.as_deref().map(team_named),
        stage: slo.stage,
        target: promise.objective.target.fraction(),
        window: promise.objective.window.to_string(),
        sli: figures.sli,
        budget: figures.budget,
        state: figures.state,
        alerts: alerts.collect(),
        is_frozen: figures.known_minutes > 0 && slots.iter().any(|slot| slot.holds.is_none()),
        burn_rate: slots.first().and_then(|slot| slot.long.rate),
        quality: quality(figures),
        backfill: standing.backfill.map(|backfill| Backfill {
            done_minutes: backfill.done_minutes,
            wanted_minutes: backfill.wanted_minutes,
            remaining_s: backfill.remaining_s,
        }),
        spark: standing.spark.clone(),
        groups: None,
    }
}

const fn quality(figures: &Figures) -> Quality {
    Quality {
        coverage: figures.coverage,
        approximate_minutes: figures.approximate_minutes,
        clamped_minutes: figures.clamped_minutes,
        invalid_minutes: figures.invalid_minutes,
        excluded_minutes: figures.excluded_minutes,
        imputed_minutes: figures.imputed_minutes,
    }
}
