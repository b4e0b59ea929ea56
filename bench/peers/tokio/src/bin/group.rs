//! A JoinSet per group; abort_all for those that are cancelled while they sleep.
use peers::*;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

async fn work(i: u64) -> u64 {
    tokio::task::yield_now().await;
    i
}

async fn run(children: u64) -> u64 {
    let mut group = JoinSet::new();
    for i in 0..children {
        group.spawn(work(i));
    }
    let mut total = 0;
    while let Some(value) = group.join_next().await {
        total += value.unwrap();
    }
    total
}

async fn cancel(children: u64) -> u64 {
    let mut group = JoinSet::new();
    for _ in 0..children {
        group.spawn(tokio::time::sleep(Duration::from_secs(3600)));
    }
    tokio::task::yield_now().await;
    group.abort_all();
    let mut cancelled = 0;
    while let Some(value) = group.join_next().await {
        cancelled += value.is_err() as u64;
    }
    cancelled
}

fn main() {
    block_on(async {
        let (children, groups, cancelling) = (arg(1, 100), arg(2, 10_000), arg(3, 0) == 1);
        let start = Instant::now();
        let mut total = 0;
        for _ in 0..groups {
            total += if cancelling { cancel(children).await } else { run(children).await };
        }
        result(total, children * groups, start);
    })
}
