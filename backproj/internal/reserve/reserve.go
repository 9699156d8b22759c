// Package reserve takes from the system at once what calls would ask it for
// later. Where a limit may have it refuse them it must be now: a Go runtime
// that is refused memory or a thread ends the process.
package reserve

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Take has Go code run in so many threads at a time at most, and starts these;
// and it has the heap grow by so many bytes, which stay its own when they are
// free again.
func Take(threads, heap int) {
	runtime.GOMAXPROCS(min(threads, runtime.GOMAXPROCS(0)))
	threads = runtime.GOMAXPROCS(0)
	// Goroutines that wait for one another without giving way take a thread
	// each. The runtime keeps its threads.
	var running atomic.Int32
	var wait sync.WaitGroup
	for range threads {
		wait.Go(func() {
			running.Add(1)
			for running.Load() < int32(threads) {
			}
		})
	}
	wait.Wait()
	memory := make([]byte, heap) // never touched, it takes addresses only
	runtime.KeepAlive(memory)
	runtime.GC()
}
