//! What a device pushes that counts by itself.

use tomoni_app::instant;
use tomoni_ledger::Minute;

/// Where counts of the SLO that is pushed go.
pub(crate) const COUNTS: &str = "/api/v1/sli/firmware/counts";

/// A batch of one count.
pub(crate) fn batch(id: &str, minute: Minute, bad: u64, total: u64) -> String {
    let minute = instant::of_minute(minute);
    let counts = serde_json::json!([{"minute": minute, "bad": bad, "total": total}]);
    serde_json::json!({"id": id, "counts": counts}).to_string()
}
