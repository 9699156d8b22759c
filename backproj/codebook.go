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
	// 7, 0 and 1 of the first code.
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
}

// A threshold decides from a pixel's chroma d and value v alone whether its
// saturation reaches a number: if d ≥ ⌊v·factor/2^16⌋ + (bit v of bits). See
// newThreshold.
type threshold struct {
	factor [16]uint16   // all equal
	bits   [2][32]uint8 // 128 bits each, for v < 128 and for v ≥ 128, stored twice
}
