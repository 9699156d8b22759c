// Package reserve takes from the system at once what later calls would ask it
// for. A Go runtime that is refused memory or a thread aborts the process, so
// where there are limits it asks while they are known to leave enough.
package reserve

import (
	"runtime"
	"sync"
)

// Take limits Go code to that many threads at a time, starts these and some
// spare ones, and grows the heap by that many bytes, which it keeps when they
// are free again.
//
// The runtime starts a thread whenever none is idle, so it comes to have more
// threads than run Go code at a time. With some to spare one is always idle.
func Take(threads, spare, heap int) {
	runtime.GOMAXPROCS(min(threads, runtime.GOMAXPROCS(0)))
	memory := make([]byte, heap) // never touched, so it takes addresses only
	runtime.KeepAlive(memory)
	threads = runtime.GOMAXPROCS(0) + spare
	// A goroutine that is locked to its thread has it for itself while it waits.
	// The runtime keeps the threads of those that end unlocked. They start one by
	// one: the C library takes twice what it keeps for each, for a moment.
	var wait sync.WaitGroup
	started, all := make(chan bool), make(chan bool)
	for range threads {
		wait.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			started <- true
			<-all
		})
		<-started
	}
	close(all)
	wait.Wait()
	runtime.GC()
}
