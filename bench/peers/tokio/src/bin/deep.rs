use peers::*;
use std::time::Instant;
use std::{future::Future, pin::Pin};
fn chain(d: u64, k: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if d > 1 {
            return chain(d - 1, k).await + 1;
        }
        let mut n = 0;
        for _ in 0..k {
            tokio::task::yield_now().await;
            n += 1;
        }
        n
    })
}
fn main() {
    block_on(async {
        let (d, k) = (arg(1, 200), arg(2, 100_000));
        let start = Instant::now();
        let r = tokio::spawn(chain(d, k)).await.unwrap();
        result(r, k, start);
    })
}
