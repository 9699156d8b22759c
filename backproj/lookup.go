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
	coding coding
	gate   gate // pixels whose third components it rejects project to 0

	// What is looked up, of which the first that is not nil is used.
	book    *codebook    // if the kernel supports the coding
	compact *lookupTable // for small images: bytes addressed by compactFirst + compactSecond
	table   *lookupTable // by index; under tripleCoding, by codes
	cells   []uint8      // by cell

	// Many pixels may have second components that the gate rejects: the table has only
	// zeros for these.
	sparse  bool
	seconds gate

	aligned  *alignedCodebook
	borrowed *[]uint8
}

// tables are lent to histograms that have no table of their own.
var tables = sync.Pool{New: func() any { return new([]uint8) }}

// maxCompactPixels is the number of pixels up to which it is faster to add compact
// offsets, at about 1 ns a pixel, than to fill in a table, which takes about 3 µs.
const maxCompactPixels = 3 << 10

// lookup returns the lookup of the histogram for a kernel and so many pixels, if so
// many histograms of each space are projected together.
func (h *Histogram) lookup(k *kernel, pixels int, together *[spaces]int) (l lookup, err error) {
	p, err := h.projectable()
	if err != nil {
		return lookup{}, err
	}
	l.plan, l.coding, l.gate = p, p.coding, p.gate
	c := &k.spaces[p.space]
	// Where it is slow to compute indices, several histograms share them.
	shared := c.sharesIndices && together[p.space] > 1
	coded := c.codes(p) && !shared
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
		if !coded || p.coding == tripleCoding {
			p.fillTable((*lookupTable)(table), table[len(lookupTable{}):])
		}
	}
	l.cells = table[len(lookupTable{}):]
	if !p.binsThird || p.coding == tripleCoding {
		l.table = (*lookupTable)(table)
	}
	if coded {
		l.aligned = codebooks.Get().(*alignedCodebook)
		l.book = l.aligned.codebook()
		p.fillCodebook(l.book, l.cells)
	}
	l.direct = coded || !p.binsThird && !shared
	l.setSparse(c, pixels)
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
func (l *lookup) project(c *conversion, dst, src []byte, format raster.Format, s *sparseness) {
	if l.sparse {
		l.projectSparse(c, dst, src, format, s)
		return
	}
	l.projectAll(c, dst, src, format)
}

func (l *lookup) projectAll(c *conversion, dst, src []byte, format raster.Format) {
	if l.book != nil {
		c.projectCoded(l.coding, dst, src, format, l.book, l.table)
		return
	}
	c.project(dst, src, format, l.table, l.gate)
}

// apply writes what pixels with these indices and third components project to. The
// lookup must not be direct.
func (l *lookup) apply(dst []byte, indices []uint16, thirds []uint8) {
	dst = dst[:len(indices)]
	p := l.plan
	switch {
	case p.coding == tripleCoding:
		thirds = thirds[:len(indices)]
		codes := &p.codes
		for i, index := range indices {
			low := codes.second[uint8(index)] | codes.third[thirds[i]]
			dst[i] = l.table[uint16(codes.first[index>>8])<<8|uint16(low)]
		}
	case p.binsThird:
		cells, thirds := l.cells, thirds[:len(indices)]
		for i, index := range indices {
			// This has no branch because no CPU could predict it.
			cell := p.first[index>>8] + p.second[uint8(index)] + p.third[thirds[i]]
			inside := ^(cell >> 31)
			dst[i] = cells[cell&inside] & uint8(inside)
		}
	case l.compact != nil && l.gate != open:
		thirds = thirds[:len(indices)]
		for i, index := range indices {
			value := l.compact[p.compactFirst[index>>8]+p.compactSecond[uint8(index)]]
			dst[i] = value &^ l.gate.rejectMask(thirds[i])
		}
	case l.compact != nil:
		for i, index := range indices {
			dst[i] = l.compact[p.compactFirst[index>>8]+p.compactSecond[uint8(index)]]
		}
	case l.gate != open:
		thirds = thirds[:len(indices)]
		for i, index := range indices {
			dst[i] = l.table[index] &^ l.gate.rejectMask(thirds[i])
		}
	default:
		for i, index := range indices {
			dst[i] = l.table[index]
		}
	}
}

func (l *lookup) needsThird() bool { return l.plan.needsThird() }
