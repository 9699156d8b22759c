package backproj

import "math"

// normalize scales counts to values so that the least becomes 0 and the greatest
// becomes peak. If all counts are equal, all values are 0. It returns the greatest
// count.
//
//	scale = float32(peak / (max-min)), or 0 if max-min ≤ 2^-52
//	shift = 0 - float32(min·scale)
//	value = count·scale + shift, rounded once, in single precision
//
// Source: OpenCV, cv::normalize with NORM_MINMAX and a CV_32F result
// (modules/core/src/norm.cpp), and cvtScale, whose AVX2 code computes the last
// line by a fused multiply-add.
func normalize(values []float32, counts []int64, peak float64) (most int64) {
	// OpenCV's histograms are float32, which rounds counts beyond 2^24.
	most = counts[0]
	fewest := most
	for _, c := range counts {
		fewest, most = min(fewest, c), max(most, c)
	}
	least, greatest := float64(float32(fewest)), float64(float32(most))
	const epsilon = 0x1p-52 // DBL_EPSILON
	var scale float32
	if greatest-least > epsilon {
		scale = float32(peak * (1 / (greatest - least)))
	}
	if least == 0 { // the shift is 0, and a product alone is rounded once
		values = values[:len(counts)]
		for i, c := range counts {
			values[i] = float32(float32(c) * scale)
		}
		return most
	}
	shift := -float32(least * float64(scale))
	for i, c := range counts {
		values[i] = fma32(float32(c), scale, shift)
	}
	return most
}

// fma32 returns x·y + z as float32, rounded only once.
//
// The product of two float32 is exact in float64, but the sum with z may not be.
// Rounding it to float64 and then to float32 could go wrong where the first
// rounding ends halfway between two float32. So the sum is first rounded to odd:
// if it is inexact and its last bit is 0, it moves to the neighbour on the side of
// the exact sum, which is never halfway. See Boldo and Melquiond, "Emulation of
// FMA and correctly rounded sums: proved algorithms using rounding to odd" (2008).
func fma32(x, y, z float32) float32 {
	p, c := float64(float64(x)*float64(y)), float64(z)
	sum := p + c
	// Knuth's TwoSum: sum + rest is p + c exactly.
	t := sum - p
	rest := (p - (sum - t)) + (c - t)
	if rest != 0 && math.Float64bits(sum)&1 == 0 {
		sum = math.Nextafter(sum, math.Copysign(math.Inf(1), rest))
	}
	return float32(sum)
}
