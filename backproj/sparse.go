package backproj

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// The model of an object often has strong colours alone, or pale ones alone: its
// histogram is 0 outside a range of saturations. Kernels need not convert runs of pixels
// that are outside, such as the background of many photographs: see
// kernel.projectWithin.

// minSparsePixels is the number of pixels from which it pays to look for the range and
// to make a codebook, which takes a few µs.
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

// setSparse finds out what the table or the codebook has only zeros for, if there is a
// use for that.
func (l *lookup) setSparse(c *conversion, pixels int) {
	if !l.direct || pixels < minSparsePixels || c.projectWithin == nil && !c.supports[pairCoding] {
		return
	}
	switch {
	case l.book == nil:
		firsts, seconds, few := l.table.used(l.plan.space)
		if !few {
			return
		}
		l.seconds = within(&seconds)
		if c.supports[pairCoding] {
			l.recode(&firsts, &seconds)
		}
	case l.coding == pairCoding:
		seconds := l.plan.usedSeconds(l.cells)
		l.seconds = within(&seconds)
	default:
		return
	}
	l.sparse = c.projectWithin != nil && isNarrow(l.seconds)
}

// isNarrow reports whether it pays to look for pixels outside the range.
func isNarrow(seconds gate) bool { return seconds.hi-seconds.lo < 255-minOutside }

// used returns the first and the second components for which the table of a space has
// entries other than 0. As soon as there are too many for any use, few is false.
func (t *lookupTable) used(s space) (firsts, seconds [256]bool, few bool) {
	const some = 16 // rows
	var columns [32]uint64
	rows := 0
	for first := range 256 {
		if !s.hasFirst(first) {
			continue
		}
		row, any := (*[256]uint8)(t[first<<8:]), uint64(0)
		for i := range columns {
			eight := binary.LittleEndian.Uint64(row[8*i:])
			columns[i] |= eight
			any |= eight
		}
		if firsts[first] = any != 0; firsts[first] {
			rows++
		}
		if first%some != some-1 && first < 255 {
			continue
		}
		number := 0
		for second := range seconds {
			if seconds[second] = columns[second/8]>>(second%8*8)&255 != 0; seconds[second] {
				number++
			}
		}
		if !isNarrow(within(&seconds)) && rows*number > len(codebook{}.bins) {
			return firsts, seconds, false
		}
	}
	return firsts, seconds, true
}

// usedSeconds returns the second components that have a bin other than 0, of a layout
// of the first two components.
func (p *plan) usedSeconds(cells []uint8) (seconds [256]bool) {
	var greatest [256]uint8
	for row := range p.bins[0] {
		for i, cell := range cells[row*p.bins[1]:][:p.bins[1]] {
			greatest[uint8(i)] = max(greatest[uint8(i)], cell)
		}
	}
	for second, offset := range p.second {
		seconds[second] = offset >= 0 && greatest[offset] > 0
	}
	return seconds
}

// within returns the gate that accepts the components that are used, and those between.
func within(used *[256]bool) gate {
	lo, hi := slices.Index(used[:], true), len(used)-1
	if lo < 0 {
		return gate{}
	}
	for !used[hi] {
		hi--
	}
	return gate{uint8(lo), uint8(hi)}
}

// recode makes a codebook of the bins that are used, if these are few enough for
// pairCoding, as those of an object often are, even if the layout has many.
func (l *lookup) recode(firsts, seconds *[256]bool) {
	p := l.plan
	first, rows := classesOf(firsts, &p.first)
	second, columns := classesOf(seconds, &p.second)
	firstBits, secondBits := bits.Len(uint(len(rows))), bits.Len(uint(len(columns)))
	if !fitsPairCoding(firstBits, secondBits) {
		return
	}
	l.aligned = codebooks.Get().(*alignedCodebook)
	l.book, l.coding = l.aligned.codebook(), pairCoding
	*l.book = p.codes
	shift := l.book.setPairs(&first, &second, secondBits)
	for i, x := range rows {
		for j, y := range columns {
			l.book.bins[i<<shift+j] = l.cells[x+y]
		}
	}
}

// classesOf numbers the bins of the components that are used, and returns the number of
// each component's bin and the offset of each bin. Those of a bin follow one another,
// except that the bin of the least hue may have two numbers. All others have one more.
func classesOf(used *[256]bool, offsets *[256]int32) (class [256]uint8, bins []int32) {
	bins = make([]int32, 0, 256)
	for i, offset := range offsets {
		if !used[i] {
			continue
		}
		if len(bins) == 0 || bins[len(bins)-1] != offset {
			bins = append(bins, offset)
		}
		class[i] = uint8(len(bins) - 1)
	}
	for i := range class {
		if !used[i] {
			class[i] = uint8(len(bins)) // 256 does not fit, but nine bits suit no coding
		}
	}
	return class, bins
}

// A sparseness remembers how many more runs are to be projected without skipping.
type sparseness struct{ dense int }

// projectSparse projects a row of pixels of which many may be skipped.
func (l *lookup) projectSparse(c *conversion, dst, src []byte, format raster.Format, s *sparseness) {
	for len(dst) > 0 {
		n := min(sparseRun, len(dst))
		if s.dense > 0 {
			s.dense--
			l.projectAll(c, dst[:n], src, format)
		} else if skipped := c.projectWithin(dst[:n], src, format, l.book, l.table, l.gate, l.seconds); skipped < n/4 {
			s.dense = denseRuns
		}
		dst, src = dst[n:], src[min(n*format.Size, len(src)):]
	}
}
