package main

// A WaitGroup per group; a context for those that are cancelled while they sleep.

import (
	"context"
	"runtime"
	"sync"
	"time"
)

func run(children int) int {
	results := make([]int, children)
	var wg sync.WaitGroup
	wg.Add(children)
	for i := 0; i < children; i++ {
		go func(i int) {
			defer wg.Done()
			runtime.Gosched()
			results[i] = i
		}(i)
	}
	wg.Wait()
	total := 0
	for _, v := range results {
		total += v
	}
	return total
}

func cancel(children int) int {
	cancelled := make([]int, children)
	var wg sync.WaitGroup
	wg.Add(children)
	ctx, cancel := context.WithCancel(context.Background())
	for i := 0; i < children; i++ {
		go func(i int) {
			defer wg.Done()
			timer := time.NewTimer(time.Hour)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-ctx.Done():
				cancelled[i] = 1
			}
		}(i)
	}
	runtime.Gosched()
	cancel()
	wg.Wait()
	total := 0
	for _, v := range cancelled {
		total += v
	}
	return total
}

func main() {
	children, groups, cancelling := arg(1, 100), arg(2, 10000), arg(3, 0) == 1
	start := time.Now()
	total := 0
	for i := 0; i < groups; i++ {
		if cancelling {
			total += cancel(children)
		} else {
			total += run(children)
		}
	}
	result(total, children*groups, start)
}
