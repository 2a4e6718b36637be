//! A budget for each group: found at a real Prometheus, and kept.

mod run;
mod server;

use std::fmt::Write as _;
use std::sync::OnceLock;

use tempfile::TempDir;
use tomoni_app::documents::Documents;
use tomoni_ledger::{Events, Minute};
use tomoni_slo::Window;
use tomoni_testkit::{Prometheus, PrometheusOptions};

use crate::support::{NOW_MS, documents, promise};

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:1";
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const WEIRD: &str = "say \"hi\"\\/戸";
/// Handlers, with the minutes before now between which they are scraped; what each minute brings
/// follows from the place in this list.
const HANDLERS: [(&str, i64, i64); 6] = [
    ("/a", 3 * DAY, 0),
    ("/b", 3 * DAY, 0),
    (WEIRD, 3 * DAY, 0),
    ("", 3 * DAY, 0),
    ("/gone", 3 * DAY, 30 * HOUR),
    ("/new", HOUR / 2, 0),
];
/// What had happened of the newest handler when it was scraped first. Nothing of its own says that this
/// happened then; where others were scraped before it did.
const BORN: (&str, i64) = ("/new", 3);
/// Handlers of another service, with the minutes before now between which they are scraped: one was
/// away for two days.
const COMING: [(&str, i64, i64); 3] = [
    ("/stays", 3 * DAY, 0),
    ("/back", 3 * DAY, 50 * HOUR),
    ("/back", HOUR / 3, 0),
];
/// How many users there are of whom each would be a group.
const USERS: usize = 150;

/// Bad events and all events of a handler in a minute.
fn events(place: usize, minute: Minute) -> (i64, i64) {
    let n = minute.index() + 7 * place as i64;
    let total = 3 + n % (5 + place as i64);
    (i64::from(n % 11 == 0) * 2, total)
}

fn now() -> Minute {
    Minute::ended_by_ms(NOW_MS)
}

/// What happened of a handler up to a minute, but for what no scrape saw before the first.
fn truth(place: usize, until: Minute) -> (Events, Events) {
    let (_, from, to) = HANDLERS[place];
    let (mut bad, mut total) = (0, 0);
    for index in (now() - from).index() + 1..=(now() - to).index().min(until.index()) {
        let events = events(place, Minute::from_index(index));
        (bad, total) = (bad + events.0, total + events.1);
    }
    (Events::whole(bad), Events::whole(total))
}

fn history() -> String {
    let mut text = String::from("# TYPE req counter\n");
    let sample = |text: &mut String, labels: &str, value: i64, minute: Minute| {
        let at_s = minute.end_s() - 20;
        let _ = writeln!(text, "req_total{{{labels}}} {value} {at_s}");
    };
    for (place, (handler, from, to)) in HANDLERS.iter().enumerate() {
        let escaped = handler.replace('\\', "\\\\").replace('"', "\\\"");
        let handler = match escaped.is_empty() {
            true => String::new(),
            false => format!(",handler=\"{escaped}\""),
        };
        for code in ["200", "500"] {
            let labels = format!("job=\"shop\",code=\"{code}\"{handler}");
            let is_born = code == "200" && handler.contains(BORN.0);
            let mut sum = if is_born { BORN.1 } else { 0 };
            sample(&mut text, &labels, sum, now() - *from);
            for index in (now() - *from).index() + 1..=(now() - *to).index() {
                let minute = Minute::from_index(index);
                let (bad, total) = events(place, minute);
                sum += if code == "500" { bad } else { total - bad };
                sample(&mut text, &labels, sum, minute);
            }
        }
    }
    text.push_str("# TYPE come counter\n");
    for (handler, from, to) in COMING {
        for ago in (to..=from).rev() {
            let labels = format!("job=\"shop\",handler=\"{handler}\"");
            let at_s = (now() - ago).end_s() - 20;
            let _ = writeln!(text, "come_total{{{labels}}} {} {at_s}", 3 * DAY - ago);
        }
    }
    text.push_str("# TYPE many counter\n");
    for user in 0..USERS {
        for ago in (0..HOUR).rev() {
            let at_s = (now() - ago).end_s() - 20;
            let value = HOUR - 1 - ago;
            let _ = writeln!(
                text,
                "many_total{{job=\"shop\",user=\"{user:03}\"}} {value} {at_s}"
            );
        }
    }
    text.push_str("# EOF\n");
    text
}

/// A Prometheus with that history, shared by the tests here.
fn prometheus() -> &'static str {
    static SERVER: OnceLock<Prometheus> = OnceLock::new();
    let begin = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("history.om");
        std::fs::write(&file, history()).unwrap();
        let options = PrometheusOptions {
            backfill: vec![file],
            ..PrometheusOptions::default()
        };
        runtime.block_on(Prometheus::start(options)).unwrap()
    };
    // On a thread of its own: the caller may be inside a runtime.
    let server = SERVER.get_or_init(|| std::thread::spawn(begin).join().unwrap());
    server.url()
}

/// One SLO over all of the shop, with a budget for each handler.
fn shop() -> Documents {
    let total = "req_total{job=\"shop\"}";
    let bad = "sum(rate(req_total{job=\"shop\",code=\"500\"}[5m]))";
    let mut documents = documents(&[promise(bad, total, None)], &[]);
    documents.catalog.slos[0].value.group_by = vec!["handler".to_owned()];
    documents
}

/// One SLO with a group for each user.
fn users() -> Documents {
    let (bad, total) = ("many_total{user=\"007\"}", "many_total{job=\"shop\"}");
    let mut documents = documents(&[promise(bad, total, None)], &[]);
    documents.catalog.slos[0].value.group_by = vec!["user".to_owned()];
    documents
}

/// Two SLOs over one indicator, with a budget for each handler: `slo-0` of seven days, `slo-1` of one
/// day and of another team.
fn long_and_short(metric: &str) -> Documents {
    let total = format!("{metric}{{job=\"shop\"}}");
    let bad = format!("{metric}{{job=\"shop\",code=\"500\"}}");
    let long = promise(&bad, &total, None);
    let mut short = long.clone();
    short.objective.window = Window::rolling("1d").unwrap();
    let mut documents = documents(&[long, short], &[]);
    for slo in &mut documents.catalog.slos {
        slo.value.group_by = vec!["handler".to_owned()];
    }
    documents.catalog.slos[1].value.team = Some("other".to_owned());
    documents
}

/// The SLO of one day alone.
fn short() -> Documents {
    let mut documents = long_and_short("req_total");
    documents.catalog.slos.remove(0);
    documents
}

/// What the whole counts of events up to a minute, and no group does.
fn lost(until: Minute) -> Events {
    let (_, from, _) = HANDLERS[5];
    Events::whole(if until < now() - from { 0 } else { BORN.1 })
}
