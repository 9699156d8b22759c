package backproj

import "fmt"

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

	// Table holds the rounded values as BackProject looks them up. If it is
	// nil, each call makes its own.
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
	if _, err := h.fit(model, options); err != nil {
		return nil, err
	}
	return h, h.Tabulate(1)
}

// fit counts the model and makes the values. It returns the greatest count.
func (h *Histogram) fit(model Image, options *Options) (most int64, err error) {
	if err := h.Add(model, options.Mask); err != nil {
		return 0, err
	}
	peak := options.Peak
	if peak == 0 {
		peak = 256
	}
	if options.Raw {
		peak = 0
	}
	return h.normalize(peak)
}

// Normalize makes the values of the counts: scaled so that the least becomes 0
// and the greatest peak, or as they are if peak is 0.
func (h *Histogram) Normalize(peak float64) error {
	_, err := h.normalize(peak)
	return err
}

func (h *Histogram) normalize(peak float64) (most int64, err error) {
	if _, err := h.plan(true); err != nil {
		return 0, err
	}
	if peak == 0 {
		for i, count := range h.Counts {
			h.Values[i] = float32(count)
			most = max(most, count)
		}
		return most, nil
	}
	return normalize(h.Values, h.Counts, peak), nil
}

// Tabulate makes the table of the values, each times scale. BackProject goes by
// the table alone, if there is one.
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
