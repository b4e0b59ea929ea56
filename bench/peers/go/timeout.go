package main

import (
	"context"
	"runtime"
	"time"
)

func op(i int, out chan<- int) {
	runtime.Gosched()
	out <- i
}

func waitFor(i int) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	ch := make(chan int, 1)
	go op(i, ch)
	select {
	case v := <-ch:
		return v, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func main() {
	n := arg(1, 300000)
	start := time.Now()
	s := 0
	for i := 0; i < n; i++ {
		v, err := waitFor(i)
		if err != nil {
			panic(err)
		}
		s += v
	}
	result(s, n, start)
}
