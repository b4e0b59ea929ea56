package main

// A goroutine needs no await: this is a plain call with Go's stack check.

import "time"

//go:noinline
func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func calls(n int) int {
	a, b := 1, 1
	for i := 2; i <= n; i++ {
		a, b = b, a+b+1
	}
	return b
}

func main() {
	n := arg(1, 30)
	start := time.Now()
	r := fib(n)
	result(r, calls(n), start)
}
