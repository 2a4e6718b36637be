//! What a server's answers are believed, and what not.

use serde_json::json;
use tomoni_slo::{Op, Part};
use tomoni_sources::prometheus::Observation;
use wiremock::matchers::body_string_contains;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::support::{Held, first, gauge, impatient, ratio, read, rising};

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
