package backproj

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Run says how work is done. Results never depend on it.
type Run struct {
	// Kernel is one of Kernels; "" means the fastest.
	Kernel string

	// Threads is the greatest number of goroutines to use; 0 means GOMAXPROCS.
	// Small images use fewer.
	Threads int
}

// workers returns how many goroutines to use for so many pixels in so many rows:
// as many as are allowed, as long as each has a row, and at least one grain of the
// kernel's work.
func (r Run) workers(rows, pixels int, k *kernel) int {
	return r.goroutines(max(1, min(rows, pixels/k.grain)))
}

// goroutines returns how many goroutines to use if more than useful gain nothing.
func (r Run) goroutines(useful int) int {
	if r.Threads > 0 {
		return min(useful, r.Threads)
	}
	return min(useful, runtime.GOMAXPROCS(0))
}

// parallel divides the rows into consecutive bands, calls f(y0, y1) for each in a
// goroutine of its own, and returns when all are done. The first band runs on the
// caller's goroutine. If f panics on another one, which would end the process,
// parallel panics with the same value on the caller's. So it does after a fault in
// memory that is gone, such as that of a mapped file that was truncated.
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
			f(bandStart(i, workers, rows), bandStart(i+1, workers, rows))
		})
	}
	func() {
		defer wait.Wait() // also when f panics: nobody writes to dst after we return
		f(0, bandStart(1, workers, rows))
	}()
	if failed != nil {
		panic(failed)
	}
}

// bandStart returns the first row of band i of several bands of about equal size.
// It is rows*i/bands without overflow.
func bandStart(i, bands, rows int) int {
	return rows/bands*i + rows%bands*i/bands
}

// share is like parallel, but with several bands for each worker, which takes one
// after another. So a worker whose thread has to wait leaves its bands to others.
func share(rows, workers int, f func(y0, y1 int)) {
	if workers == 1 {
		f(0, rows)
		return
	}
	bands := min(rows, 8*workers)
	var next atomic.Int64
	parallel(workers, workers, func(int, int) {
		for band := int(next.Add(1)) - 1; band < bands; band = int(next.Add(1)) - 1 {
			f(bandStart(band, bands, rows), bandStart(band+1, bands, rows))
		}
	})
}
