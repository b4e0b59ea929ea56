use peers::*;
use std::time::{Duration, Instant};
fn main() {
    block_on(async {
        let (n, ms) = (arg(1, 1_000_000), arg(2, 5000));
        let start = Instant::now();
        let hs: Vec<_> = (0..n)
            .map(|_| {
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    1u64
                })
            })
            .collect();
        let mut total = 0;
        for h in hs {
            total += h.await.unwrap();
        }
        result(total, n, start);
    })
}
