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

// A block holds the indices of some pixels, and their third components if they are
// needed.
type block struct {
	indices []uint16
	thirds  []uint8
	scratch *blockScratch
}

type blockScratch struct {
	indices [blockPixels]uint16
	thirds  [blockPixels]uint8
}

var blocks = sync.Pool{New: func() any { return new(blockScratch) }}

// newBlock returns a block for up to n ≤ blockPixels pixels.
func newBlock(n int, needsThird bool) block {
	scratch := blocks.Get().(*blockScratch)
	b := block{indices: scratch.indices[:n], scratch: scratch}
	if needsThird {
		b.thirds = scratch.thirds[:n]
	}
	return b
}

func (b *block) release() { blocks.Put(b.scratch) }

// convert returns the indices of n pixels, and their third components or, if these
// are not needed, none. The next call overwrites both.
func (b *block) convert(c *conversion, src []byte, format raster.Format, n int) (indices []uint16, thirds []uint8) {
	indices, thirds = b.indices[:n], b.thirds[:min(n, len(b.thirds))]
	c.convert(indices, thirds, src, format)
	return indices, thirds
}
