package backproj

import (
	"encoding/binary"
	"math/bits"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// The model of an object often has strong colours alone, or pale ones alone: its
// histogram is 0 outside a range of saturations. Kernels need not convert runs of pixels
// that are outside, such as the background of many photographs: see
// kernel.projectWithin.

// minSparsePixels is the number of pixels from which it pays to look for the range,
// which takes about 2 µs.
const minSparsePixels = 1 << 18

// minOutside is the number of second components outside the range from which it pays
// to try.
const minOutside = 16

// sparseRun is how many pixels are projected at a time. Where less than a quarter of
// them are skipped, denseRuns follow that are projected without looking for such.
const (
	sparseRun = 4096
	denseRuns = 7
)

// setSparse finds the range of second components outside which the table has only
// zeros, if there is a use for that.
func (l *lookup) setSparse(c *conversion, pixels int) {
	if !l.direct || l.book != nil || c.projectWithin == nil || pixels < minSparsePixels {
		return
	}
	l.seconds = l.table.seconds(l.plan.space)
	l.sparse = l.seconds.hi-l.seconds.lo < 255-minOutside
}

// seconds returns the gate that accepts the second components for which the table of a
// space has entries other than 0, and those between them.
func (t *lookupTable) seconds(s space) gate {
	var columns [32]uint64
	for first := range 256 {
		if !s.hasFirst(first) {
			continue
		}
		row := (*[256]uint8)(t[first<<8:])
		for i := range columns {
			columns[i] |= binary.LittleEndian.Uint64(row[8*i:])
		}
	}
	lo, hi := 255, 0
	for i, column := range columns {
		if column != 0 {
			lo = min(lo, 8*i+bits.TrailingZeros64(column)/8)
			hi = max(hi, 8*i+7-bits.LeadingZeros64(column)/8)
		}
	}
	return gate{uint8(min(lo, hi)), uint8(hi)}
}

// A sparseness remembers how many more runs are to be projected without skipping.
type sparseness struct{ dense int }

// projectSparse projects a row of pixels of which many may be skipped.
func (l *lookup) projectSparse(c *conversion, dst, src []byte, format raster.Format, s *sparseness) {
	for len(dst) > 0 {
		n := min(sparseRun, len(dst))
		if s.dense > 0 {
			s.dense--
			c.project(dst[:n], src, format, l.table, l.gate)
		} else if skipped := c.projectWithin(dst[:n], src, format, l.table, l.gate, l.seconds); skipped < n/4 {
			s.dense = denseRuns
		}
		dst, src = dst[n:], src[min(n*format.Size, len(src)):]
	}
}
