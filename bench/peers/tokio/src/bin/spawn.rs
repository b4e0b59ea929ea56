use peers::*;
use std::time::Instant;
async fn work(i: u64) -> u64 {
    tokio::task::yield_now().await;
    i
}
fn main() {
    block_on(async {
        let (n, b) = (arg(1, 1_000_000), arg(2, 10_000));
        let start = Instant::now();
        let mut total = 0;
        for s in (0..n).step_by(b as usize) {
            let hs: Vec<_> = (s..s + b).map(|i| tokio::spawn(work(i))).collect();
            for h in hs {
                total += h.await.unwrap();
            }
        }
        result(total, n, start);
    })
}
