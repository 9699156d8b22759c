package backproj

import "fmt"

// A lookup turns indices into what a histogram's pixels project to.
type lookup struct {
	table *Table // by hue<<8 | saturation, unless cells are

	gate gate // only values that pass it project to anything

	cells []uint8 // by cell, and the plan that finds it
	plan  *plan
}

func (h *Histogram) lookup() (lookup, error) {
	if h.Table == nil {
		return lookup{}, fmt.Errorf("backproj: Histogram: field Table: nil; make the histogram by NewHistogram")
	}
	l := lookup{gate: open}
	size := len(Table{})
	if h.Layout.Channels == HueSaturationValue {
		plan, err := h.Layout.plan()
		if err != nil {
			return lookup{}, err
		}
		l.plan, l.cells, size = plan, h.Table, plan.cells
	} else if bounds := h.Layout.InRange; bounds != nil {
		// The bounds of hue and saturation are in the table already.
		l.gate = gate{bounds.Lo[2], bounds.Hi[2]}
	}
	if len(h.Table) != size {
		return lookup{}, fmt.Errorf("backproj: Histogram: field Table: %d bytes, not %d", len(h.Table), size)
	}
	if l.plan == nil {
		l.table = (*Table)(h.Table)
	}
	return l, nil
}

// fused reports whether a kernel's project does it all.
func (l *lookup) fused() bool { return l.table != nil }

func (l *lookup) needsValues() bool { return !l.fused() || l.gate != open }

// apply writes what the pixels of these indices and values project to.
func (l *lookup) apply(dst []byte, indices []uint16, values []uint8) {
	switch {
	case l.plan != nil:
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
			dst[i] = 0
			if l.gate.passes(values[i]) {
				dst[i] = l.table[index]
			}
		}
	default:
		for i, index := range indices {
			dst[i] = l.table[index]
		}
	}
}
