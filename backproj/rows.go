package backproj

import "sync"

// blockPixels is how many pixels pass through a scratch at a time: their
// three bytes, index and result together stay within a 32 KiB L1 cache.
const blockPixels = 2048

// longRun is how many pixels a kernel is given at most at a time, about 0.1 ms
// of work: the runtime cannot interrupt assembly, and a collection of garbage
// would have every goroutine wait for the end of a large image.
const longRun = 1 << 18

// rows returns the raster of rows y0 to y1 alone.
func (r raster) rows(y0, y1 int) raster {
	r.offset += y0 * r.row
	r.height = y1 - y0
	return r
}

// flat returns the raster as a single row, which it can be when no gap lies
// between one row and the next.
func (r raster) flat() raster {
	r.width *= r.height
	r.height = 1
	return r
}

// packed reports whether the raster can be read as a single row of pixels
// that lie size bytes apart.
func (r *raster) packed(size int) bool {
	return r.pixel == size && r.row == r.width*size
}

// A pixelReader hands out runs of an image's pixels in a format that kernels
// take: in place where the image's own arrangement is one, else gathered into
// a scratch.
type pixelReader struct {
	image   raster
	format  pixelFormat
	inPlace bool
	scratch []byte
}

func newPixelReader(image raster) pixelReader {
	size := image.pixel
	if image.width == 1 {
		size = 3 // no pixel follows in the row, so any distance will do
	}
	interleaved := size == 3 || size == 4
	switch {
	case interleaved && image.channel == 1:
		return pixelReader{image, pixelFormat{size, image.redFirst}, true, nil}
	case interleaved && image.channel == -1:
		// Read upwards from what is the last component of the image.
		image.offset -= 2
		return pixelReader{image, pixelFormat{size, !image.redFirst}, true, nil}
	}
	return pixelReader{image, pixelFormat{3, image.redFirst}, false, make([]byte, 3*min(image.width, blockPixels))}
}

// run returns the pixels (x, y) to (x+n-1, y). Unless the image is read in
// place, n must not exceed blockPixels, and the next call overwrites them.
func (p *pixelReader) run(x, y, n int) []byte {
	m := &p.image
	at := m.offset + y*m.row + x*m.pixel
	if p.inPlace {
		return m.pix[at:][:(n-1)*p.format.size+3]
	}
	s := p.scratch[:3*n]
	for ; len(s) >= 3; s = s[3:] {
		s[0] = m.pix[at]
		s[1] = m.pix[at+m.channel]
		s[2] = m.pix[at+2*m.channel]
		at += m.pixel
	}
	return p.scratch[:3*n]
}

// A block holds the indices of some pixels, and their values if they are
// needed.
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
func newBlock(n int, needsValues bool) *block {
	scratch := blocks.Get().(*blockScratch)
	b := &block{indices: scratch.indices[:n], scratch: scratch}
	if needsValues {
		b.values = scratch.values[:n]
	}
	return b
}

func (b *block) release() { blocks.Put(b.scratch) }

// convert returns the indices and values of n pixels. There are no values unless
// they are needed. The next call overwrites both.
func (b *block) convert(k *kernel, src []byte, format pixelFormat, n int) ([]uint16, []uint8) {
	indices, values := b.indices[:n], b.values[:min(n, len(b.values))]
	k.convert(indices, values, src, format)
	return indices, values
}
