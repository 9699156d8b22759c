package backproj

import (
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// blockPixels is the number of pixels that are processed at a time where results
// of one step wait for the next: their components, indices and results together
// stay within an L1 cache of 32 KiB.
const blockPixels = 2048

// maxRunPixels is the most pixels that a kernel is given at a time, about 0.1 ms
// of work. Assembly is not preemptible; longer runs would delay the garbage
// collector, which has to stop all goroutines for a moment.
const maxRunPixels = 1 << 18

// A block holds the indices of some pixels, and their values if they are needed.
type block struct {
	indices []uint16
	values  []uint8
	scratch *blockScratch
}

type blockScratch struct {
	indices [blockPixels]uint16
	values  [blockPixels]uint8
}

var blocks = sync.Pool{New: func() any { return new(blockScratch) }}

// newBlock returns a block for up to n ≤ blockPixels pixels.
func newBlock(n int, needsValues bool) block {
	scratch := blocks.Get().(*blockScratch)
	b := block{indices: scratch.indices[:n], scratch: scratch}
	if needsValues {
		b.values = scratch.values[:n]
	}
	return b
}

func (b *block) release() { blocks.Put(b.scratch) }

// convert returns the indices of n pixels, and their values or, if these are not
// needed, none. The next call overwrites both.
func (b *block) convert(k *kernel, src []byte, format raster.Format, n int) ([]uint16, []uint8) {
	indices, values := b.indices[:n], b.values[:min(n, len(b.values))]
	k.convert(indices, values, src, format)
	return indices, values
}
