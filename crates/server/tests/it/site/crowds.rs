//! Many requests at once: what waits takes no place and no room from others.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::mpsc;
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use futures::StreamExt;
use tokio::task::JoinHandle;
use tomoni_server::http::{Settings, Timeouts, limits};
use tower::ServiceExt;

use super::rig::{PUSHED, Rig, ask};

const MINUTES: &str = "/api/v1/slos/unlock-availability/minutes?from=1h";

/// Starts as many requests for a path, and lets each come as far as it can.
async fn start(rig: &Rig, path: &'static str, requests: usize) -> Vec<JoinHandle<StatusCode>> {
    let start = |_| {
        let router = rig.router.clone();
        let request = ask(Method::GET, path).body(Body::empty()).unwrap();
        tokio::spawn(async move { router.oneshot(request).await.unwrap().status() })
    };
    let asked = (0..requests).map(start).collect();
    for _ in 0..requests {
        tokio::task::yield_now().await;
    }
    asked
}

#[tokio::test]
async fn who_waits_for_minutes_takes_no_place_from_others() {
    let rig = Rig::bare().await;
    let turns = rig.site.turns();
    let all = turns.acquire_many(limits::TURNS_MAX as u32).await.unwrap();
    let asked = start(&rig, MINUTES, limits::REQUESTS_MAX).await;
    for path in ["/", "/api/v1/status", "/metrics", "/readyz"] {
        assert_eq!(rig.get(path).await.status, StatusCode::OK, "{path}");
    }
    let path = "/slos/unlock-availability";
    let more = rig.get(path).await;
    assert_eq!(more.problem(), "overloaded");
    assert_eq!(more.header("retry-after"), "1");
    drop(all);
    let mut answered = 0;
    for status in asked {
        answered += usize::from(status.await.unwrap() == StatusCode::OK);
    }
    assert_eq!(answered, limits::HISTORIES_MAX);
    assert_eq!(rig.get(path).await.status, StatusCode::OK);
    rig.end().await;
}

#[tokio::test]
async fn comparisons_leave_turns_to_others() {
    let rig = Rig::start().await;
    let turns = rig.site.turns();
    let all = turns.acquire_many(limits::TURNS_MAX as u32).await.unwrap();
    let compared = start(&rig, "/api/v1/compare", 3).await;
    let more = rig.get("/api/v1/compare").await;
    assert_eq!(more.problem(), "overloaded");
    drop(all);
    let mut statuses = Vec::new();
    for status in compared {
        statuses.push(status.await.unwrap());
    }
    statuses.sort();
    let busy = StatusCode::SERVICE_UNAVAILABLE;
    assert_eq!(statuses, [StatusCode::OK, busy, busy]);
    assert_eq!(rig.get("/api/v1/compare").await.status, StatusCode::OK);
    rig.end().await;
}

/// Going through minutes takes long: the threads that answer requests go on meanwhile.
#[test]
fn minutes_are_gone_through_beside_the_runtime() {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().max_blocking_threads(1).build();
    runtime.unwrap().block_on(async {
        let rig = Rig::start().await;
        for part in ["minutes", "series"] {
            let path = format!("/api/v1/slos/unlock-availability/{part}?from=1h");
            // The database is asked once: nothing else is waited for then.
            assert_eq!(rig.get(&path).await.status, StatusCode::OK);
            let (free, until_free) = mpsc::channel::<()>();
            let other = tokio::task::spawn_blocking(move || until_free.recv().is_err());
            let mut answer = pin!(rig.get(&path));
            let waits = poll_fn(|c| Poll::Ready(answer.as_mut().poll(c).is_pending())).await;
            assert!(waits, "{part}");
            drop(free);
            assert!(other.await.unwrap());
            assert_eq!(answer.await.status, StatusCode::OK);
        }
        rig.end().await;
    });
}

/// A push whose body does not end: so many bytes of it come, and more are told.
fn pending(bytes: usize) -> Request<Body> {
    let come = futures::stream::iter([Ok::<_, std::io::Error>(vec![b' '; bytes])]);
    let body = Body::from_stream(come.chain(futures::stream::pending()));
    ask(Method::POST, "/api/v1/sli/firmware/counts")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, limits::COUNTS_BYTES_MAX)
        .body(body)
        .unwrap()
}

/// Starts requests that never end, and waits until another change is told to come back.
async fn crowd(rig: &Rig, requests: usize, bytes: usize) -> Vec<JoinHandle<()>> {
    let start = |_| {
        let router = rig.router.clone();
        tokio::spawn(async move { drop(router.oneshot(pending(bytes)).await) })
    };
    let crowd = (0..requests).map(start).collect();
    // They have their places before anybody else asks for one.
    for _ in 0..requests {
        tokio::task::yield_now().await;
    }
    for _ in 0..1_000 {
        let answer = rig.apply(" ").await;
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(answer.problem(), "overloaded");
            assert!(!answer.header("retry-after").is_empty());
            return crowd;
        }
    }
    panic!("{requests} requests of {bytes} bytes leave room for more");
}

async fn check_that_room_comes_back(rig: &Rig, crowd: Vec<JoinHandle<()>>) {
    for path in ["/", "/api/v1/status", "/readyz"] {
        let answer = rig.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: who looks goes on");
    }
    for request in crowd {
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
    }
    assert_eq!(rig.apply(PUSHED).await.status, StatusCode::OK);
}

#[tokio::test]
async fn changes_take_no_place_from_those_who_look() {
    let rig = Rig::bare().await;
    let crowd = crowd(&rig, limits::WRITES_MAX, 10).await;
    check_that_room_comes_back(&rig, crowd).await;
    rig.end().await;
}

#[tokio::test]
async fn bodies_have_a_limit_in_sum() {
    let timeouts = Timeouts {
        room: Duration::from_millis(20),
        ..Timeouts::default()
    };
    let rig = Rig::with(Settings::default(), timeouts).await;
    let bytes = limits::COUNTS_BYTES_MAX;
    let crowd = crowd(&rig, limits::BODIES_BYTES_MAX / bytes, bytes).await;
    check_that_room_comes_back(&rig, crowd).await;
    rig.end().await;
}

#[tokio::test]
async fn what_is_told_and_does_not_come_takes_no_room() {
    let timeouts = Timeouts {
        room: Duration::from_millis(20),
        ..Timeouts::default()
    };
    let rig = Rig::with(Settings::default(), timeouts).await;
    let requests = limits::WRITES_MAX - 1;
    let start = |_| {
        let router = rig.router.clone();
        tokio::spawn(async move { drop(router.oneshot(pending(200)).await) })
    };
    let slow: Vec<JoinHandle<()>> = (0..requests).map(start).collect();
    for _ in 0..requests {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.apply(PUSHED).await.status, StatusCode::OK);
    slow.iter().for_each(JoinHandle::abort);
    rig.end().await;
}
