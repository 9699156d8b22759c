package backproj

import "sync/atomic"

// A plan is a layout made ready for pixels. The cell of a pixel, the number of its
// bin, is the sum of the offsets of its hue byte, saturation and value. A pixel is
// in no bin if that sum is negative.
type plan struct {
	cells                  int
	bins, strides          [3]int // of hue, saturation and value: how many bins, and how many cells apart
	hue, saturation, value [256]int32
	binsValue              bool // the value is one of the channels
	gate                   gate // which values must pass, whether or not they are binned

	// The offsets of hue and saturation again, if the plan isCompact. Here the
	// sum for a pixel that is in no bin is from cells to 2·cells.
	compactHue, compactSaturation [256]uint16

	coding coding
	codes  codebook
	shift  int // the bits of a code that are not the first channel's
}

// outside is the offset of what is in no bin. It is so negative that any sum that
// contains it is negative, and the sum of three fits an int32.
const outside = -1 << 29

// plans caches the last few plans, which take longer to make than a small frame
// takes to project. They are shared and never changed.
var (
	plans    [8]atomic.Pointer[cachedPlan]
	nextPlan atomic.Uint32
)

type cachedPlan struct {
	key  planKey
	plan *plan
}

type planKey struct {
	layout Layout // without InRange
	gated  bool
	bounds Bounds // what InRange points to, if gated
}

// plan returns the layout's plan, or an error if the layout is invalid.
func (l Layout) plan() (*plan, error) {
	key := planKey{layout: l}
	if l.InRange != nil {
		key.gated, key.bounds = true, *l.InRange
	}
	key.layout.InRange = nil
	for i := range plans {
		if cached := plans[i].Load(); cached != nil && cached.key == key {
			return cached.plan, nil
		}
	}
	p, err := newPlan(l.explicit(), l.bounds())
	if err == nil {
		plans[nextPlan.Add(1)%uint32(len(plans))].Store(&cachedPlan{key, p})
	}
	return p, err
}

// newPlan returns the plan of an explicit layout with these bounds.
func newPlan(l Layout, bounds Bounds) (*plan, error) {
	if err := l.check(bounds); err != nil {
		return nil, err
	}
	p := &plan{gate: gate{bounds.Lo[2], bounds.Hi[2]}, binsValue: l.Channels == HueSaturationValue}
	p.setBins(l)
	p.reject(bounds)
	if p.isCompact() {
		compact(&p.compactHue, &p.hue, p.cells)
		compact(&p.compactSaturation, &p.saturation, p.cells)
	}
	p.setCoding(l.Channels, bounds)
	return p, nil
}

// setBins sets the number of bins and the offsets of each channel. Those of a
// channel that the layout does not have are 0.
func (p *plan) setBins(l Layout) {
	p.cells, p.bins, p.strides = 1, [3]int{1, 1, 1}, [3]int{1, 1, 1}
	offsets := [3]*[256]int32{&p.hue, &p.saturation, &p.value}
	for c := l.Channels.dimensions() - 1; c >= 0; c-- { // the last channel varies fastest
		x := axis{l.Bins[c], l.Ranges[c][0], l.Ranges[c][1]}
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
}

// reject makes all hues, saturations and values outside the bounds be in no bin.
func (p *plan) reject(bounds Bounds) {
	lo, hi := bounds.Lo, bounds.Hi
	for i := range 256 {
		hue, value := uint8(hueOf(i)), uint8(i)
		inside := hue >= lo[0] && hue <= hi[0]
		if lo[0] > hi[0] {
			inside = hue >= lo[0] || hue <= hi[0]
		}
		if !inside {
			p.hue[i] = outside
		}
		if value < lo[1] || value > hi[1] {
			p.saturation[i] = outside
		}
		if value < lo[2] || value > hi[2] {
			p.value[i] = outside
		}
	}
}

// compact writes the compact offsets that stand for offsets.
func compact(dst *[256]uint16, offsets *[256]int32, cells int) {
	for i, offset := range offsets {
		dst[i] = uint16(cells)
		if offset >= 0 {
			dst[i] = uint16(offset)
		}
	}
}

// isCompact reports whether cells depend on hue and saturation alone, and are so
// few that compact offsets add up to less than 1<<16.
func (p *plan) isCompact() bool { return !p.binsValue && p.cells <= 1<<14 }

// needsValues reports whether a pixel's value matters.
func (p *plan) needsValues() bool { return p.binsValue || p.gate != open }

// tableLen returns the length of a histogram's table.
func (p *plan) tableLen() int { return len(lookupTable{}) + p.cells }
