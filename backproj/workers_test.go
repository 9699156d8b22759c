package backproj

import (
	"errors"
	"math"
	"sync/atomic"
	"testing"
)

// caught returns what f panics with.
func caught(f func()) (p any) {
	defer func() { p = recover() }()
	f()
	return nil
}

func TestAPanicInAnyBandIsRaisedOnTheCallerOnceAllAreDone(t *testing.T) {
	const workers = 8
	for bad := range workers {
		var done atomic.Int32
		err := errors.New("a panic")
		got := caught(func() {
			parallel(workers, workers, func(y0, y1 int) {
				if y0 == bad {
					panic(err)
				}
				done.Add(1)
			})
		})
		if got != err || done.Load() != workers-1 {
			t.Errorf("band %d: raised %v after %d others", bad, got, done.Load())
		}
	}
}

func TestOfManyPanicsOneIsRaised(t *testing.T) {
	for range 100 {
		got := caught(func() {
			parallel(64, 64, func(y0, y1 int) { panic(y0) })
		})
		if _, ok := got.(int); !ok {
			t.Fatalf("raised %v", got)
		}
	}
}

func TestBandsCoverEachRowOnce(t *testing.T) {
	for rows := 1; rows < 70; rows++ {
		for workers := 1; workers <= rows; workers++ {
			for i, split := range []func(rows, workers int, f func(y0, y1 int)){parallel, share} {
				seen := make([]atomic.Int32, rows)
				split(rows, workers, func(y0, y1 int) {
					for y := y0; y < y1; y++ {
						seen[y].Add(1)
					}
				})
				for y := range seen {
					if n := seen[y].Load(); n != 1 {
						t.Fatalf("way %d, %d rows, %d workers: row %d %d times", i, rows, workers, y, n)
					}
				}
			}
		}
	}
}

func TestBandsOfManyRowsDoNotOverflow(t *testing.T) {
	const rows, bands = math.MaxInt, 1000
	if last := bandStart(bands, bands, rows); last != rows {
		t.Errorf("the bands end at row %d of %d", last, rows)
	}
	for i := range bands {
		if n := bandStart(i+1, bands, rows) - bandStart(i, bands, rows); n != rows/bands && n != rows/bands+1 {
			t.Errorf("band %d has %d rows", i, n)
		}
	}
}
