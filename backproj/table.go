package backproj

import (
	"encoding/binary"
	"math"
)

// A lookupTable maps a pixel's index to the byte that it projects to. Under
// tripleCoding it maps codes instead. The entries of indices that no colour has are
// unspecified, except for the one that the space calls rejected, which is 0.
type lookupTable [1 << 16]uint8

// tabulate fills in a histogram's table: a lookupTable, followed by the byte that each
// bin projects to, which is its value times scale, saturated.
func (p *plan) tabulate(table []uint8, values []float32, scale float32) {
	cells := table[len(lookupTable{}):]
	saturate(cells, values, scale)
	p.fillTable((*lookupTable)(table), cells)
}

// fillTable fills in the lookupTable of a histogram whose bins project to cells, if its
// layout uses one.
func (p *plan) fillTable(t *lookupTable, cells []uint8) {
	switch {
	case !p.binsThird:
		p.fillPairTable(t, cells)
	case p.coding == tripleCoding:
		p.fillTripleTable(t, cells)
	}
}

// fillPairTable fills in the lookupTable of a histogram of the first two components, or
// of one of them.
func (p *plan) fillPairTable(t *lookupTable, cells []uint8) {
	// All first components of a bin have the same row, which is computed once and
	// copied. A second component outside all bins has bin 256, the first of the second
	// half of bins, which is 0.
	var (
		bins [512]uint8
		bin  [256]uint16
	)
	for second, offset := range p.second {
		bin[second] = 256
		if offset >= 0 {
			bin[second] = uint16(offset)
		}
	}
	// With 32 bins or fewer, most groups of eight second components lie in one bin and
	// are written at once. Other groups are marked as mixed.
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
	for at, offset := range p.first {
		if !p.space.hasFirst(at) {
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
			copy(bins[:256], cells[offset:][:p.bins[1]])
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
	t[spaceTraits[p.space].rejected] = 0
}

// fillTripleTable fills in the lookupTable of a histogram whose layout has
// tripleCoding. The classes of what is outside all bins project to 0.
func (p *plan) fillTripleTable(t *lookupTable, cells []uint8) {
	row := func(first int) []uint8 { return t[int(rowCode(first, p.rowBits))<<8:][:256] }
	for first := range p.bins[0] + 1 {
		clear(row(first))
	}
	for first := range p.bins[0] {
		p.fillTripleRow(row(first), cells, first)
	}
}

// fillTripleRow writes what bins of a first component project to, by the codes of the
// others. It leaves those that stand for no bin as they are.
func (p *plan) fillTripleRow(row, cells []uint8, first int) {
	for second := range p.bins[1] {
		bins, at := row[second<<p.shift:], first*p.strides[0]+second*p.strides[1]
		if p.strides[2] == 1 {
			copy(bins, cells[at:][:p.bins[2]])
			continue
		}
		for third := range p.bins[2] {
			bins[third] = cells[at+third*p.strides[2]]
		}
	}
}

// saturate writes the values times scale to dst, rounded half to even and clamped
// to 0 to 255. The products are in single precision, as in OpenCV's
// calcBackProject. NaN and products of 2^31 or more become 0, as
// saturate_cast<uchar>(float) makes them on x86.
func saturate(dst []uint8, values []float32, scale float32) {
	// Bits compare as integers: those of positive floats have the order of the
	// floats, those of negative floats are negative. Adding 2^23, from where on
	// floats are 1 apart, rounds half to even and leaves the integer in the low
	// bits.
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
