package main

import (
	"runtime"
	"sync"
	"time"
)

func main() {
	n, k := arg(1, 100), arg(2, 100000)
	start := time.Now()
	var wg sync.WaitGroup
	res := make([]int, n)
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func(i int) {
			for j := 0; j < k; j++ {
				runtime.Gosched()
				res[i]++
			}
			wg.Done()
		}(i)
	}
	wg.Wait()
	total := 0
	for _, v := range res {
		total += v
	}
	result(total, n*k, start)
}
