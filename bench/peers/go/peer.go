package main

import (
	"fmt"
	"os"
	"strconv"
	"time"
)

func arg(i, dflt int) int {
	if len(os.Args) > i {
		n, err := strconv.Atoi(os.Args[i])
		if err != nil {
			panic(err)
		}
		return n
	}
	return dflt
}

func result(check, ops int, start time.Time) {
	fmt.Printf("RESULT %d %d %.6f\n", check, ops, time.Since(start).Seconds())
}
