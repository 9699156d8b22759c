package backproj

import (
	"math/bits"
	"sync"
	"unsafe"
)

// A coding is a way to find what a pixel projects to from codes. A code is a byte
// that depends on one component of the pixel alone. Vector instructions look up
// dozens of codes at once, whereas a table by index takes a load for each pixel.
//
// The layout determines the coding, and the kernel whether it is used.
type coding int

const (
	noCoding coding = iota

	// firstCoding is for histograms of the first component alone, such as hue. Its
	// code is what it projects to. A pixel projects to
	//
	//	book.first[first]
	//
	// or to 0 if its second or its third component is outside the book's bounds.
	firstCoding

	// secondCoding is for histograms of the second component alone, such as grey,
	// that restrict no first one. A pixel projects to
	//
	//	book.second[second]
	//
	// or to 0 if its third component is outside the book's bounds.
	secondCoding

	// pairCoding is for histograms of the first two components whose bins, with
	// a class for those outside all bins, are few enough for vector registers. A
	// pixel projects to
	//
	//	book.bins[number]
	//
	// or to 0 if its third component is outside the book's bounds. The number of a
	// bin is put together from the codes of the two components: see codebook.
	pairCoding

	// tripleCoding is for histograms of all three components whose codes fit an
	// index of 16 bits. A pixel projects to
	//
	//	table[book.first[first]<<8 | book.second[second] | book.third[third]]
	tripleCoding

	codings // the number of codings
)

// newThreshold returns the threshold of a saturation s from 1 to 255.
//
// The basic idea: that 255·d/v reaches s means that the chroma d reaches a number
// in proportion to v. One multiplication gives that number, where the saturation
// takes a reciprocal of v and two multiplications. OpenCV's reciprocals are
// rounded, which moves the number a little; a bit for each v makes up for that.
//
// In equations: OpenCV's saturation is (d·R + 2^11) >> 12, where R is 255·2^12/v,
// rounded. It reaches s if and only if d·R ≥ 2^12·s - 2^11, that is from
//
//	τ = 2^11·(2s-1)/R
//
// on. If R were exact, τ would be T = v(2s-1)/510, which is below v. But R, which
// is at least 2^12, is off by up to 1/2, so that τ is off T by less than v·8/2^16.
//
// The factor is ⌊2^16·(2s-1)/510⌋ + 64. So v·factor/2^16 is greater than T, by
// v·63/2^16 to v·64/2^16, and greater than τ, by v·55/2^16 to v·72/2^16. That is
// more than 0 and less than 1. Hence ⌊v·factor/2^16⌋ is the least d that reaches s
// or one less, never anything else, and the bit for v is the difference. Without
// the 64 it could also be two less. If v is 0 the bit is 1, and no d reaches that.
func newThreshold(s int) (t threshold) {
	factor := (2*s-1)<<16/510 + 64
	for i := range t.factor {
		t.factor[i] = uint16(factor)
	}
	for v := range 256 {
		if d := v * factor >> 16; int(saturationOf(d, v)) < s {
			half := &t.bits[v>>7]
			half[v>>3&15] |= 1 << (v & 7)
			half[16+(v>>3&15)] |= 1 << (v & 7)
		}
	}
	return t
}

// An alignedCodebook has room for a codebook at an address that is a multiple of
// 64.
type alignedCodebook [unsafe.Sizeof(codebook{}) + 63]byte

var codebooks = sync.Pool{New: func() any { return new(alignedCodebook) }}

func (a *alignedCodebook) codebook() *codebook {
	at := -uintptr(unsafe.Pointer(a)) & 63
	return (*codebook)(unsafe.Pointer(&a[at]))
}

// setCoding sets the plan's coding to the one that fits the layout, if any, and
// fills in the part of its codebook that no histogram changes.
func (p *plan) setCoding(components []int, bounds Bounds) {
	book, traits := &p.codes, &spaceTraits[p.space]
	p.bounded = p.gate != open && !p.binsThird
	book.thirdLo = vectorOf(p.gate.lo)
	book.thirdSpan = vectorOf(p.gate.hi - p.gate.lo)
	first, firstBits := classes(&p.first, p.bins[0], p.strides[0])
	second, secondBits := classes(&p.second, p.bins[1], p.strides[1])
	third, thirdBits := classes(&p.third, p.bins[2], p.strides[2])
	var binned [3]bool
	for _, c := range components {
		binned[traits.places[c]] = true
	}
	switch binned {
	case [3]bool{true, false, false}:
		saturations := gate{bounds.Lo[1], bounds.Hi[1]} // hue is the only such channel
		p.coding, p.bounded = firstCoding, p.bounded || saturations != open
		p.setSaturationBounds(saturations)

	case [3]bool{false, true, false}:
		if firstBits == 0 {
			p.coding = secondCoding
		}

	case [3]bool{true, true, false}:
		if fitsPairCoding(firstBits, secondBits) {
			p.coding, p.shift = pairCoding, book.setPairs(&first, &second, secondBits)
			p.rowBits = p.shift
		}

	case [3]bool{true, true, true}:
		if firstBits > 8 || secondBits+thirdBits > 8 {
			break
		}
		p.coding, p.shift, p.rowBits = tripleCoding, thirdBits, 8
		book.first, book.third = first, third
		// Can bins be numbered as under pairCoding?
		if low := max(2, secondBits+thirdBits); low <= 7 && firstBits+low <= 10 {
			p.rowBits, book.hasBins = low, true
			book.setRows(&first, p.rowBits)
		}
		for i, class := range second {
			book.second[i] = class << thirdBits
		}
		book.firstShuffles.fill(&book.first)
		book.secondShuffles.fill(&book.second)
		book.thirdShuffles.fill(&book.third)
	}
}

// fitsPairCoding reports whether the classes of two components, of so many bits, can be
// put together by pairCoding.
func fitsPairCoding(firstBits, secondBits int) bool {
	return secondBits <= 7 && firstBits <= 8 && firstBits+secondBits <= 10
}

// setPairs sets the codes of two components under pairCoding, and returns the bits of a
// bin's number that are not the first one's.
func (b *codebook) setPairs(firsts, seconds *[256]uint8, secondBits int) (rowBits int) {
	rowBits = max(2, secondBits) // this leaves bits 0 and 1 of the first code free
	b.second = *seconds
	b.setRows(firsts, rowBits)
	return rowBits
}

// setRows sets the first codes that put bins together: see codebook.
func (b *codebook) setRows(classes *[256]uint8, rowBits int) {
	for i, class := range classes {
		b.first[i] = rowCode(int(class), rowBits)
	}
	b.binMask = vectorOf(0x7f &^ (1<<rowBits - 1))
}

// rowCode returns the code of a class of first components. Bins whose first component
// is of that class begin with number class<<rowBits.
func rowCode(class, rowBits int) uint8 {
	number := class << rowBits
	return uint8(number | number>>8)
}

// setSaturationBounds sets the bounds of the saturation, as firstCoding has them.
func (p *plan) setSaturationBounds(accepted gate) {
	book := &p.codes
	book.secondLo = vectorOf(accepted.lo)
	book.secondSpan = vectorOf(accepted.hi - accepted.lo)
	if accepted.lo > 0 {
		book.saturationFrom = newThreshold(int(accepted.lo))
	}
	if accepted.hi < 255 {
		book.saturationBeyond = newThreshold(int(accepted.hi) + 1)
	}
}

// vectorOf returns 64 equal bytes.
func vectorOf(b uint8) (vector [64]uint8) {
	for i := range vector {
		vector[i] = b
	}
	return vector
}

// classes returns the class of each value of a component, and the number of bits
// that a class takes. The class is the number of the bin. What is outside all bins
// has one more class, after that of the last bin.
func classes(offsets *[256]int32, bins, stride int) (class [256]uint8, width int) {
	last := bins - 1
	for i, offset := range offsets {
		class[i] = uint8(int(offset) / stride)
		if offset < 0 {
			last = bins
			class[i] = uint8(bins) // 256 does not fit, but nine bits suit no coding
		}
	}
	return class, bits.Len(uint(last))
}

// fillCodebook makes book the codebook of a histogram whose bins project to
// cells. The classes of what is outside all bins project to 0.
func (p *plan) fillCodebook(book *codebook, cells []uint8) {
	*book = p.codes
	switch p.coding {
	case firstCoding:
		fillCodes(&book.first, &p.first, cells)
	case secondCoding:
		fillCodes(&book.second, &p.second, cells)
		book.secondShuffles.fill(&book.second)
	case pairCoding:
		for row := range p.bins[0] {
			copy(book.bins[row<<p.shift:], cells[row*p.bins[1]:][:p.bins[1]])
		}
	case tripleCoding:
		if book.hasBins {
			for first := range p.bins[0] {
				p.fillTripleRow(book.bins[first<<p.rowBits:], cells, first)
			}
		}
	}
}

// fillCodes makes the codes of the only component that is binned what its values
// project to.
func fillCodes(codes *[256]uint8, offsets *[256]int32, cells []uint8) {
	for i, offset := range offsets {
		if offset >= 0 {
			codes[i] = cells[offset]
		}
	}
}

// fill makes the shuffles those of codes.
func (s *shuffles) fill(codes *[256]uint8) {
	shift := 4
	for i := 1; i < len(codes); i++ {
		if codes[i] != codes[i-1] {
			shift = min(shift, bits.TrailingZeros(uint(i)))
		}
	}
	s.shift, s.count = uint64(shift), 16>>shift
	for i := range s.mask {
		s.mask[i] = 255 >> shift
	}
	for t := range s.tables[:s.count] {
		for i := range s.tables[t] {
			at := 16*t + i
			code := codes[at<<shift]
			if t%8 > 0 {
				code ^= codes[(at-16)<<shift]
			}
			s.tables[t][i] = code
		}
	}
}
