use peers::*;
use std::time::Instant;
fn main() {
    block_on_with_pool(arg(2, 4), async {
        let (n, flight) = (arg(1, 200_000), arg(3, 64));
        let start = Instant::now();
        let hs: Vec<_> = (0..flight)
            .map(|w| {
                tokio::spawn(async move {
                    let mut s = 0;
                    for i in 0..n / flight {
                        s += tokio::task::spawn_blocking(move || w * 3 + i).await.unwrap();
                    }
                    s
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
