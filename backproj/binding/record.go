//go:build !386 && !arm && !mips && !mipsle

package binding

import (
	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/internal/foreign"
)

// A record describes a histogram whose arrays Python owns. It is one element of a
// numpy array with the same fields, of 8 bytes each and without gaps.
type record struct {
	values   uintptr // float32, one a bin
	table    uintptr // uint8, as backproj.Histogram has it
	cells    int     // the number of bins
	length   int     // of the table
	channels int
	bins     [3]int
	ranges   [3][2]float64
	gated    int // whether lo and hi mean anything
	lo, hi   [3]int
}

func recordAt(address uintptr) *record {
	return &foreign.Slice[record](address, 1)[0]
}

// histogram returns the histogram, without its counts. It refers to the
// record's arrays.
func (r *record) histogram(run backproj.Run) *backproj.Histogram {
	return &backproj.Histogram{
		Layout: r.layout(),
		Values: foreign.Slice[float32](r.values, r.cells),
		Table:  foreign.Slice[uint8](r.table, r.length),
		Run:    run,
	}
}

// counted returns the histogram with its counts, which are at an address.
func (r *record) counted(counts uintptr, run backproj.Run) *backproj.Histogram {
	h := r.histogram(run)
	h.Counts = foreign.Slice[int64](counts, len(h.Values))
	return h
}

func (r *record) layout() backproj.Layout {
	l := backproj.Layout{Channels: backproj.Channels(r.channels), Bins: r.bins}
	for i, bounds := range r.ranges {
		l.Ranges[i] = [2]float32{float32(bounds[0]), float32(bounds[1])}
	}
	if r.gated != 0 {
		l.InRange = new(backproj.Bounds)
		for i := range 3 {
			l.InRange.Lo[i], l.InRange.Hi[i] = uint8(r.lo[i]), uint8(r.hi[i])
		}
	}
	return l
}
