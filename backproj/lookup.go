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
	table *Table    // else by index; of a layout that is pairCoded, by its codes
	gate  gate      // only values that pass it project to anything
	cells []uint8   // else by cell

	aligned  *alignedCodebook
	borrowed *[]uint8
}

// tables are lent to histograms that have none of their own.
var tables = sync.Pool{New: func() any { return new([]uint8) }}

// lookup returns the histogram's lookup for a kernel.
func (h *Histogram) lookup(k *kernel) (l lookup, err error) {
	p, err := h.plan(false)
	if err != nil {
		return lookup{}, err
	}
	l.plan, l.gate = p, p.gate
	coded := k.projectCoded != nil && p.coding != uncoded
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
		saturate(table[len(Table{}):], h.Values, 1)
		if !coded || p.coding == pairCoded {
			p.index((*Table)(table), table[len(Table{}):])
		}
	}
	l.cells = table[len(Table{}):]
	if !p.spatial || p.coding == pairCoded {
		l.table = (*Table)(table)
	}
	if coded {
		l.aligned = codebooks.Get().(*alignedCodebook)
		l.book = l.aligned.codebook()
		p.fill(l.book, l.cells)
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
func (l *lookup) direct() bool { return l.book != nil || !l.plan.spatial }

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
	switch {
	case l.plan.coding == pairCoded:
		values = values[:len(indices)]
		codes := &l.plan.codes
		for i, index := range indices {
			low := codes.saturation[uint8(index)] | codes.value[values[i]]
			dst[i] = l.table[uint16(codes.hue[index>>8])<<8|uint16(low)]
		}
	case l.plan.spatial:
		p := l.plan
		values = values[:len(indices)]
		for i, index := range indices {
			cell := p.hue[index>>8] + p.saturation[uint8(index)] + p.value[values[i]]
			dst[i] = 0
			if cell >= 0 {
				dst[i] = l.cells[cell]
			}
		}
	case l.gate != open:
		values = values[:len(indices)]
		for i, index := range indices {
			dst[i] = l.table[index] &^ l.gate.blocks(values[i])
		}
	default:
		for i, index := range indices {
			dst[i] = l.table[index]
		}
	}
}

func (l *lookup) needsValues() bool { return l.plan.needsValues() }
