// The pages of the example organisation that differ in kind.

/** Each kind of SLO and each state that one can be in. */
export const SLOS = {
  "slo of events": "/slos/unlock-availability",
  "slo of latency": "/slos/unlock-latency",
  "slo of minutes, exhausted": "/slos/intercom-minutes",
  "slo in a calendar window": "/slos/sign-in-availability-quarter",
  "slo with several objectives": "/slos/app-start-latency?objective=2",
  "slo whose number is broken": "/slos/delivery-handover",
  "slo with groups": "/slos/property-sync",
  "group of an slo": "/slos/property-sync:kanri",
  "slo without data": "/slos/lab-lock-availability",
  "slo without traffic": "/slos/legacy-unlock-availability",
};

/** Every page, by what it is called. */
export const PAGES = {
  overview: "/",
  team: "/teams/home",
  service: "/services/delivery-api",
  ...SLOS,
  minutes: "/slos/unlock-availability/minutes",
  "all minutes": "/slos/unlock-latency/minutes?all=1",
  findings: "/findings",
  "no page": "/nothing",
  "no such slo": "/slos/unlock-availabilty",
};
