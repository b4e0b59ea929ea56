package main

// Workers locked to their threads behind a channel, the nearest thing to a thread pool; a reply channel per caller.

import (
	"runtime"
	"sync"
	"time"
)

type job struct {
	a, b  int
	reply chan int
}

func worker(jobs <-chan job) {
	runtime.LockOSThread()
	for j := range jobs {
		j.reply <- j.a*3 + j.b
	}
}

func main() {
	trips, threads, lanes := arg(1, 200000), arg(2, 4), arg(3, 64)
	jobs := make(chan job, lanes)
	for i := 0; i < threads; i++ {
		go worker(jobs)
	}
	start := time.Now()
	var wg sync.WaitGroup
	sums := make([]int, lanes)
	for lane := 0; lane < lanes; lane++ {
		wg.Add(1)
		go func(lane int) {
			reply := make(chan int, 1)
			for i := 0; i < trips/lanes; i++ {
				jobs <- job{lane, i, reply}
				sums[lane] += <-reply
			}
			wg.Done()
		}(lane)
	}
	wg.Wait()
	total := 0
	for _, v := range sums {
		total += v
	}
	result(total, trips/lanes*lanes, start)
}
