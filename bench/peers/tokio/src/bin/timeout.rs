use peers::*;
use std::time::{Duration, Instant};
async fn op(i: u64) -> u64 {
    tokio::task::yield_now().await;
    i
}
fn main() {
    block_on(async {
        let n = arg(1, 300_000);
        let start = Instant::now();
        let mut s = 0;
        for i in 0..n {
            s += tokio::time::timeout(Duration::from_secs(10), op(i)).await.unwrap();
        }
        result(s, n, start);
    })
}
