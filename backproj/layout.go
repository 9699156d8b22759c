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
	switch c {
	case Hue:
		return 1
	case HueSaturation:
		return 2
	}
	return 3
}

// Cells returns the number of bins in all, or an error if the layout is none.
func (l Layout) Cells() (int, error) {
	p, err := l.plan()
	if err != nil {
		return 0, err
	}
	return p.cells, nil
}

// TableLen returns the length of the table of a histogram with this layout, or
// an error if the layout is invalid.
func (l Layout) TableLen() (int, error) {
	p, err := l.plan()
	if err != nil {
		return 0, err
	}
	return p.tableLen(), nil
}

// Equal reports whether the layouts have the same channels, bins and ranges, and
// reject the same pixels, whether their defaults are written out or not.
func (l Layout) Equal(other Layout) bool {
	return l.explicit() == other.explicit() && l.bounds() == other.bounds()
}

// explicit returns the layout with its defaults written out, without the bins
// and ranges of channels that it does not have, and without InRange.
func (l Layout) explicit() Layout {
	l.InRange = nil
	whole := [3]float32{hues, 256, 256}
	for c := range whole {
		if c >= l.Channels.dimensions() {
			l.Bins[c], l.Ranges[c] = 0, [2]float32{}
			continue
		}
		if l.Bins[c] == 0 {
			l.Bins[c] = 32
		}
		if l.Ranges[c] == [2]float32{} {
			l.Ranges[c][1] = whole[c]
		}
	}
	return l
}

// bounds returns the bounds of InRange, or those that all pixels are within.
func (l Layout) bounds() Bounds {
	if l.InRange == nil {
		return Bounds{Hi: [3]uint8{255, 255, 255}}
	}
	return *l.InRange
}

// clone returns a layout that does not depend on memory of the caller's.
func (l Layout) clone() Layout {
	if l.InRange != nil {
		bounds := *l.InRange
		l.InRange = &bounds
	}
	return l
}

// outside is the offset of a value that is in no bin: the sum of three offsets
// of which any is outside, or all, is below 0 and an int32.
const outside = -1 << 29

// A plan is a layout made ready for pixels. The cell of a pixel is the sum of
// the offsets of its hue, as kernels have it, saturation and value, or none if
// that is below 0.
type plan struct {
	cells                  int
	bins, strides          [3]int // of hue, saturation and value: how many, and how many cells apart
	hue, saturation, value [256]int32
	binsValue              bool // the value is one of the channels
	gate                   gate // which values must pass, whether or not they are binned

	// The offsets of hue and saturation, if the plan isCompact. Where one is
	// outside, the sum is from cells to 2·cells.
	compactHue, compactSaturation [256]uint16

	coding coding
	codes  codebook
	shift  int // the bits of a code that are not the first channel's
}

// plans saves making the same plan for every frame and model: most programs
// use a few layouts, and a plan is never changed.
var (
	plans    [8]atomic.Pointer[planned]
	nextPlan atomic.Uint32
)

type planned struct {
	key  planKey
	plan *plan
}

type planKey struct {
	layout Layout // without InRange
	gated  bool
	bounds Bounds // what InRange points to, if gated
}

func (l Layout) plan() (*plan, error) {
	key := planKey{layout: l}
	if l.InRange != nil {
		key.gated, key.bounds = true, *l.InRange
	}
	key.layout.InRange = nil
	for i := range plans {
		if known := plans[i].Load(); known != nil && known.key == key {
			return known.plan, nil
		}
	}
	p, err := l.newPlan()
	if err == nil {
		plans[nextPlan.Add(1)%uint32(len(plans))].Store(&planned{key, p})
	}
	return p, err
}

func (l Layout) newPlan() (*plan, error) {
	if l.Channels < HueSaturation || l.Channels > HueSaturationValue {
		return nil, fmt.Errorf("backproj: field Channels: %d is none of them", l.Channels)
	}
	dimensions, explicit, bounds := l.Channels.dimensions(), l.explicit(), l.bounds()
	p := &plan{cells: 1, bins: [3]int{1, 1, 1}, strides: [3]int{1, 1, 1}, binsValue: dimensions == 3, gate: open}
	offsets := [3]*[256]int32{&p.hue, &p.saturation, &p.value}
	for c := dimensions - 1; c >= 0; c-- { // the last channel's bins adjoin
		x := axis{explicit.Bins[c], explicit.Ranges[c][0], explicit.Ranges[c][1]}
		if x.bins < 0 || x.bins > 256 {
			return nil, fmt.Errorf("backproj: field Bins: %d, not 1 to 256", x.bins)
		}
		if !(x.lo < x.hi) || math.IsInf(float64(x.hi)-float64(x.lo), 1) {
			return nil, fmt.Errorf("backproj: field Ranges: %v to %v holds nothing", x.lo, x.hi)
		}
		for i := range offsets[c] {
			value := i
			if c == 0 {
				value = hueOf(i)
			}
			offsets[c][i] = outside
			if bin := x.bin(value); bin >= 0 {
				offsets[c][i] = int32(bin * p.cells)
			}
		}
		p.bins[c], p.strides[c] = x.bins, p.cells
		p.cells *= x.bins
	}
	if p.cells > maxCells {
		return nil, fmt.Errorf("backproj: field Bins: %d in all, more than %d", p.cells, maxCells)
	}
	lo, hi := bounds.Lo, bounds.Hi
	if lo[1] > hi[1] || lo[2] > hi[2] {
		return nil, errors.New("backproj: field InRange: the least saturation or value is beyond the greatest")
	}
	for value := range 256 {
		h, v := uint8(hueOf(value)), uint8(value)
		between := h >= lo[0] && h <= hi[0]
		if lo[0] > hi[0] {
			between = h >= lo[0] || h <= hi[0]
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
	if p.isCompact() {
		for i := range 256 {
			p.compactHue[i], p.compactSaturation[i] = uint16(p.cells), uint16(p.cells)
			if p.hue[i] >= 0 {
				p.compactHue[i] = uint16(p.hue[i])
			}
			if p.saturation[i] >= 0 {
				p.compactSaturation[i] = uint16(p.saturation[i])
			}
		}
	}
	p.setCoding(l.Channels, bounds)
	return p, nil
}

// isCompact reports whether cells are few enough to be added up in 16 bits.
func (p *plan) isCompact() bool { return !p.binsValue && p.cells <= 1<<14 }

// needsValues reports whether a pixel's value matters.
func (p *plan) needsValues() bool { return p.binsValue || p.gate != open }

// tableLen is the length of a histogram's table.
func (p *plan) tableLen() int { return len(lookupTable{}) + p.cells }
