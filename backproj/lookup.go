package backproj

import (
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// A lookup is what a kernel looks up to project the pixels of one histogram. It
// holds memory until it is released.
type lookup struct {
	plan   *plan
	direct bool // the kernel reads pixels and writes results; otherwise apply looks up indices
	gate   gate // pixels whose values it rejects project to 0

	// What is looked up, of which the first that is not nil is used.
	book    *codebook    // if the kernel supports the layout's coding
	compact *lookupTable // for small images: bytes addressed by compactHue + compactSaturation
	table   *lookupTable // by index; under hsvCoding, by codes
	cells   []uint8      // by cell

	aligned  *alignedCodebook
	borrowed *[]uint8
}

// tables are lent to histograms that have no table of their own.
var tables = sync.Pool{New: func() any { return new([]uint8) }}

// maxCompactPixels is the number of pixels up to which it is faster to add compact
// offsets, at about 1 ns a pixel, than to fill in a table, which takes about 3 µs.
const maxCompactPixels = 3 << 10

// lookup returns the lookup of the histogram for a kernel and so many pixels. If
// shared, it is for indices that several histograms share.
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

// borrow returns n bytes with any contents.
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

// project has the kernel project a row of pixels. The lookup must be direct.
func (l *lookup) project(k *kernel, dst, src []byte, format raster.Format) {
	if l.book != nil {
		k.projectCoded(l.plan.coding, dst, src, format, l.book, l.table)
		return
	}
	k.project(dst, src, format, l.table, l.gate)
}

// apply writes what pixels with these indices and values project to. The lookup
// must not be direct.
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
			// This has no branch because no CPU could predict it.
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
