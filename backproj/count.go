package backproj

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// Add adds the pixels of model where mask is not 0, or all of them if the mask
// has no Pix, to the counts. The values and the table stay as they are: call
// Normalize when all models are added.
func (h *Histogram) Add(model Image, mask Plane) error {
	c, err := h.counting(model, mask)
	if err != nil {
		return err
	}
	pixels := int64(c.image.width) * int64(c.image.height)
	if most := slices.Max(h.Counts); most > math.MaxInt64-pixels {
		return fmt.Errorf("backproj: Histogram: field Counts: %d and %d pixels more overflow an int64", most, pixels)
	}
	c.addTo(h.Counts)
	return nil
}

// A counting is what it takes to count a model's pixels, and is known to be right.
type counting struct {
	plan    *plan
	kernel  *kernel
	image   raster
	mask    raster // if it is masked
	masked  bool
	workers int
}

// counting returns how the histogram counts a model.
func (h *Histogram) counting(model Image, mask Plane) (c counting, err error) {
	if c.kernel, err = kernelNamed(h.Run.Kernel); err != nil {
		return c, err
	}
	if c.plan, err = h.countable(); err != nil {
		return c, err
	}
	if c.image, err = model.raster(); err != nil {
		return c, fmt.Errorf("backproj: model: %w", err)
	}
	width, height := c.image.width, c.image.height
	if c.image.empty() {
		return c, fmt.Errorf("backproj: model: %d×%d has no pixels", width, height)
	}
	if c.masked = mask.Pix != nil; c.masked {
		if c.mask, err = mask.raster(); err != nil {
			return c, fmt.Errorf("backproj: mask: %w", err)
		}
		if c.mask.width != width || c.mask.height != height {
			return c, fmt.Errorf("backproj: mask: %d×%d, but the model is %d×%d",
				c.mask.width, c.mask.height, width, height)
		}
	}
	c.workers = h.Run.workers(height, width*height, c.kernel)
	return c, nil
}

// addTo adds the numbers of pixels to the counts.
func (c *counting) addTo(counts []int64) {
	var merge sync.Mutex
	parallel(c.image.height, c.workers, func(y0, y1 int) {
		var mask *raster
		if c.masked {
			rows := c.mask.rows(y0, y1)
			mask = &rows
		}
		t := newTally(c.plan, c.image.width*(y1-y0))
		defer t.release()
		c.plan.count(c.kernel, t, c.image.rows(y0, y1), mask)
		merge.Lock()
		defer merge.Unlock()
		t.addTo(counts)
	})
}

// count adds the image's pixels, those where mask is not 0 if there is one,
// to the tally.
func (p *plan) count(k *kernel, t *tally, image raster, mask *raster) {
	pixels := newPixelReader(image)
	if mask == nil && pixels.inPlace && image.packed(pixels.format.size) {
		pixels.image = pixels.image.flat()
	}
	width, height := pixels.image.width, pixels.image.height
	if t.indices != nil && mask == nil && p.gate == open {
		run := blockPixels
		if pixels.inPlace {
			run = longRun
		}
		for y := range height {
			for x := 0; x < width; x += run {
				n := min(run, width-x)
				t.expect(n)
				k.count(t.indices, n, pixels.run(x, y, n), pixels.format)
			}
		}
		return
	}
	block := newBlock(min(width, blockPixels), p.needsValues())
	defer block.release()
	for y := range height {
		for x := 0; x < width; x += blockPixels {
			n := min(blockPixels, width-x)
			indices, values := block.convert(k, pixels.run(x, y, n), pixels.format, n)
			if mask != nil {
				indices, values = mask.compact(indices, values, x, y)
			}
			t.count(indices, values)
		}
	}
}

// compact moves the indices and values of those pixels, from (x, y) on, that
// the mask holds to the front and returns them. There may be no values.
func (r *raster) compact(indices []uint16, values []uint8, x, y int) ([]uint16, []uint8) {
	at := r.offset + y*r.row + x*r.pixel
	kept := 0
	for i, index := range indices {
		indices[kept] = index
		if len(values) > 0 {
			values[kept] = values[i]
		}
		if r.pix[at] != 0 {
			kept++
		}
		at += r.pixel
	}
	return indices[:kept], values[:min(kept, len(values))]
}

// A tally counts pixels: those of a large image by their indices, which is
// fast, though there are many to be added up in the end; those of a small one,
// or if the value counts, by their cells.
type tally struct {
	plan    *plan
	indices *indexCounts
	passing [256]uint32 // 1 for the values that pass the gate
	cells   []uint32
	pending int64   // pixels since the last carry
	total   []int64 // what was carried
}

// indexCounts are of the pixels of each index.
type indexCounts [1 << 16]uint32

func (c *indexCounts) add(indices []uint16) {
	for len(indices) >= 4 {
		i := (*[4]uint16)(indices)
		c[i[0]]++
		c[i[1]]++
		c[i[2]]++
		c[i[3]]++
		indices = indices[4:]
	}
	for _, index := range indices {
		c[index]++
	}
}

// manyPixels is from where on counting by index is worth adding up the 46,080
// indices there are: each pixel is faster by some 0.5 ns, and that takes 35 µs.
const manyPixels = 1 << 16

// tallies are of no use between calls, and indexTallies are those with indices.
var (
	tallies      = sync.Pool{New: func() any { return new(tally) }}
	indexTallies = sync.Pool{New: func() any { return &tally{indices: new(indexCounts)} }}
)

func newTally(p *plan, pixels int) *tally {
	if p.binsValue || pixels < manyPixels {
		t := tallies.Get().(*tally)
		t.plan = p
		size := p.cells
		if p.isCompact() {
			size = 2*p.cells + 1 // where what is outside adds up to
		}
		t.cells = slices.Grow(t.cells[:0], size)[:size]
		clear(t.cells)
		return t
	}
	t := indexTallies.Get().(*tally)
	t.plan = p
	clear(t.indices[:])
	clear(t.passing[:])
	for value := int(p.gate.lo); value <= int(p.gate.hi); value++ {
		t.passing[value] = 1
	}
	return t
}

func (t *tally) release() {
	t.pending, t.total = 0, nil
	if t.indices != nil {
		indexTallies.Put(t)
		return
	}
	tallies.Put(t)
}

// expect makes room for n more pixels: no count, which has 32 bits, overflows
// if there are at most math.MaxUint32 between one carry and the next.
func (t *tally) expect(n int) {
	if t.pending += int64(n); t.pending > math.MaxUint32 {
		t.carry()
		t.pending = int64(n)
	}
}

// count adds pixels.
func (t *tally) count(indices []uint16, values []uint8) {
	t.expect(len(indices))
	p := t.plan
	switch {
	case t.indices != nil:
		counts := t.indices
		if p.gate != open {
			for len(indices) >= 4 && len(values) >= 4 {
				i, v := (*[4]uint16)(indices), (*[4]uint8)(values)
				counts[i[0]] += t.passing[v[0]]
				counts[i[1]] += t.passing[v[1]]
				counts[i[2]] += t.passing[v[2]]
				counts[i[3]] += t.passing[v[3]]
				indices, values = indices[4:], values[4:]
			}
			for i, index := range indices {
				counts[index] += t.passing[values[i]]
			}
			return
		}
		counts.add(indices)
	case p.needsValues():
		// The offsets of values are 0 or outside where they only gate.
		values = values[:len(indices)]
		for i, index := range indices {
			if cell := p.hue[index>>8] + p.saturation[uint8(index)] + p.value[values[i]]; cell >= 0 {
				t.cells[cell]++
			}
		}
	case p.isCompact():
		for _, index := range indices {
			t.cells[p.compactHue[index>>8]+p.compactSaturation[uint8(index)]]++
		}
	default:
		for _, index := range indices {
			if cell := p.hue[index>>8] + p.saturation[uint8(index)]; cell >= 0 {
				t.cells[cell]++
			}
		}
	}
}

// carry makes room in the counts, which have 32 bits.
func (t *tally) carry() {
	if t.total == nil {
		t.total = make([]int64, t.plan.cells)
	}
	t.pour(t.total)
	clear(t.cells)
	if t.indices != nil {
		clear(t.indices[:])
	}
	t.pending = 0
}

// addTo adds what was counted.
func (t *tally) addTo(counts []int64) {
	t.pour(counts)
	for cell, n := range t.total {
		counts[cell] += n
	}
}

func (t *tally) pour(counts []int64) {
	for cell, n := range t.cells[:min(len(t.cells), len(counts))] {
		counts[cell] += int64(n)
	}
	if t.indices == nil {
		return
	}
	for hue, first := range t.plan.hue {
		if first < 0 || !validHueByte(hue) {
			continue
		}
		row := (*[256]uint32)(t.indices[hue<<8:])
		for saturation, cell := range t.plan.saturation {
			if cell += first; cell >= 0 {
				counts[cell] += int64(row[saturation])
			}
		}
	}
}
