use peers::*;
use std::time::Instant;
use std::{future::Future, pin::Pin};
fn fib(n: u64) -> Pin<Box<dyn Future<Output = u64> + Send>> {
    Box::pin(async move {
        if n < 2 {
            return n;
        }
        fib(n - 1).await + fib(n - 2).await
    })
}
fn calls(n: u64) -> u64 {
    let (mut a, mut b) = (1, 1);
    for _ in 2..=n {
        (a, b) = (b, a + b + 1);
    }
    b
}
fn main() {
    block_on(async {
        let n = arg(1, 30);
        let start = Instant::now();
        let r = fib(n).await;
        result(r, calls(n), start);
    })
}
