package main

import (
	"runtime"
	"sync"
	"time"
)

func work(i int, out *int, wg *sync.WaitGroup) {
	runtime.Gosched()
	*out = i
	wg.Done()
}

func main() {
	n, b := arg(1, 1000000), arg(2, 10000)
	start := time.Now()
	total := 0
	res := make([]int, b)
	for s := 0; s < n; s += b {
		var wg sync.WaitGroup
		wg.Add(b)
		for i := 0; i < b; i++ {
			go work(s+i, &res[i], &wg)
		}
		wg.Wait()
		for _, v := range res {
			total += v
		}
	}
	result(total, n, start)
}
