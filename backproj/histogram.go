package backproj

import (
	"fmt"
	"math"
)

// Raw is the peak that leaves counts as they are: the value of a bin is the
// number of its pixels.
const Raw = -1

// Options are the optional arguments of NewHistogram and BackProjectModel. The
// zero value has the defaults.
type Options struct {
	// Mask has the size of the model. Only pixels where it is not 0 are
	// counted. A Mask whose Pix is nil counts all pixels.
	Mask Plane

	// Layout says which channels, bins and ranges the histogram has.
	Layout Layout

	// Peak is the value of the fullest bin: a positive number, or Raw for
	// counts as they are. 0 means 256.
	Peak float64

	// Run says how the work is done.
	Run Run
}

// A Histogram says how common each colour is in a model. Several goroutines may
// use it at once while none of them changes it.
//
// NewHistogram makes one. To keep its slices in memory of your own, make it of
// these and of a Layout, and call Fit:
//
//	cells, err := layout.Cells()
//	...
//	h := &backproj.Histogram{
//		Layout: layout,
//		Counts: make([]int64, cells),
//		Values: make([]float32, cells),
//	}
//	_, err = h.Fit(model, backproj.Plane{}, 0)
//
// Other methods do the work of Fit step by step. Add counts pixels. Normalize
// computes the Values from the Counts, and also the Table if there is one.
// Tabulate computes the Table from the Values. So call Normalize after the last
// Add, and Tabulate after you change Values yourself.
type Histogram struct {
	Layout Layout

	// Counts holds the number of pixels of the model in each bin, in row-major
	// order: the last channel varies fastest. Its length is Layout.Cells.
	Counts []int64

	// Values holds what pixels in each bin project to, before rounding. They are
	// the counts, scaled so that the least becomes 0 and the greatest the peak,
	// as by OpenCV's normalize with NORM_MINMAX. The length is that of Counts.
	Values []float32

	// Table holds the rounded values, arranged for fast lookups. If it is nil,
	// each back projection makes its own. Otherwise its length is
	// Layout.TableLen, and back projections use it instead of Values.
	Table []uint8

	// Run says how the methods do their work.
	Run Run
}

// NewHistogram returns the histogram of a model, an image of what is looked
// for. The options may be nil.
func NewHistogram(model Image, options *Options) (*Histogram, error) {
	if options == nil {
		options = new(Options)
	}
	plan, err := options.Layout.plan()
	if err != nil {
		return nil, err
	}
	h := &Histogram{
		Layout: options.Layout.clone(),
		Counts: make([]int64, plan.cells),
		Values: make([]float32, plan.cells),
		Table:  make([]uint8, plan.tableLen()),
		Run:    options.Run,
	}
	if _, err := h.Fit(model, options.Mask, options.Peak); err != nil {
		return nil, err
	}
	return h, nil
}

// Fit makes h the histogram of a model, whatever it was before. It counts the
// pixels of model where mask is not 0, or all of them if the mask has no Pix, and
// then normalizes the counts: see Normalize. It returns the number of pixels in
// the fullest bin, which is 0 if no pixel was counted. If it returns an error, h
// has not changed.
func (h *Histogram) Fit(model Image, mask Plane, peak float64) (fullest int64, err error) {
	c, err := h.counting(model, mask)
	if err != nil {
		return 0, err
	}
	if peak, err = checkPeak(peak); err != nil {
		return 0, err
	}
	clear(h.Counts)
	c.addTo(h.Counts)
	return h.normalize(c.plan, peak), nil
}

// Normalize computes the values from the counts, and also the table if there is
// one. It scales the counts so that the least becomes 0 and the greatest becomes
// peak, a positive number; 0 means 256. If all counts are equal, all values are 0.
// If peak is Raw, the values are the counts.
func (h *Histogram) Normalize(peak float64) error {
	p, err := h.countable()
	if err != nil {
		return err
	}
	if peak, err = checkPeak(peak); err != nil {
		return err
	}
	h.normalize(p, peak)
	return nil
}

// normalize does the work of Normalize, whose arguments are checked. It returns
// the greatest count.
func (h *Histogram) normalize(p *plan, peak float64) (most int64) {
	if peak == Raw {
		for i, count := range h.Counts {
			h.Values[i] = float32(count)
			most = max(most, count)
		}
	} else {
		most = normalize(h.Values, h.Counts, peak)
	}
	if h.Table != nil {
		p.tabulate(h.Table, h.Values, 1)
	}
	return most
}

// checkPeak returns the peak that the argument stands for.
func checkPeak(peak float64) (float64, error) {
	switch {
	case peak == 0:
		return 256, nil
	case peak == Raw, peak > 0 && peak <= math.MaxFloat64:
		return peak, nil
	}
	return 0, fmt.Errorf("backproj: peak: %v is not positive and finite, nor Raw", peak)
}

// Tabulate computes the table from the values, each times scale, rounded half to
// even and limited to 0 to 255.
func (h *Histogram) Tabulate(scale float32) error {
	p, err := h.projectable()
	if err != nil {
		return err
	}
	if h.Table == nil {
		return h.tableError(p)
	}
	p.tabulate(h.Table, h.Values, scale)
	return nil
}

// projectable returns the plan of the layout, or an error unless the values,
// and the table if there is one, have the lengths that it says.
func (h *Histogram) projectable() (*plan, error) {
	p, err := h.Layout.plan()
	if err != nil {
		return nil, err
	}
	if len(h.Values) != p.cells {
		return nil, fmt.Errorf("backproj: Histogram: field Values: %d, not %d", len(h.Values), p.cells)
	}
	if h.Table != nil && len(h.Table) != p.tableLen() {
		return nil, h.tableError(p)
	}
	return p, nil
}

// countable is as projectable, and checks the length of the counts as well.
func (h *Histogram) countable() (*plan, error) {
	p, err := h.Layout.plan()
	if err != nil {
		return nil, err
	}
	if len(h.Counts) != p.cells {
		return nil, fmt.Errorf("backproj: Histogram: field Counts: %d, not %d", len(h.Counts), p.cells)
	}
	return h.projectable()
}

func (h *Histogram) tableError(p *plan) error {
	return fmt.Errorf("backproj: Histogram: field Table: %d bytes, not %d", len(h.Table), p.tableLen())
}
