//! What is promised, over which time, and what annotations add.

use super::{Broken, see, shown};

const WINDOWS_AND_METHODS: &[Broken] = &[
    (
        "a window is there",
        "  timeWindow:\n    - duration: 28d\n      isRolling: true\n",
        "",
    ),
    (
        "windows are a list",
        "  timeWindow:\n    - duration: 28d\n      isRolling: true\n",
        "  timeWindow:\n    duration: 28d\n    isRolling: true\n",
    ),
    (
        "there is one window",
        "  timeWindow:\n    - duration: 28d\n      isRolling: true\n",
        "  timeWindow: []\n",
    ),
    (
        "a window has a duration",
        "    - duration: 28d\n      isRolling: true\n",
        "    - isRolling: true\n",
    ),
    (
        "a duration has a known unit",
        "    - duration: 28d\n",
        "    - duration: 28D\n",
    ),
    (
        "a duration is a text",
        "    - duration: 28d\n",
        "    - duration: 28\n",
    ),
    (
        "a duration is not in seconds",
        "    - duration: 28d\n",
        "    - duration: 2419200s\n",
    ),
    (
        "a duration is not nothing",
        "    - duration: 28d\n",
        "    - duration: 0d\n",
    ),
    (
        "a duration is not endless",
        "    - duration: 28d\n",
        "    - duration: 999999999Y\n",
    ),
    ("a window says what it is", "      isRolling: true\n", ""),
    (
        "a rolling window has no calendar",
        "      isRolling: true\n",
        "      isRolling: true\n      calendar: {startTime: 2026-01-01 00:00:00, timeZone: UTC}\n",
    ),
    (
        "isRolling is true or false",
        "      isRolling: true\n",
        "      isRolling: 'true'\n",
    ),
    (
        "a calendar's periods are days or longer",
        "    - duration: 1M\n",
        "    - duration: 12h\n",
    ),
    (
        "a calendar has a start",
        "        startTime: 2026-01-01 00:00:00\n",
        "",
    ),
    (
        "a start is a time without a zone",
        "        startTime: 2026-01-01 00:00:00\n",
        "        startTime: 2026-01-01T00:00:00Z\n",
    ),
    (
        "a start is a day that there was",
        "        startTime: 2026-01-01 00:00:00\n",
        "        startTime: 2026-02-30 00:00:00\n",
    ),
    (
        "a zone is no offset",
        "        timeZone: Asia/Tokyo\n",
        "        timeZone: '+09:00'\n",
    ),
    (
        "a method is known",
        "  budgetingMethod: Occurrences\n",
        "  budgetingMethod: Occurences\n",
    ),
    ("Timeslices need a width", "      timeSliceWindow: 5m\n", ""),
    (
        "a slice is narrower than the window",
        "      timeSliceWindow: 5m\n",
        "      timeSliceWindow: 5w\n",
    ),
    (
        "a slice is a whole number of minutes",
        "      timeSliceWindow: 5m\n",
        "      timeSliceWindow: 2.5\n",
    ),
    (
        "a slice's target is a share",
        "      timeSliceTarget: 0.95\n",
        "      timeSliceTarget: 95\n",
    ),
    (
        "a slice's target is not nothing",
        "      timeSliceTarget: 0.95\n",
        "      timeSliceTarget: 0\n",
    ),
    (
        "Occurrences have no slices",
        "    - op: gte\n",
        "    - timeSliceWindow: 5m\n      timeSliceTarget: 0.9\n      op: gte\n",
    ),
    (
        "RatioTimeslices have no slice target",
        "  budgetingMethod: Timeslices\n",
        "  budgetingMethod: RatioTimeslices\n",
    ),
];

#[test]
fn windows_and_methods() {
    see!(shown(WINDOWS_AND_METHODS));
}

const OBJECTIVES: &[Broken] = &[
    (
        "there is an objective",
        "  objectives:\n    - op: gte\n      value: 12\n      targetPercent: 99.5\n",
        "  objectives: []\n",
    ),
    (
        "objectives are mappings",
        "    - op: gte\n      value: 12\n      targetPercent: 99.5\n",
        "    - 99.5\n",
    ),
    (
        "an objective has a target",
        "      targetPercent: 99.5\n",
        "",
    ),
    (
        "a target leaves a budget",
        "    - target: 0.999\n",
        "    - target: 1\n",
    ),
    (
        "a target is not negative",
        "    - target: 0.999\n",
        "    - target: -0.1\n",
    ),
    (
        "a target is a number",
        "    - target: 0.999\n",
        "    - target: 99.9%\n",
    ),
    (
        "a target is no mapping",
        "    - target: 0.999\n",
        "    - target: {is: 0.999}\n",
    ),
    (
        "a target is finite",
        "    - target: 0.999\n",
        "    - target: .nan\n",
    ),
    (
        "a percentage leaves a budget",
        "      targetPercent: 99.5\n",
        "      targetPercent: 100\n",
    ),
    (
        "a threshold is finite",
        "      value: 12\n",
        "      value: .inf\n",
    ),
    (
        "a threshold has an operator",
        "    - op: gte\n      value: 12\n",
        "    - value: 12\n",
    ),
    (
        "an operator is known",
        "    - op: gte\n",
        "    - op: '>='\n",
    ),
    (
        "a ratio has no threshold",
        "    - target: 0.999\n",
        "    - target: 0.999\n      value: 0.999\n",
    ),
    (
        "a ratio has no operator",
        "    - target: 0.999\n",
        "    - target: 0.999\n      op: gt\n",
    ),
    (
        "an SLO is not composite",
        "    - target: 0.999\n",
        "    - target: 0.999\n      compositeWeight: 1\n",
    ),
    (
        "a description is not too long",
        "description: Doors open when asked to.",
        concat!(
            "description: ",
            "A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. A description that is long. "
        ),
    ),
];

#[test]
fn objectives() {
    see!(shown(OBJECTIVES));
}

const IGNORE: &str = "    tomoni.dev/missing-data: ignore\n";
const ANNOTATIONS: &[Broken] = &[
    ("a stage is known", IGNORE, "    tomoni.dev/stage: activ\n"),
    (
        "a resolution is a duration",
        IGNORE,
        "    tomoni.dev/resolution: 5\n",
    ),
    (
        "a resolution is not too coarse",
        IGNORE,
        "    tomoni.dev/resolution: 2h\n",
    ),
    (
        "a resolution is not finer than a minute",
        IGNORE,
        "    tomoni.dev/resolution: 30s\n",
    ),
    (
        "an SLO is not renamed from itself",
        IGNORE,
        "    tomoni.dev/renamed-from: unlock-availability\n",
    ),
    (
        "an SLO is not renamed from one that is there",
        IGNORE,
        "    tomoni.dev/renamed-from: hub-battery\n",
    ),
    (
        "a name that was is a name",
        IGNORE,
        "    tomoni.dev/renamed-from: Unlocking!\n",
    ),
    (
        "an annotation is known",
        IGNORE,
        "    tomoni.dev/stages: active\n",
    ),
    (
        "an annotation stands on its kind",
        "    tomoni.dev/owner: home\n",
        "    tomoni.dev/stage: active\n",
    ),
    (
        "exclusions are YAML",
        "      - from: 2026",
        "      - [from: 2026",
    ),
    (
        "exclusions are a list",
        "      - from: 2026-02-01T01:00:00+09:00\n        until: 2026-02-01T03:00:00+09:00\n",
        "        from: 2026-02-01T01:00:00+09:00\n        until: 2026-02-01T03:00:00+09:00\n",
    ),
    (
        "an exclusion's fields are known",
        "        author: naoko\n",
        "        author: naoko\n        auhtor: naoko\n",
    ),
    (
        "an exclusion begins",
        "      - from: 2026-02-01T01:00:00+09:00\n        until",
        "      - until",
    ),
    (
        "an exclusion's times have offsets",
        "from: 2026-02-01T01:00:00+09:00",
        "from: 2026-02-01 01:00:00",
    ),
    (
        "an exclusion ends after it begins",
        "until: 2026-02-01T03:00:00+09:00",
        "until: 2026-02-01T01:00:00+09:00",
    ),
    (
        "an exclusion has a reason",
        "reason: the building's switches were replaced",
        "reason:",
    ),
    (
        "exclusions are items",
        "      - from: 2026-02-01T01:00:00+09:00\n",
        "      - tomorrow\n      - from: 2026-02-01T01:00:00+09:00\n",
    ),
];

#[test]
fn annotations() {
    see!(shown(ANNOTATIONS));
}
