package backproj

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"
)

// Channels says which channels of HSV a histogram is over.
type Channels int

const (
	HueSaturation      Channels = iota // the default
	Hue                                // as trackers use it
	HueSaturationValue                 // three dimensions
)

// maxCells is the greatest number of bins of a histogram in all: a table of a
// byte for each stays within a CPU's own cache.
const maxCells = 1 << 20

// A Layout says what the bins of a histogram are. The zero value is 32 bins of
// hue by 32 of saturation over all hues and saturations.
type Layout struct {
	Channels Channels

	// Bins are the numbers of bins, 1 to 256, of hue, saturation and value as
	// far as they are among Channels; 0 means 32.
	Bins [3]int

	// Ranges are the lower bounds and, exclusive, the upper ones of hue,
	// saturation and value as far as they are among Channels; two zeros mean
	// all values: 0 to 180 for hue, 0 to 256 for the others. Pixels outside
	// are not counted and project to 0.
	Ranges [3][2]float32

	// InRange, if it is not nil, are bounds outside of which pixels are not
	// counted and project to 0.
	InRange *Bounds
}

// Bounds are the least and the greatest hue, saturation and value that are
// within, all three channels, whichever a histogram is over. If the least hue
// is beyond the greatest, the hues between the two are outside: red is around 0.
type Bounds struct {
	Lo, Hi [3]uint8
}

// dimensions returns how many of hue, saturation and value the channels are.
func (c Channels) dimensions() int {
	return [...]int{2, 1, 3}[c]
}

// Cells returns the number of bins in all, or an error if the layout is none.
func (l Layout) Cells() (int, error) {
	p, err := l.plan()
	if err != nil {
		return 0, err
	}
	return p.cells, nil
}

// outside is the offset of a value that is in no bin: the sum of three offsets
// of which any is outside, or all, is below 0 and an int32.
const outside = -1 << 29

// A plan is a layout made ready for pixels. The cell of a pixel is the sum of
// the offsets of its hue, saturation and value, or none if that is below 0.
type plan struct {
	cells, rowCells        int // in all, and of one hue
	hue, saturation, value [256]int32
	spatial                bool // the value has a part in the cell
	gate                   gate // where it has none, it must pass this all the same
}

// lastPlan saves making the same plan for every frame and model: most programs
// use one layout, and a plan is never changed.
var lastPlan atomic.Pointer[planned]

type planned struct {
	layout Layout // without InRange
	gated  bool
	bounds Bounds // what InRange points to, if gated
	plan   *plan
}

func (l Layout) plan() (*plan, error) {
	gated, bounds := l.InRange != nil, Bounds{}
	if gated {
		bounds = *l.InRange
	}
	key := l
	key.InRange = nil
	if last := lastPlan.Load(); last != nil && last.layout == key && last.gated == gated && last.bounds == bounds {
		return last.plan, nil
	}
	p, err := l.newPlan()
	if err == nil {
		lastPlan.Store(&planned{key, gated, bounds, p})
	}
	return p, err
}

func (l Layout) newPlan() (*plan, error) {
	if l.Channels < HueSaturation || l.Channels > HueSaturationValue {
		return nil, fmt.Errorf("backproj: field Channels: %d is none of them", l.Channels)
	}
	dimensions := l.Channels.dimensions()
	p := &plan{cells: 1, spatial: dimensions == 3, gate: open}
	whole := [3]float32{hues, 256, 256}
	offsets := [3]*[256]int32{&p.hue, &p.saturation, &p.value}
	for c := dimensions - 1; c >= 0; c-- { // the last channel's bins adjoin
		x := axis{l.Bins[c], l.Ranges[c][0], l.Ranges[c][1]}
		if x.bins == 0 {
			x.bins = 32
		}
		if x.lo == 0 && x.hi == 0 {
			x.hi = whole[c]
		}
		if x.bins < 0 || x.bins > 256 {
			return nil, fmt.Errorf("backproj: field Bins: %d, not 1 to 256", x.bins)
		}
		if !(x.lo < x.hi) || math.IsInf(float64(x.hi)-float64(x.lo), 1) {
			return nil, fmt.Errorf("backproj: field Ranges: %v to %v holds nothing", x.lo, x.hi)
		}
		for value := range offsets[c] {
			offsets[c][value] = outside
			if bin := x.bin(value); bin >= 0 {
				offsets[c][value] = int32(bin * p.cells)
			}
		}
		p.rowCells = p.cells
		p.cells *= x.bins
	}
	if p.cells > maxCells {
		return nil, fmt.Errorf("backproj: field Bins: %d in all, more than %d", p.cells, maxCells)
	}
	if l.InRange == nil {
		return p, nil
	}
	lo, hi := l.InRange.Lo, l.InRange.Hi
	if lo[1] > hi[1] || lo[2] > hi[2] {
		return nil, errors.New("backproj: field InRange: the least saturation or value is beyond the greatest")
	}
	for value := range 256 {
		v := uint8(value)
		between := v >= lo[0] && v <= hi[0]
		if lo[0] > hi[0] {
			between = v >= lo[0] || v <= hi[0]
		}
		if !between {
			p.hue[value] = outside
		}
		if v < lo[1] || v > hi[1] {
			p.saturation[value] = outside
		}
		if v < lo[2] || v > hi[2] {
			p.value[value] = outside
		}
	}
	p.gate = gate{lo[2], hi[2]}
	return p, nil
}

// needsValues reports whether a pixel's value matters.
func (p *plan) needsValues() bool { return p.spatial || p.gate != open }

// tableSize is the length of a histogram's table: one entry for each hue and
// saturation, or for each cell.
func (p *plan) tableSize() int {
	if p.spatial {
		return p.cells
	}
	return 1 << 16
}
