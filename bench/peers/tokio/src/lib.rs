//! What every program here begins and ends with. TOKIO_RUNTIME=threads asks for the multi-threaded runtime, with two workers.
use std::future::Future;
use std::time::Instant;
use tokio::runtime::Builder;

pub fn arg(i: usize, otherwise: u64) -> u64 {
    std::env::args().nth(i).map_or(otherwise, |s| s.parse().unwrap())
}

pub fn result(check: u64, ops: u64, start: Instant) {
    println!("RESULT {} {} {:.6}", check, ops, start.elapsed().as_secs_f64());
}

pub fn block_on<F>(f: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    block_on_with_pool(4, f)
}

/// The same with so many threads in the pool of spawn_blocking.
pub fn block_on_with_pool<F>(threads: u64, f: F) -> F::Output
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    if std::env::var("TOKIO_RUNTIME").map_or(true, |s| s != "threads") {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_all().max_blocking_threads(threads as usize).build().unwrap();
        return runtime.block_on(f);
    }
    let mut builder = Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().max_blocking_threads(threads as usize).build().unwrap();
    runtime.block_on(async { tokio::spawn(f).await.unwrap() })
}
