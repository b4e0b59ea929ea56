package main

import (
	"sync"
	"time"
)

func main() {
	n, ms := arg(1, 1000000), arg(2, 5000)
	start := time.Now()
	var wg sync.WaitGroup
	wg.Add(n)
	res := make([]byte, n)
	for i := 0; i < n; i++ {
		go func(i int) {
			time.Sleep(time.Duration(ms) * time.Millisecond)
			res[i] = 1
			wg.Done()
		}(i)
	}
	wg.Wait()
	total := 0
	for _, v := range res {
		total += int(v)
	}
	result(total, n, start)
}
