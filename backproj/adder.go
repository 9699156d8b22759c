package backproj

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// An adder adds up the pixels of a footprint around each pixel of a plane.
type adder struct {
	kernel        *kernel
	program       *sumProgram
	width, height int // of the plane
	source        source
	memory        []uint8 // of the program's rows

	// One of these is the source.
	projection framePart
	plane      planePart
}

// adders are lent to one goroutine each.
var adders = sync.Pool{New: func() any { return new(adder) }}

// newAdder returns an adder of a histogram's back projection onto a frame, or, if
// the histogram has no lookup, of a plane.
func (p *sumProgram) newAdder(k *kernel, pixels raster.Raster, l *lookup) *adder {
	a := adders.Get().(*adder)
	a.kernel, a.program = k, p
	a.width, a.height = pixels.Width, pixels.Height
	a.memory = slices.Grow(a.memory[:0], p.memory())[:p.memory()]
	if l == nil {
		a.plane.Raster, a.source = pixels, &a.plane
		return a
	}
	a.projection.kernel, a.projection.lookup = k, *l
	a.projection.reader.Reset(pixels, blockPixels)
	a.source = &a.projection
	return a
}

// release drops pointers to the caller's memory: see projection.release.
func (a *adder) release() {
	a.projection.lookup, a.projection.reader.Pix, a.plane.Pix = lookup{}, nil, nil
	adders.Put(a)
}

// band calls emit with the sums of rows y0 to y1, some columns of a row from (x, y)
// on at a time. emit must not keep them.
func (a *adder) band(y0, y1 int, emit func(x, y int, sums []uint8)) {
	p := a.program
	for x := 0; x < a.width; x += p.columns {
		columns := min(p.columns, a.width-x)
		// Row i of the pixels is the first that result i needs, and result i is complete
		// with row i + p.height - 1.
		rows := y1 - y0 + p.height - 1
		for first := 0; first < rows; first += batchRows {
			a.readBatch(x, columns, y0-p.height/2+first, min(batchRows, rows-first))
			a.kernel.addUp(a.memory, &p.codes[first%p.ring/batchRows])
			for row := range min(batchRows, rows-first) {
				if result := first + row - (p.height - 1); result >= 0 {
					at := p.sum(first%p.ring + row - (p.height - 1))
					emit(x, y0+result, a.memory[at:at+columns])
				}
			}
		}
	}
}

// readBatch reads the pixels for so many results from column x on, of so many rows
// from y on. Rows and columns beyond the plane's border are reflected.
func (a *adder) readBatch(x, columns, y, rows int) {
	p := a.program
	left := x - p.width/2
	right := left + columns + p.width - 1
	from, to := max(left, 0), min(right, a.width)
	dst := raster.Raster{Pix: a.memory, Width: to - from, Row: p.stride, Pixel: 1, Components: 1}
	for row := 0; row < rows; row += dst.Height {
		// Rows that follow one another are read together.
		top := reflected(y+row, a.height)
		dst.Height = 1
		for row+dst.Height < rows && reflected(y+row+dst.Height, a.height) == top+dst.Height {
			dst.Height++
		}
		dst.Offset = p.line(0, row) + from - left
		a.source.write(dst, from, top)
	}
	if from == left && to == right {
		return
	}
	for row := range rows {
		line := a.memory[p.line(0, row):][:right-left]
		for x := left; x < from; x++ {
			line[x-left] = line[reflected(x, a.width)-left]
		}
		for x := to; x < right; x++ {
			line[x-left] = line[reflected(x, a.width)-left]
		}
	}
}

// reflected returns the index from 0 up to n that an index stands for, as OpenCV's
// borderInterpolate with BORDER_REFLECT_101: -1 is 1, and n is n-2.
func reflected(i, n int) int {
	if n == 1 {
		return 0
	}
	for i < 0 || i >= n {
		if i < 0 {
			i = -i
		} else {
			i = 2*(n-1) - i
		}
	}
	return i
}

// programs caches the last few programs, which take longer to make than a small
// plane takes to add up.
var (
	programs    [8]atomic.Pointer[cachedProgram]
	nextProgram atomic.Uint32
)

type cachedProgram struct {
	footprint footprint
	width     int
	program   *sumProgram
}

// program returns the program of the footprint for rows of so many results.
func (f footprint) program(width int) *sumProgram {
	for i := range programs {
		cached := programs[i].Load()
		if cached != nil && cached.width == width && cached.footprint.equal(f) {
			return cached.program
		}
	}
	p := newSumProgram(f, width)
	programs[nextProgram.Add(1)%uint32(len(programs))].Store(&cachedProgram{f, width, p})
	return p
}
