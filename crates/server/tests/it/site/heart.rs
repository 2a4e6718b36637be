//! The heartbeat, against an address that really listens.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tomoni_server::http::{Heartbeat, heartbeat};

use super::rig::Rig;

/// Answers one request with this status; gives its first line.
async fn answer(listener: &TcpListener, status: &str) -> String {
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut head = vec![0; 1024];
    let count = socket.read(&mut head).await.unwrap();
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    socket.write_all(answer.as_bytes()).await.unwrap();
    let head = String::from_utf8_lossy(&head[..count]).into_owned();
    head.lines().next().unwrap().to_owned()
}

/// Waits until `/metrics` shows a beat of this kind.
async fn beats(rig: &Rig, result: &str) {
    let line = format!("tomoni_heartbeats_total{{result=\"{result}\"}}");
    while !rig.get("/metrics").await.text().contains(&line) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_heart_beats_while_all_is_well() {
    let rig = Rig::bare().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let told = Heartbeat {
        url: format!("http://{address}/ping/secret"),
        is_post: true,
    };
    let pause = Duration::from_millis(5);
    let heart = tokio::spawn(heartbeat::every(rig.site.clone(), told, pause));
    assert_eq!(
        answer(&listener, "200 OK").await,
        "POST /ping/secret HTTP/1.1"
    );
    beats(&rig, "sent").await;
    answer(&listener, "500 Oh").await;
    beats(&rig, "failed").await;
    // Tomoni hangs: nobody may be told that it lives.
    rig.now_ms.fetch_add(200_000, Ordering::Relaxed);
    let whole = async {
        loop {
            answer(&listener, "200 OK").await;
        }
    };
    tokio::select! {
        () = whole => unreachable!(),
        () = beats(&rig, "withheld") => {}
    }
    heart.abort();
    rig.end().await;
}
