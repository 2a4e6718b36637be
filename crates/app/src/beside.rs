//! Work that takes a thread for long, beside the threads that answer requests.

/// Does it on a thread of its own, which costs no other request its turn. A panic of it goes on here. Where the runtime ends before the work
/// has begun it never comes back, as nothing of that runtime does.
pub async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => std::future::pending().await,
        },
    }
}
