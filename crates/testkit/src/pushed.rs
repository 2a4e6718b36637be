//! An SLO whose counts are pushed.

/// The SLO `updates`: what is pushed as `firmware`, nine of ten good over a day.
pub const PUSHED: &str = "apiVersion: openslo/v1
kind: SLO
metadata: {name: updates}
spec:
  service: firmware
  indicator:
    metadata: {name: updates}
    spec:
      ratioMetric:
        rawType: success
        raw: {metricSource: {type: tomoni.dev/push, spec: {sli: firmware}}}
  timeWindow: [{duration: 1d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.9}]
";
