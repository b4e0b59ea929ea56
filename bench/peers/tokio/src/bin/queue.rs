use peers::*;
use std::time::Instant;
fn main() {
    block_on(async {
        let (n, cap) = (arg(1, 1_000_000), arg(2, 1));
        let start = Instant::now();
        let (tx, mut rx) = tokio::sync::mpsc::channel::<u64>(cap as usize);
        let p = tokio::spawn(async move {
            for i in 0..n {
                tx.send(i).await.unwrap();
            }
        });
        let c = tokio::spawn(async move {
            let mut s = 0;
            for _ in 0..n {
                s += rx.recv().await.unwrap();
            }
            s
        });
        p.await.unwrap();
        let s = c.await.unwrap();
        result(s, n, start);
    })
}
