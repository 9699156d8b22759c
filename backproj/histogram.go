package backproj

import (
	"fmt"
	"sync"
)

// Options are what a histogram may be asked for beside its model. The zero
// value asks for nothing.
type Options struct {
	// Mask has the model's size; only pixels where it is not 0 are counted.
	// A Mask without Pix counts all.
	Mask Plane

	Layout Layout

	// Peak is what the fullest bin becomes; 0 means 256. Raw leaves the counts
	// as they are.
	Peak float64
	Raw  bool

	Run Run
}

// A Histogram says how well each colour fits a model. It may be used by
// several goroutines at once while nobody changes it.
//
// All that it knows of a model is in three slices, which a caller may provide,
// to keep them where it wants, and then Add, Normalize and Tabulate;
// NewHistogram does all that.
type Histogram struct {
	Layout Layout

	// Counts are the numbers of the model's pixels in the bins. The channels
	// are in the order of HSV, the bins of the last one adjoin.
	Counts []int64

	// Values are the counts scaled so that the least is 0 and the greatest
	// the peak, as OpenCV's normalize does with NORM_MINMAX.
	Values []float32

	// Table holds the rounded values: of every hue and saturation, as a Table,
	// or, for three channels, of every bin.
	Table []uint8

	// Run says how the methods work.
	Run Run
}

// Bins is the number of bins of a Histogram whose Layout is the zero value.
const Bins = 32 * 32

// NewHistogram returns the histogram of the pixels of model. The options may
// be nil.
func NewHistogram(model Image, options *Options) (*Histogram, error) {
	if options == nil {
		options = new(Options)
	}
	plan, err := options.Layout.plan()
	if err != nil {
		return nil, err
	}
	h := &Histogram{
		Layout: options.Layout,
		Counts: make([]int64, plan.cells),
		Values: make([]float32, plan.cells),
		Table:  make([]uint8, plan.tableSize()),
		Run:    options.Run,
	}
	if err := h.Add(model, options.Mask); err != nil {
		return nil, err
	}
	peak := options.Peak
	if peak == 0 {
		peak = 256
	}
	if options.Raw {
		peak = 0
	}
	if err := h.Normalize(peak); err != nil {
		return nil, err
	}
	return h, h.Tabulate(1)
}

// Normalize makes the values of the counts: scaled so that the least becomes 0
// and the greatest peak, or as they are if peak is 0.
func (h *Histogram) Normalize(peak float64) error {
	if _, err := h.plan(true); err != nil {
		return err
	}
	if peak == 0 {
		for i, count := range h.Counts {
			h.Values[i] = float32(count)
		}
		return nil
	}
	normalize(h.Values, h.Counts, peak)
	return nil
}

// Tabulate makes the table of the values, each times scale. Only then does
// BackProject know them.
func (h *Histogram) Tabulate(scale float32) error {
	p, err := h.plan(false)
	if err != nil {
		return err
	}
	if len(h.Table) != p.tableSize() {
		return fmt.Errorf("backproj: Histogram: field Table: %d bytes, not %d", len(h.Table), p.tableSize())
	}
	p.tabulate(h.Table, h.Values, scale)
	return nil
}

// plan returns the plan of the layout, if the values, and perhaps the counts,
// are as many as it says.
func (h *Histogram) plan(counts bool) (*plan, error) {
	p, err := h.Layout.plan()
	if err != nil {
		return nil, err
	}
	if counts && len(h.Counts) != p.cells {
		return nil, fmt.Errorf("backproj: Histogram: field Counts: %d, not %d", len(h.Counts), p.cells)
	}
	if len(h.Values) != p.cells {
		return nil, fmt.Errorf("backproj: Histogram: field Values: %d, not %d", len(h.Values), p.cells)
	}
	return p, nil
}

// Add adds the pixels of model where mask is not 0, all of them if the mask
// has no Pix, to the counts.
func (h *Histogram) Add(model Image, mask Plane) error {
	k, err := kernelNamed(h.Run.Kernel)
	if err != nil {
		return err
	}
	p, err := h.plan(true)
	if err != nil {
		return err
	}
	image, err := model.raster()
	if err != nil {
		return fmt.Errorf("backproj: model: %w", err)
	}
	if image.empty() {
		return fmt.Errorf("backproj: model: %d×%d has no pixels", image.width, image.height)
	}
	var where *raster
	if mask.Pix != nil {
		m, err := mask.raster()
		if err != nil {
			return fmt.Errorf("backproj: mask: %w", err)
		}
		if m.width != image.width || m.height != image.height {
			return fmt.Errorf("backproj: mask: %d×%d, but the model is %d×%d",
				m.width, m.height, image.width, image.height)
		}
		where = &m
	}
	var merge sync.Mutex
	parallel(image.height, h.Run.workers(image, k), func(y0, y1 int) {
		var rows *raster
		if where != nil {
			r := where.rows(y0, y1)
			rows = &r
		}
		tally := make([]int64, p.cells)
		p.count(k, tally, image.rows(y0, y1), rows)
		merge.Lock()
		defer merge.Unlock()
		for i, n := range tally {
			h.Counts[i] += n
		}
	})
	return nil
}

// count adds the image's pixels, those where mask is not 0 if there is one,
// to tally.
func (p *plan) count(k *kernel, tally []int64, image raster, mask *raster) {
	pixels := newPixelReader(image)
	if mask == nil && pixels.inPlace && image.packed(pixels.format.size) {
		pixels.image = pixels.image.flat()
	}
	width, height := pixels.image.width, pixels.image.height
	block := newBlock(min(width, blockPixels), p.needsValues())
	for y := range height {
		for x := 0; x < width; x += blockPixels {
			n := min(blockPixels, width-x)
			indices, values := block.index(k, &pixels, x, y, n)
			if mask != nil {
				indices, values = mask.compact(indices, values, x, y)
			}
			p.countBlock(tally, indices, values)
		}
	}
}

func (p *plan) countBlock(tally []int64, indices []uint16, values []uint8) {
	if !p.needsValues() {
		for _, index := range indices {
			if cell := p.hue[index>>8] + p.saturation[uint8(index)]; cell >= 0 {
				tally[cell]++
			}
		}
		return
	}
	// The offsets of values are 0 or outside where they only gate.
	values = values[:len(indices)]
	for i, index := range indices {
		cell := p.hue[index>>8] + p.saturation[uint8(index)] + p.value[values[i]]
		if cell >= 0 {
			tally[cell]++
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
