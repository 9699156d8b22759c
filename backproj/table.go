package backproj

import (
	"encoding/binary"
	"math"
)

// A Table holds the byte that each pixel projects to, addressed by
// hue<<8 | saturation as kernels have them; or, of a layout that is hsvCoding,
// by its codes. The entry of rejected is 0. What no colour reaches may be anything.
type Table [1 << 16]uint8

// tabulate writes a histogram's table: the Table, and then the byte that each
// bin's value, times scale, is saturated to.
func (p *plan) tabulate(table []uint8, values []float32, scale float32) {
	cells := table[len(Table{}):]
	saturate(cells, values, scale)
	p.fillTable((*Table)(table), cells)
}

// index writes the Table of bins that project to those values.
func (p *plan) fillTable(t *Table, cells []uint8) {
	switch {
	case !p.spatial:
		p.fillHueSaturationTable(t, cells)
	case p.coding == hsvCoding:
		p.fillHSVTable(t, cells)
	}
}

// fillHueSaturationTable writes the Table of a histogram of hue, or hue and saturation.
func (p *plan) fillHueSaturationTable(t *Table, cells []uint8) {
	// The row of a bin of hue is computed once and copied to its hues. A bin
	// of saturation that is outside is the first of the second half, all 0.
	var (
		bins [512]uint8
		bin  [256]uint16
	)
	for saturation, offset := range p.saturation {
		bin[saturation] = 256
		if offset >= 0 {
			bin[saturation] = uint16(offset)
		}
	}
	// Eight saturations of one bin, as most are of 32 bins or fewer, are
	// written at once. What is not of one bin is mixed.
	const mixed = 1 << 15
	var octets [32]uint16
	for i := range octets {
		eight := (*[8]uint16)(bin[8*i:])
		octets[i] = eight[0]
		if *eight != [8]uint16{eight[0], eight[0], eight[0], eight[0], eight[0], eight[0], eight[0], eight[0]} {
			octets[i] = mixed
		}
	}
	previous, first := int32(-1), 0
	for at, offset := range p.hue {
		if !validHueByte(at) {
			continue
		}
		row := (*[256]uint8)(t[at<<8:])
		switch {
		case offset < 0:
			clear(row[:])
		case offset == previous:
			copy(row[:], t[first<<8:])
		default:
			previous, first = offset, at
			copy(bins[:256], cells[offset:][:p.strides[0]])
			for i, octet := range octets {
				eight := (*[8]uint8)(row[8*i:])
				if octet != mixed {
					binary.LittleEndian.PutUint64(eight[:], 0x0101010101010101*uint64(bins[octet&511]))
					continue
				}
				for j, bin := range (*[8]uint16)(bin[8*i:]) {
					eight[j] = bins[bin&511]
				}
			}
		}
	}
	t[rejected] = 0
}

// fillHSVTable writes the Table of a layout that is hsvCoding. Classes that are
// no bins project to 0.
func (p *plan) fillHSVTable(t *Table, cells []uint8) {
	clear(t[:min(len(t), (p.bins[0]+1)<<8)])
	for hue := range p.bins[0] {
		for saturation := range p.bins[1] {
			copy(t[hue<<8+saturation<<p.shift:], cells[:p.bins[2]])
			cells = cells[p.bins[2]:]
		}
	}
}

// saturate writes the values times scale, a product in single precision as in
// OpenCV's calcBackProject, rounded half to even and limited to 0 to 255. What
// is not a number or beyond an int32 becomes 0, as OpenCV's
// saturate_cast<uchar>(float) has it on x86.
func saturate(dst []uint8, values []float32, scale float32) {
	// The bits of positive floats are in the order of the floats, and those of
	// negative ones are negative. From 2^23 on, floats are 1 apart: the sum
	// rounds half to even, and its low bits are the integer.
	const (
		whole    = 1 << 23
		greatest = 0x437f0000 // 255
		tooGreat = 0x4f000000 // 2^31
	)
	dst = dst[:len(values)]
	for i, value := range values {
		x := float32(value * scale)
		order := int32(math.Float32bits(x))
		rounded := math.Float32bits(x + whole)
		if order >= greatest {
			rounded = 255
		}
		if order >= tooGreat {
			rounded = 0
		}
		if order <= 0 {
			rounded = 0
		}
		dst[i] = uint8(rounded)
	}
}
