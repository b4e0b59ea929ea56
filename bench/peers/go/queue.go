package main

import "time"

func main() {
	n, cap := arg(1, 1000000), arg(2, 1)
	start := time.Now()
	q := make(chan int, cap)
	done := make(chan int)
	go func() {
		for i := 0; i < n; i++ {
			q <- i
		}
	}()
	go func() {
		s := 0
		for i := 0; i < n; i++ {
			s += <-q
		}
		done <- s
	}()
	s := <-done
	result(s, n, start)
}
