package backproj

// The generators of _asm read this file, and no other, to learn the offsets of
// the fields. After a change here run go generate; this file must import
// nothing.

// A codebook holds what a kernel looks up to project by a coding.
//
// The assembly reads it in vectors of up to 64 bytes, to which it is aligned.
type codebook struct {
	// The codes of each first, second and third component, as the kernel's space
	// has them.
	first, second, third [256]uint8

	// bins holds, under pairCoding, what each bin projects to. Bits 0 to 6 of a
	// bin's number are second code | first code & binMask; bits 7, 8 and 9 are bits
	// 7, 0 and 1 of the first code. Under tripleCoding with few bins, as hasBins says,
	// a third code adds to these: kernels may use bins in place of the table.
	bins [1024]uint8

	// A pixel projects to 0 unless its second component is from secondLo to
	// secondLo + secondSpan, and its third one likewise. Sums wrap around after 255.
	// All 64 bytes of each vector are equal. Kernels ignore all four under
	// tripleCoding, and those of the second component under pairCoding and
	// secondCoding: there the codes say the same.
	secondLo, secondSpan, thirdLo, thirdSpan [64]uint8

	binMask [64]uint8 // all bytes equal

	// The bounds of the saturation again, for kernels that compute no
	// saturation: a pixel must reach saturationFrom and must not reach
	// saturationBeyond. A threshold that is zero stands for no bound.
	saturationFrom, saturationBeyond threshold

	// The codes again, under secondCoding and tripleCoding, for kernels that look up
	// 16 bytes at a time.
	firstShuffles, secondShuffles, thirdShuffles shuffles

	hasBins bool
}

// A threshold decides from a pixel's chroma d and value v alone whether its
// saturation reaches a number: if d ≥ ⌊v·factor/2^16⌋ + (bit v of bits). See
// newThreshold.
type threshold struct {
	factor [16]uint16   // all equal
	bits   [2][32]uint8 // 128 bits each, for v < 128 and for v ≥ 128, stored twice
}

// A shuffles has the codes of a component in tables of 16. A code is looked up as
// that of c>>shift, as far as groups of 1<<shift components c have equal codes. So
// bins whose bounds are multiples of a power of two, as most are, take few tables.
//
// The first table holds codes 0 to 15. Others hold the exclusive or of their codes and
// those of the table before, so that the code is the exclusive or of all lookups up to
// its own table. Table 8 starts again.
type shuffles struct {
	tables [16][16]uint8
	mask   [32]uint8 // 255>>shift
	shift  uint64
	count  uint64    // how many tables there are: 16>>shift
	_      [16]uint8 // so that no vector crosses a cache line
}
