use peers::*;
use std::time::Instant;
fn main() {
    block_on(async {
        let (n, k) = (arg(1, 100), arg(2, 100_000));
        let start = Instant::now();
        let hs: Vec<_> = (0..n)
            .map(|_| {
                tokio::spawn(async move {
                    let mut c = 0u64;
                    for _ in 0..k {
                        tokio::task::yield_now().await;
                        c += 1;
                    }
                    c
                })
            })
            .collect();
        let mut total = 0;
        for h in hs {
            total += h.await.unwrap();
        }
        result(total, n * k, start);
    })
}
