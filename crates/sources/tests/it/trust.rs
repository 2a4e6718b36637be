//! What a server's answers are believed, and what not.

use std::time::Duration;

use serde_json::json;
use tomoni_ledger::Fact;
use tomoni_slo::{Op, Part};
use tomoni_sources::prometheus::Observation;
use wiremock::matchers::{any, body_string_contains};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Held, facts, first, gauge, impatient, ratio, read, rising};

fn api() -> Held {
    Held::default().series("requests_total{job=\"api\"}", 0, &rising(10.0, 200))
}

#[tokio::test]
async fn a_warning_alone_makes_an_answer_partial() {
    let warned = async |text: &str| {
        let mut held = api();
        held.beside = vec![("warnings", json!([text]))];
        let wants = [ratio(Part::Bad, "none", "requests_total")];
        held.serve().await.read(&wants, first(60)).await.remove(0)
    };
    let gap = "No StoreAPIs matched for this query";
    let harvest = warned(gap).await;
    assert!(harvest.is_partial());
    let text = gap.to_owned();
    assert!(
        harvest
            .observations
            .contains(&Observation::Warning { text })
    );
    let hint = warned("PromQL warning: encountered a mix of histograms and floats").await;
    assert!(!hint.is_partial());
    assert_eq!(hint.facts, harvest.facts);
}

#[tokio::test]
async fn a_server_is_asked_for_all_or_nothing() {
    let server = MockServer::start().await;
    let empty = json!({ "status": "success", "data": { "resultType": "matrix", "result": [] } });
    Mock::given(body_string_contains("partial_response=false"))
        .respond_with(ResponseTemplate::new(200).set_body_json(empty))
        .mount(&server)
        .await;
    let wants = [gauge("volts", Op::Gte, 1.0), gauge("a + b", Op::Gte, 1.0)];
    let read = read(impatient(server.uri()), &wants, first(10)).await;
    assert!(read.iter().all(Result::is_ok), "{read:?}");
}

#[tokio::test]
async fn samples_from_another_time_are_left_out_and_told() {
    let server = MockServer::start().await;
    let values = json!([[-9e12, "1"], [-1e300, "1"], [9.2e12, "2"], [1e300, "2"]]);
    let labels = json!({ "__name__": "requests_total", "job": "api" });
    let result = json!([{ "metric": labels, "values": values }]);
    let data = json!({ "resultType": "matrix", "result": result });
    let body = json!({ "status": "success", "data": data });
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_json(body))
        .mount(&server)
        .await;
    let wants = [
        ratio(Part::Bad, "requests_total", "requests_total"),
        gauge("requests_total", Op::Gte, 1.0),
        ratio(Part::Bad, "abs(a)", "abs(b)"),
    ];
    for harvest in read(impatient(server.uri()), &wants, first(60)).await {
        let harvest = harvest.unwrap();
        assert_eq!(facts(&harvest), [Fact::UNKNOWN; 60]);
        let is_told = |o: &Observation| matches!(o, Observation::Outside { samples: 4.. });
        assert!(harvest.observations.iter().any(is_told), "{harvest:?}");
    }
}

#[tokio::test]
async fn any_concurrency_reads() {
    let fake = api().canned("abs(a)", &[1.0]).serve().await;
    let wants = [
        ratio(Part::Bad, "none", "requests_total"),
        gauge("abs(a)", Op::Gte, 1.0),
    ];
    let usual = fake.read(&wants, first(60)).await;
    for concurrency in [0, 1, 65, usize::MAX] {
        let mut config = fake.config();
        config.concurrency = concurrency;
        let reading = read(config, &wants, first(60));
        let harvests = tokio::time::timeout(Duration::from_secs(30), reading).await;
        let harvests: Result<Vec<_>, _> = harvests.unwrap().into_iter().collect();
        assert_eq!(harvests.unwrap(), usual);
    }
}
