// Package reserve takes from the system at once what calls would ask it for
// later. Where a limit may have it refuse them it must be now: a Go runtime
// that is refused memory or a thread ends the process.
package reserve

import (
	"runtime"
	"sync"
)

// Take has Go code run in so many threads at a time at most, and starts these
// and some to spare; and it has the heap grow by so many bytes, which stay its
// own when they are free again.
//
// The runtime starts a thread whenever none is idle just then, so it comes to
// have more than run Go code at a time. With some to spare one is always idle.
//
// With watch the caller is to look at limits before each call from now on.
func Take(threads, spare, heap int, watch bool) {
	if watch {
		defer watched.Store(true)
	}
	runtime.GOMAXPROCS(min(threads, runtime.GOMAXPROCS(0)))
	memory := make([]byte, heap) // never touched, it takes addresses only
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
