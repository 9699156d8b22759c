package backproj

import (
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// A lookup is what a kernel looks up to project the pixels of one histogram. It
// holds memory until it is released.
type lookup struct {
	plan   *plan
	direct bool // the kernel projects on its own; otherwise apply does, by indices

	// One of these is looked up: the codebook if the kernel takes the layout's
	// coding; else, in an image of few pixels, the compact table; else the
	// table, by index or, under hsvCoding, by codes; else the cells.
	book    *codebook
	compact *lookupTable // bytes addressed by compactHue + compactSaturation
	table   *lookupTable
	cells   []uint8
	gate    gate // pixels whose values do not pass project to 0

	aligned  *alignedCodebook
	borrowed *[]uint8
}

// tables are lent to histograms that have none of their own.
var tables = sync.Pool{New: func() any { return new([]uint8) }}

// maxCompactPixels is up to where a table made for one call, in some 3 µs, costs
// more than adding up each pixel's compact offsets, which takes some 1 ns.
const maxCompactPixels = 3 << 10

// lookup returns the histogram's lookup for a kernel and so many pixels. If it
// is shared, several histograms are projected by the same indices.
func (h *Histogram) lookup(k *kernel, pixels int, shared bool) (l lookup, err error) {
	p, err := h.projectable()
	if err != nil {
		return lookup{}, err
	}
	l.plan, l.gate = p, p.gate
	coded := k.supports[p.coding] && !shared
	table := h.Table
	if table == nil {
		table = l.borrow(p.tableLen())
		if !coded && p.isCompact() && pixels <= maxCompactPixels {
			l.compact = (*lookupTable)(table)
			saturate(l.compact[:p.cells], h.Values, 1)
			clear(l.compact[p.cells : 2*p.cells+1])
			return l, nil
		}
		saturate(table[len(lookupTable{}):], h.Values, 1)
		if !coded || p.coding == hsvCoding {
			p.fillTable((*lookupTable)(table), table[len(lookupTable{}):])
		}
	}
	l.cells = table[len(lookupTable{}):]
	if !p.binsValue || p.coding == hsvCoding {
		l.table = (*lookupTable)(table)
	}
	if coded {
		l.aligned = codebooks.Get().(*alignedCodebook)
		l.book = l.aligned.codebook()
		p.fillCodebook(l.book, l.cells)
	}
	l.direct = coded || !p.binsValue && !shared
	return l, nil
}

// borrow returns n bytes, whatever was in them before.
func (l *lookup) borrow(n int) []uint8 {
	l.borrowed = tables.Get().(*[]uint8)
	if cap(*l.borrowed) < n {
		*l.borrowed = make([]uint8, n)
	}
	return (*l.borrowed)[:n]
}

// release gives back what the lookup holds.
func (l *lookup) release() {
	if l.aligned != nil {
		codebooks.Put(l.aligned)
	}
	if l.borrowed != nil {
		tables.Put(l.borrowed)
	}
}

// project has the kernel project a row on its own.
func (l *lookup) project(k *kernel, dst, src []byte, format raster.Format) {
	if l.book != nil {
		k.projectCoded(l.plan.coding, dst, src, format, l.book, l.table)
		return
	}
	k.project(dst, src, format, l.table, l.gate)
}

// apply writes what the pixels of these indices and values project to.
func (l *lookup) apply(dst []byte, indices []uint16, values []uint8) {
	dst = dst[:len(indices)]
	p := l.plan
	switch {
	case p.coding == hsvCoding:
		values = values[:len(indices)]
		codes := &p.codes
		for i, index := range indices {
			low := codes.saturation[uint8(index)] | codes.value[values[i]]
			dst[i] = l.table[uint16(codes.hue[index>>8])<<8|uint16(low)]
		}
	case p.binsValue:
		cells, values := l.cells, values[:len(indices)]
		for i, index := range indices {
			// No CPU could predict a branch.
			cell := p.hue[index>>8] + p.saturation[uint8(index)] + p.value[values[i]]
			inside := ^(cell >> 31)
			dst[i] = cells[cell&inside] & uint8(inside)
		}
	case l.compact != nil && l.gate != open:
		values = values[:len(indices)]
		for i, index := range indices {
			value := l.compact[p.compactHue[index>>8]+p.compactSaturation[uint8(index)]]
			dst[i] = value &^ l.gate.rejectMask(values[i])
		}
	case l.compact != nil:
		for i, index := range indices {
			dst[i] = l.compact[p.compactHue[index>>8]+p.compactSaturation[uint8(index)]]
		}
	case l.gate != open:
		values = values[:len(indices)]
		for i, index := range indices {
			dst[i] = l.table[index] &^ l.gate.rejectMask(values[i])
		}
	default:
		for i, index := range indices {
			dst[i] = l.table[index]
		}
	}
}

func (l *lookup) needsValues() bool { return l.plan.needsValues() }
