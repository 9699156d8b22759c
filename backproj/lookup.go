package backproj

import (
	"fmt"
	"sync"
)

// A lookup says how a kernel finds what a histogram's pixels project to. It
// holds memory until it is released.
type lookup struct {
	plan *plan

	book  *codebook // if the kernel takes the layout's coding
	table *Table    // else by index; under hsvCoding, by the codes
	gate  gate      // only values that pass it project to anything
	few   *Table    // or, of few pixels, by what the plan's compact offsets come to
	cells []uint8   // else by cell

	aligned  *alignedCodebook
	borrowed *[]uint8
}

// tables are lent to histograms that have none of their own.
var tables = sync.Pool{New: func() any { return new([]uint8) }}

// fewPixels is up to where a Table made for one call, in some 3 µs, costs more
// than adding up each pixel's offsets, which takes some 1 ns.
const fewPixels = 3 << 10

// lookup returns the histogram's lookup for a kernel and so many pixels.
func (h *Histogram) lookup(k *kernel, pixels int) (l lookup, err error) {
	p, err := h.plan(false)
	if err != nil {
		return lookup{}, err
	}
	l.plan, l.gate = p, p.gate
	coded := k.supports[p.coding]
	table := h.Table
	switch {
	case len(table) == p.tableSize():
	case table != nil:
		return lookup{}, fmt.Errorf("backproj: Histogram: field Table: %d bytes, not %d", len(table), p.tableSize())
	default:
		l.borrowed = tables.Get().(*[]uint8)
		if cap(*l.borrowed) < p.tableSize() {
			*l.borrowed = make([]uint8, p.tableSize())
		}
		table = (*l.borrowed)[:p.tableSize()]
		if !coded && p.isCompact() && pixels <= fewPixels {
			l.few = (*Table)(table)
			saturate(l.few[:p.cells], h.Values, 1)
			clear(l.few[p.cells : 2*p.cells+1])
			return l, nil
		}
		saturate(table[len(Table{}):], h.Values, 1)
		if !coded || p.coding == hsvCoding {
			p.fillTable((*Table)(table), table[len(Table{}):])
		}
	}
	l.cells = table[len(Table{}):]
	if !p.spatial || p.coding == hsvCoding {
		l.table = (*Table)(table)
	}
	if coded {
		l.aligned = codebooks.Get().(*alignedCodebook)
		l.book = l.aligned.codebook()
		p.fillCodebook(l.book, l.cells)
	}
	return l, nil
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

// direct reports whether the kernel projects on its own, without indices.
func (l *lookup) direct() bool { return l.book != nil || l.few == nil && !l.plan.spatial }

// project has the kernel project a row on its own.
func (l *lookup) project(k *kernel, dst, src []byte, format pixelFormat) {
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
	case p.spatial:
		cells, values := l.cells, values[:len(indices)]
		for i, index := range indices {
			// No CPU could predict a branch.
			cell := p.hue[index>>8] + p.saturation[uint8(index)] + p.value[values[i]]
			inside := ^(cell >> 31)
			dst[i] = cells[cell&inside] & uint8(inside)
		}
	case l.few != nil && l.gate != open:
		values = values[:len(indices)]
		for i, index := range indices {
			value := l.few[p.compactHue[index>>8]+p.compactSaturation[uint8(index)]]
			dst[i] = value &^ l.gate.rejectMask(values[i])
		}
	case l.few != nil:
		for i, index := range indices {
			dst[i] = l.few[p.compactHue[index>>8]+p.compactSaturation[uint8(index)]]
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
