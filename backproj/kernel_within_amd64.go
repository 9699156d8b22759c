package backproj

import "github.com/backproj/backproj/backproj/internal/raster"

// saturationFactors returns factors that tell pixels whose saturation is outside the
// bounds from others by their chroma d and their value v, which is from 1 on: where one
// of the sums
//
//	lower[0]·d + lower[1]·v    upper[0]·d + upper[1]·v
//
// is negative. Where none is, the saturation may be outside nevertheless. A pair of
// factors is a word, with the first one in its low byte.
//
// A saturation s is (d·R + 2^11) >> 12, where R is 255·2^12/v rounded, so that s is
// within 1/2 + 255/2^13 of 255·d/v. The products and their sums fit 16 bits.
func saturationFactors(bounds gate) (lower, upper uint16) {
	const (
		scale = 127
		error = 0.54 // more than 1/2 + 255/2^13
	)
	lo, hi := float64(bounds.lo)-error, float64(bounds.hi)+error
	if lo > 0 {
		lower = pair(scale, -int8(scale*lo/255))
	}
	if factor := scale*hi/255 + 1; factor <= 127 { // rounded up
		upper = pair(-scale, int8(factor))
	}
	return lower, upper
}

func pair(first, second int8) uint16 { return uint16(uint8(second))<<8 | uint16(uint8(first)) }

func projectWithinAVX2(dst, src []byte, format raster.Format, _ *codebook, table *lookupTable, gate, seconds gate) (skipped int) {
	n := len(dst)
	if n < avx2Batch {
		projectAVX2(dst, src, format, table, gate)
		return 0
	}
	checkLength(n, src, format)
	lower, upper := saturationFactors(seconds)
	if format.Size == 3 {
		return projectWithin3AVX2(&dst[0], &src[0], n, format.RedFirst, &table[0], gate.lo, gate.hi-gate.lo, lower, upper)
	}
	return projectWithin4AVX2(&dst[0], &src[0], n, format.RedFirst, &table[0], gate.lo, gate.hi-gate.lo, lower, upper)
}

func projectWithinAVX512(dst, src []byte, format raster.Format, book *codebook, table *lookupTable, gate, seconds gate) (skipped int) {
	n := len(dst)
	lower, upper := saturationFactors(seconds)
	switch {
	case n < avx512Batch && book != nil:
		projectCodedAVX512(pairCoding, dst, src, format, book, nil)
		return 0
	case n < avx512Batch:
		projectAVX2(dst, src, format, table, gate)
		return 0
	}
	checkLength(n, src, format)
	switch {
	case book != nil && format.Size == 3:
		return projectCodedWithin3AVX512(&dst[0], &src[0], n, format.RedFirst, book, lower, upper)
	case book != nil:
		return projectCodedWithin4AVX512(&dst[0], &src[0], n, format.RedFirst, book, lower, upper)
	case format.Size == 3:
		return projectWithin3AVX512(&dst[0], &src[0], n, format.RedFirst, &table[0], gate.lo, gate.hi-gate.lo, lower, upper)
	default:
		return projectWithin4AVX512(&dst[0], &src[0], n, format.RedFirst, &table[0], gate.lo, gate.hi-gate.lo, lower, upper)
	}
}
