package backproj

// The generators of _asm read this file, and no other, to learn the offsets of
// the fields. After a change here run go generate; this file must import
// nothing.

// A codebook holds what a kernel looks up to project by a coding.
//
// The assembly reads it in vectors of up to 64 bytes, to which it is aligned.
type codebook struct {
	// The codes of each hue, as kernels have it, saturation and value.
	hue, saturation, value [256]uint8

	// bins holds, under hueSaturationCoding, what each bin projects to. Bits 0
	// to 6 of a bin's number are saturation code | hue code & binMask; bits 7,
	// 8 and 9 are bits 7, 0 and 1 of the hue code.
	bins [1024]uint8

	// A pixel projects to 0 unless its saturation is from saturationLo to
	// saturationLo + saturationSpan, and its value likewise. All 64 bytes of
	// each vector are equal. Kernels ignore them under hsvCoding, and those of
	// the saturation under hueSaturationCoding: there the codes say the same.
	saturationLo, saturationSpan, valueLo, valueSpan [64]uint8

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
