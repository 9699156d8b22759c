package backproj

import (
	"fmt"
	"sync/atomic"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// A plan is a layout made ready for pixels. The cell of a pixel, the number of its
// bin, is the sum of the offsets of its first, second and third component in the
// space. A pixel is in no bin if that sum is negative.
type plan struct {
	channels             Channels
	space                space
	cells                int
	bins, strides        [3]int // of the components: how many bins, and how many cells apart
	first, second, third [256]int32
	binsThird            bool // the third component is one of the channels
	gate                 gate // which third components must pass, whether or not they are binned

	// The offsets of the first two components again, if the plan isCompact. Here the
	// sum for a pixel that is in no bin is from cells to 2·cells.
	compactFirst, compactSecond [256]uint16

	coding  coding
	bounded bool // pixels are rejected for components that the coding has no codes of
	codes   codebook
	shift   int // the bits of a code that are not the second channel's, or the first one's under pairCoding

	// The bits of a bin's number, under pairCoding and tripleCoding, that are not the
	// first component's. With 8, the first code is just its class.
	rowBits int
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
	set := channelSets[l.Channels]
	p := &plan{channels: l.Channels, space: set.space}
	p.setBins(l)
	p.reject(bounds)
	if p.isCompact() {
		compact(&p.compactFirst, &p.first, p.cells)
		compact(&p.compactSecond, &p.second, p.cells)
	}
	p.setCoding(set.channels, bounds)
	return p, nil
}

// setBins sets the number of bins and the offsets of each component. Those of a
// component that the layout does not have are 0.
func (p *plan) setBins(l Layout) {
	traits, components := &spaceTraits[p.space], l.Channels.components()
	p.cells, p.bins, p.strides = 1, [3]int{1, 1, 1}, [3]int{1, 1, 1}
	for c := len(components) - 1; c >= 0; c-- { // the last channel varies fastest
		place, isHue := traits.places[components[c]], traits.model.isHue(components[c])
		x := axis{l.Bins[c], l.Ranges[c][0], l.Ranges[c][1]}
		offsets := p.offsets(place)
		for i := range offsets {
			value := i
			if isHue {
				value = hueOf(i)
			}
			offsets[i] = outside
			if bin := x.bin(value); bin >= 0 {
				offsets[i] = int32(bin * p.cells)
			}
		}
		p.bins[place], p.strides[place] = x.bins, p.cells
		p.cells *= x.bins
		p.binsThird = p.binsThird || place == 2
	}
}

// offsets returns the offsets of the component at a place of the space.
func (p *plan) offsets(place int) *[256]int32 {
	return [...]*[256]int32{&p.first, &p.second, &p.third}[place]
}

// reject makes all components outside the bounds be in no bin, and sets the gate.
func (p *plan) reject(bounds Bounds) {
	traits := &spaceTraits[p.space]
	p.gate = open
	for c := range traits.model.components() {
		accepted := gate{bounds.Lo[c], bounds.Hi[c]}
		if traits.model.isHue(c) {
			accepted = hueGate(accepted)
		}
		offsets := p.offsets(traits.places[c])
		for i := range offsets {
			if !accepted.accepts(uint8(i)) {
				offsets[i] = outside
			}
		}
		if traits.places[c] == 2 {
			p.gate = accepted
		}
	}
}

// check returns an error unless the plan is for such pixels: those of a grey image
// have no colours.
func (p *plan) check(pixels *raster.Raster) error {
	if pixels.Components == 1 && p.space != grey {
		return fmt.Errorf("field Order: %v has no colours, but the channels are %v", Mono, p.channels)
	}
	return nil
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

// isCompact reports whether cells depend on the first two components alone, and are so
// few that compact offsets add up to less than 1<<16.
func (p *plan) isCompact() bool { return !p.binsThird && p.cells <= 1<<14 }

// needsThird reports whether a pixel's third component matters.
func (p *plan) needsThird() bool { return p.binsThird || p.gate != open }

// tableLen returns the length of a histogram's table.
func (p *plan) tableLen() int { return len(lookupTable{}) + p.cells }
