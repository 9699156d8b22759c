package backproj

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Run says how work is done; the result never depends on it.
type Run struct {
	// Kernel is one of Kernels; "" is the fastest.
	Kernel string

	// Threads is the greatest number of goroutines; 0 means GOMAXPROCS. Small
	// images use fewer.
	Threads int
}

// workers returns how many goroutines so many pixels in so many rows deserve:
// as many as are allowed, but none with less than a grain of the kernel's work,
// nor with less than a row.
func (r Run) workers(rows, pixels int, k *kernel) int {
	return r.goroutines(max(1, min(rows, pixels/k.grain)))
}

// goroutines returns how many goroutines may run of those that work could use.
func (r Run) goroutines(useful int) int {
	if r.Threads > 0 {
		return min(useful, r.Threads)
	}
	return min(useful, runtime.GOMAXPROCS(0))
}

// parallel calls f for consecutive bands [y0, y1) that together are [0, rows),
// one a worker, and returns when all are done. The first band runs on the
// caller's goroutine. A panic in another band, which would end the process
// where it is, is raised again on the caller's, and so is a fault in memory
// that went away, such as that of a file cut short while it was mapped.
func parallel(rows, workers int, f func(y0, y1 int)) {
	var (
		wait   sync.WaitGroup
		once   sync.Once
		failed any
	)
	for i := 1; i < workers; i++ {
		wait.Go(func() {
			debug.SetPanicOnFault(true)
			defer func() {
				if p := recover(); p != nil {
					once.Do(func() { failed = p })
				}
			}()
			f(rows*i/workers, rows*(i+1)/workers)
		})
	}
	func() {
		defer wait.Wait() // also when f panics: nobody writes to dst after we return
		f(0, rows/workers)
	}()
	if failed != nil {
		panic(failed)
	}
}

// share calls f for bands [y0, y1) that together are [0, rows), several a
// worker: one that the system lets wait leaves its share to the others.
func share(rows, workers int, f func(y0, y1 int)) {
	if workers == 1 {
		f(0, rows)
		return
	}
	bands := min(rows, 8*workers)
	var next atomic.Int64
	parallel(workers, workers, func(int, int) {
		for band := int(next.Add(1)) - 1; band < bands; band = int(next.Add(1)) - 1 {
			f(rows*band/bands, rows*(band+1)/bands)
		}
	})
}
