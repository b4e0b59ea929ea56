package main

import (
	"runtime"
	"time"
)

//go:noinline
func chain(d, k int) int {
	if d > 1 {
		return chain(d-1, k) + 1
	}
	n := 0
	for i := 0; i < k; i++ {
		runtime.Gosched()
		n++
	}
	return n
}

func main() {
	d, k := arg(1, 200), arg(2, 100000)
	start := time.Now()
	ch := make(chan int)
	go func() { ch <- chain(d, k) }()
	r := <-ch
	result(r, k, start)
}
