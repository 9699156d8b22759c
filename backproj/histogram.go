package backproj

import (
	"fmt"
	"sync"
)

// peak is what the fullest bin becomes. It projects to 255.
const peak = 256

// Options are what a histogram may be asked for beside its model. The zero
// value asks for nothing.
type Options struct {
	// Mask has the model's size; only pixels where it is not 0 are counted.
	// A Mask without Pix counts all.
	Mask Plane

	Run Run
}

// A Histogram says how well each hue and saturation fits a model. It has 32
// bins of hue by 32 of saturation, and may be used by several goroutines at
// once while nobody fits it.
//
// Its whole state is in three slices and arrays, which a caller may provide,
// to keep them where it wants, and then Fit; NewHistogram provides them.
type Histogram struct {
	// Counts are the numbers of the model's pixels in the bins, hue-major.
	Counts []int64

	// Values are the counts scaled so that the least is 0 and the greatest
	// 256, as OpenCV's normalize does with NORM_MINMAX.
	Values []float32

	// Table holds the rounded value of every hue and saturation.
	Table *Table

	// Run says how BackProject works.
	Run Run
}

// Bins is the number of bins of a Histogram.
const Bins = 32 * 32

// NewHistogram returns the histogram of the pixels of model. The options may
// be nil.
func NewHistogram(model Image, options *Options) (*Histogram, error) {
	h := &Histogram{
		Counts: make([]int64, Bins),
		Values: make([]float32, Bins),
		Table:  new(Table),
	}
	if options == nil {
		options = new(Options)
	}
	h.Run = options.Run
	if err := h.Fit(model, options.Mask); err != nil {
		return nil, err
	}
	return h, nil
}

// Fit counts the pixels of model where mask is not 0, all of them if the mask
// has no Pix, and overwrites all three parts of h with the result.
func (h *Histogram) Fit(model Image, mask Plane) error {
	k, err := kernelNamed(h.Run.Kernel)
	if err != nil {
		return err
	}
	if len(h.Counts) != Bins || len(h.Values) != Bins || h.Table == nil {
		return fmt.Errorf("backproj: Histogram: %d counts and %d values, not %d, or no table",
			len(h.Counts), len(h.Values), Bins)
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

	clear(h.Counts)
	var merge sync.Mutex
	parallel(image.height, h.Run.workers(image, k), func(y0, y1 int) {
		var tally [Bins]int64
		var rows *raster
		if where != nil {
			r := where.rows(y0, y1)
			rows = &r
		}
		count(k, &tally, image.rows(y0, y1), rows)
		merge.Lock()
		defer merge.Unlock()
		for i, n := range tally {
			h.Counts[i] += n
		}
	})
	normalize(h.Values, h.Counts, peak)
	h.Table.fill(h.Values)
	return nil
}

// count adds the image's pixels, those where mask is not 0 if there is one,
// to tally.
func count(k *kernel, tally *[Bins]int64, image raster, mask *raster) {
	hueBins, saturationBins := hueAxis.table(), saturationAxis.table()
	pixels := newPixelReader(image)
	if mask == nil && pixels.inPlace && image.packed(pixels.format.size) {
		pixels.image = pixels.image.flat()
	}
	width, height := pixels.image.width, pixels.image.height
	indices := make([]uint16, min(width, blockPixels))
	for y := range height {
		for x := 0; x < width; x += blockPixels {
			n := min(blockPixels, width-x)
			block := indices[:n]
			k.index(block, pixels.run(x, y, n), pixels.format)
			if mask != nil {
				block = mask.compact(block, x, y)
			}
			for _, index := range block {
				bin := hueBins[index>>8]*int32(saturationAxis.bins) + saturationBins[index&255]
				tally[bin]++
			}
		}
	}
}

// compact moves the indices of those pixels, from (x, y) on, that the mask
// holds to the front and returns them.
func (r *raster) compact(indices []uint16, x, y int) []uint16 {
	at := r.offset + y*r.row + x*r.pixel
	kept := 0
	for _, index := range indices {
		indices[kept] = index
		if r.pix[at] != 0 {
			kept++
		}
		at += r.pixel
	}
	return indices[:kept]
}
