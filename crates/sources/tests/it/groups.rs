//! Which groups there are: asked in answers of a size that is known before.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tomoni_ledger::{Minute, Span};
use tomoni_slo::GroupLabels;
use tomoni_sources::prometheus::{
    Config, GROUPS_AT_ONCE_MAX, Grouping, Groups, Limits, Prometheus,
};
use tomoni_spec::promql::selectors;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::support::{START, form};

const HOURS: i64 = 200;
/// The hour in which too many are there.
const CROWDED: i64 = 20;
const SAMPLES_MAX: usize = 1_000;

/// Who is there in an hour: others come as time goes on.
fn users(hour: i64) -> Range<i64> {
    match hour {
        CROWDED => 0..2 * GROUPS_AT_ONCE_MAX as i64,
        _ => hour..hour + 60 + hour % 7,
    }
}

fn hour(at: Minute) -> i64 {
    (at - START) / 60
}

/// A server of users, and how many samples each of its answers had.
struct Users(Arc<Mutex<Vec<usize>>>);

impl Respond for Users {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let asked = form(request);
        let ms = |name: &str| (asked[name].parse::<f64>().unwrap() * 1e3).round() as i64;
        let times = (ms("start")..=ms("end")).step_by(ms("step") as usize);
        let mut series: BTreeMap<Option<i64>, Vec<Value>> = BTreeMap::new();
        for at_ms in times {
            let users = users(hour(Minute::ended_by_ms(at_ms)));
            let at_s = at_ms / 1_000;
            if asked["query"].starts_with("count(") {
                let count = users.count().to_string();
                series.entry(None).or_default().push(json!([at_s, count]));
            } else {
                for user in users {
                    series
                        .entry(Some(user))
                        .or_default()
                        .push(json!([at_s, "1"]));
                }
            }
        }
        let samples = series.values().map(Vec::len).sum();
        self.0.lock().unwrap().push(samples);
        let metric = |user: Option<i64>| match user {
            Some(user) => json!({ "user": user.to_string() }),
            None => json!({}),
        };
        let series = series
            .into_iter()
            .map(|(user, values)| json!({ "metric": metric(user), "values": values }));
        let result: Vec<Value> = series.collect();
        ResponseTemplate::new(200).set_body_json(json!({
            "status": "success",
            "data": { "resultType": "matrix", "result": result },
        }))
    }
}

#[tokio::test]
async fn answers_have_the_size_that_was_meant() {
    let sizes: Arc<Mutex<Vec<usize>>> = Arc::default();
    let server = MockServer::start().await;
    let users_there = Users(Arc::clone(&sizes));
    Mock::given(any())
        .respond_with(users_there)
        .mount(&server)
        .await;
    let config = Config {
        limits: Limits {
            samples_per_query: SAMPLES_MAX as u64,
            ..Limits::default()
        },
        ..Config::new(server.uri())
    };
    let grouping = Grouping {
        selectors: selectors("requests_total").unwrap(),
        labels: vec!["user".to_owned()],
    };
    let source = Prometheus::new(config).unwrap();
    let span = Span::new(START - 60, START + (HOURS - 1) * 60);
    let found = source.groups(&grouping, span).await.unwrap();
    assert_eq!(found.passed_over, Some(2 * GROUPS_AT_ONCE_MAX));

    let mut expected = Groups::new();
    for hour in (0..HOURS).filter(|hour| *hour != CROWDED) {
        let seen = Span::ending_at(START + hour * 60, 60);
        for user in users(hour) {
            let labels = GroupLabels::new([("user".to_owned(), user.to_string())]);
            let known = expected.entry(labels).or_insert(seen);
            *known = Span::new(known.after, seen.until);
        }
    }
    assert_eq!(found.groups, expected);

    let sizes = sizes.lock().unwrap();
    assert!(sizes.iter().all(|size| *size <= SAMPLES_MAX), "{sizes:?}");
    let samples: usize = (0..HOURS)
        .filter(|hour| *hour != CROWDED)
        .map(|hour| users(hour).count())
        .sum();
    let counts = HOURS as usize;
    assert_eq!(sizes.iter().sum::<usize>(), samples + counts);
    // Each is about as large as it may be.
    assert!(sizes.len() < 6 + samples / (SAMPLES_MAX - 100), "{sizes:?}");
}
