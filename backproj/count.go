package backproj

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// Add adds the pixels of model where mask is not 0, or all of them if the mask
// has no Pix, to the counts. The values and the table stay as they are: call
// Normalize when all models are added.
func (h *Histogram) Add(model Image, mask Plane) error {
	c, err := h.counting(model, mask)
	if err != nil {
		return err
	}
	pixels := int64(c.image.Width) * int64(c.image.Height)
	if most := slices.Max(h.Counts); most > math.MaxInt64-pixels {
		return fmt.Errorf("backproj: Histogram: field Counts: %d and %d pixels more overflow an int64", most, pixels)
	}
	c.addTo(h.Counts)
	return nil
}

// A counting has the checked arguments for counting the pixels of a model.
type counting struct {
	plan    *plan
	kernel  *kernel
	image   raster.Raster
	mask    raster.Raster // if it is masked
	masked  bool
	workers int
}

// counting checks the arguments for counting a model.
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
	if err = c.plan.check(&c.image); err != nil {
		return c, fmt.Errorf("backproj: model: %w", err)
	}
	width, height := c.image.Width, c.image.Height
	if c.image.Empty() {
		return c, fmt.Errorf("backproj: model: %d×%d has no pixels", width, height)
	}
	if c.masked = mask.Pix != nil; c.masked {
		if c.mask, err = mask.raster(); err != nil {
			return c, fmt.Errorf("backproj: mask: %w", err)
		}
		if c.mask.Width != width || c.mask.Height != height {
			return c, fmt.Errorf("backproj: mask: %d×%d, but the model is %d×%d",
				c.mask.Width, c.mask.Height, width, height)
		}
	}
	c.workers = h.Run.workers(height, width*height, c.kernel)
	return c, nil
}

// addTo counts the pixels and adds their numbers to counts.
func (c *counting) addTo(counts []int64) {
	if c.workers > 1 {
		c.addInParallel(counts)
		return
	}
	t := c.tally(0, c.image.Height)
	defer t.release()
	t.addTo(counts)
}

// addInParallel does the work of addTo by several workers. It takes a copy of c,
// which the closure moves to the heap: small models need no allocation for it.
func (c counting) addInParallel(counts []int64) {
	var merge sync.Mutex
	parallel(c.image.Height, c.workers, func(y0, y1 int) {
		t := c.tally(y0, y1)
		defer t.release()
		merge.Lock()
		defer merge.Unlock()
		t.addTo(counts)
	})
}

// tally counts the pixels of rows y0 to y1. The caller releases the tally.
func (c *counting) tally(y0, y1 int) *tally {
	t := newTally(c.plan, c.image.Width*(y1-y0))
	if c.masked {
		mask := c.mask.Rows(y0, y1)
		c.plan.count(c.kernel, t, c.image.Rows(y0, y1), &mask)
	} else {
		c.plan.count(c.kernel, t, c.image.Rows(y0, y1), nil)
	}
	return t
}

// count adds the pixels of an image, those where mask is not 0 if there is one, to
// the tally.
func (p *plan) count(k *kernel, t *tally, image raster.Raster, mask *raster.Raster) {
	reader := raster.NewReader(image, blockPixels)
	c := &k.spaces[p.space.of(reader.Format.Size)]
	if mask == nil && reader.InPlace && reader.Packed(reader.Format.Size) {
		reader.Raster = reader.Flat()
	}
	if t.indices != nil && mask == nil && p.gate == open {
		countRuns(&reader, func(n int, src []byte) {
			t.expect(n)
			c.count(t.indices, n, src, reader.Format)
		})
		return
	}
	if len(t.fours) > 0 && mask == nil && p.space == blueGreen {
		countRuns(&reader, func(n int, src []byte) { t.countBytes(n, src, reader.Format) })
		return
	}
	block := newBlock(min(reader.Width, blockPixels), p.needsThird())
	defer block.release()
	for y := range reader.Height {
		for x := 0; x < reader.Width; x += blockPixels {
			n := min(blockPixels, reader.Width-x)
			indices, thirds := block.convert(c, reader.Run(x, y, n), reader.Format, n)
			if mask != nil {
				indices, thirds = keep(indices, thirds, mask, x, y)
			}
			t.count(indices, thirds)
		}
	}
}

// countRuns calls count for all pixels, a run of a row at a time.
func countRuns(reader *raster.Reader, count func(n int, src []byte)) {
	run := blockPixels
	if reader.InPlace {
		run = maxRunPixels
	}
	for y := range reader.Height {
		for x := 0; x < reader.Width; x += run {
			n := min(run, reader.Width-x)
			count(n, reader.Run(x, y, n))
		}
	}
}

// keep moves the indices and third components of those pixels, from (x, y) on, where
// the mask is not 0 to the front, and returns them. There may be no third components.
func keep(indices []uint16, thirds []uint8, mask *raster.Raster, x, y int) ([]uint16, []uint8) {
	at := mask.Offset + y*mask.Row + x*mask.Pixel
	kept := 0
	for i, index := range indices {
		indices[kept] = index
		if len(thirds) > 0 {
			thirds[kept] = thirds[i]
		}
		if mask.Pix[at] != 0 {
			kept++
		}
		at += mask.Pixel
	}
	return indices[:kept], thirds[:min(kept, len(thirds))]
}
