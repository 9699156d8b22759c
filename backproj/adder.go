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
	lanes         laneMemory
	results       [batchRows][]uint8
	border        []borderPixel

	// One of these is the source.
	projection framePart
	plane      planePart
}

// A borderPixel says that a pixel of a line, which is beyond the plane's border, is
// the same as another one.
type borderPixel struct{ at, same int }

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

// inLanes reports whether pixels are added up in lanes: see laneProgram.
func (a *adder) inLanes() bool { return a.kernel.addsInLanes && a.program.lanes.sets != nil }

// release drops pointers to the caller's memory: see projection.release.
func (a *adder) release() {
	a.projection.lookup, a.projection.reader.Pix, a.plane.Pix = lookup{}, nil, nil
	a.results = [batchRows][]uint8{}
	adders.Put(a)
}

// band calls emit with the sums of rows y0 to y1, some columns of a row from (x, y)
// on at a time. They are in dst if that can be, and emit must not keep them.
func (a *adder) band(y0, y1 int, dst raster.Raster, emit func(x, y int, sums []uint8)) {
	p := a.program
	// Row i of the pixels is the first that result i is a sum of, and row i + late the
	// last.
	late := len(p.rows) - 1
	rows := y1 - y0 + late
	most := p.columns
	if a.inLanes() {
		most = p.lanes.columns
	}
	for x := 0; x < a.width; x += most {
		columns := min(most, a.width-x)
		a.setBorder(x, columns)
		if a.inLanes() {
			a.lanes.reserve(&p.lanes, len(p.rows), columns)
		}
		for first := 0; first < rows; first += batchRows {
			count := min(batchRows, rows-first)
			a.readBatch(x, columns, y0-p.y+first, count)
			for row := range a.results {
				result := first + row - late
				if dst.Pix != nil && columns >= sumBytes && result >= 0 && row < count {
					a.results[row] = dst.Place(x, y0+result, columns, nil)
				} else {
					a.results[row] = a.memory[p.result(row):][:p.columns]
				}
			}
			a.addBatch(first, count)
			for row := max(0, late-first); row < count; row++ {
				emit(x, y0+first+row-late, a.results[row][:columns])
			}
		}
	}
}

// addBatch adds up a batch of so many rows, the first of which is so many rows below
// the first one of the band.
func (a *adder) addBatch(first, rows int) {
	p := a.program
	if p.only >= 0 {
		for row := range a.results {
			a.results[row] = a.memory[p.line(0, row)+p.only:][:p.columns]
		}
		return
	}
	if a.inLanes() {
		a.addLanes(first, rows)
		return
	}
	a.kernel.grow(a.memory, &p.growth)
	a.kernel.addUp(a.memory, &a.results, &p.perRow)
	a.kernel.addUp(a.memory, &a.results, &p.perRing[first%p.ring/batchRows])
}

// setBorder sets the border of lines for so many results from column x on.
func (a *adder) setBorder(x, columns int) {
	left := x - a.program.x
	a.border = a.border[:0]
	for at := range columns + a.program.width - 1 {
		if same := reflected(left+at, a.width) - left; same != at {
			a.border = append(a.border, borderPixel{at, same})
		}
	}
}

// readBatch reads the pixels for so many results from column x on, of so many rows
// from y on. Rows and columns beyond the plane's border are reflected.
func (a *adder) readBatch(x, columns, y, rows int) {
	p := a.program
	left := x - p.x
	right := left + columns + p.width - 1
	from, to := max(left, 0), min(right, a.width)
	dst := raster.Raster{Pix: a.memory, Width: to - from, Row: p.lineStride, Pixel: 1, Components: 1}
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
	if len(a.border) == 0 {
		return
	}
	for row := range rows {
		line := a.memory[p.line(0, row):][:right-left]
		for _, pixel := range a.border {
			line[pixel.at] = line[pixel.same]
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
	program *sumProgram
	width   int
}

// program returns the program of the footprint for rows of so many results.
func (f *footprint) program(width int) *sumProgram {
	for i := range programs {
		cached := programs[i].Load()
		if cached != nil && cached.width == width && cached.program.equal(f) {
			return cached.program
		}
	}
	p := newSumProgram(*f, width)
	programs[nextProgram.Add(1)%uint32(len(programs))].Store(&cachedProgram{p, width})
	return p
}
