package backproj

import "math"

// A Table holds the byte that each pixel projects to, addressed by
// hue<<8 | saturation. Hues from 180 up do not occur; their entries are 0.
type Table [1 << 16]uint8

// tabulate writes the table of a histogram with that plan and those values,
// each times scale.
func (p *plan) tabulate(table []uint8, values []float32, scale float32) {
	if p.spatial {
		for cell, value := range values {
			table[cell] = saturate(value, scale)
		}
		return
	}
	p.tabulateHues((*Table)(table), values, scale)
}

func (p *plan) tabulateHues(t *Table, values []float32, scale float32) {
	// All hues of a bin share one row: it is computed once and copied.
	previous, first := int32(outside), 0
	cells := make([]uint8, 0, 256)
	for hue := range hues {
		row := (*[256]uint8)(t[hue<<8:])
		offset := p.hue[hue]
		switch {
		case offset < 0:
			clear(row[:])
		case offset == previous:
			copy(row[:], t[first<<8:])
		default:
			previous, first = offset, hue
			cells = cells[:0]
			for _, value := range values[offset:][:p.rowCells] {
				cells = append(cells, saturate(value, scale))
			}
			for saturation, cell := range p.saturation {
				row[saturation] = 0
				if cell >= 0 {
					row[saturation] = cells[cell]
				}
			}
		}
	}
	clear(t[hues<<8:])
}

// saturate returns value·scale, a product in single precision as in OpenCV's
// calcBackProject, rounded half to even and limited to 0 to 255. What is not a
// number or beyond an int32 becomes 0, as OpenCV's saturate_cast<uchar>(float)
// has it on x86.
func saturate(value, scale float32) uint8 {
	x := float64(value * scale)
	switch {
	case x >= 255 && x < 1<<31:
		return 255
	case x > 0 && x < 255:
		return uint8(math.RoundToEven(x))
	}
	return 0
}
