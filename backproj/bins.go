package backproj

import "math"

// An axis is one dimension of a histogram: bins of equal width that cover the
// values from lo up to, but not including, hi.
type axis struct {
	bins   int
	lo, hi float32
}

// bin returns the bin of value j, or -1 if j is outside the axis. In double
// precision, it is
//
//	bin = floor(j·a + b)   where a = bins/(hi-lo) and b = -a·lo
//
// clamped to 0 to bins-1.
//
// Source: OpenCV, modules/imgproc/src/histogram.cpp, calcHistLookupTables_8u.
func (x axis) bin(j int) int {
	lo, hi := float64(x.lo), float64(x.hi)
	if float64(j) < lo || float64(j) >= hi {
		return -1
	}
	a := float64(x.bins) / (hi - lo)
	// The conversions keep the compiler from fusing a product with the sum, as
	// it would on arm64: a fused sum is rounded differently.
	b := float64(-a * lo)
	i := int(math.Floor(float64(float64(j)*a) + b))
	return min(max(i, 0), x.bins-1)
}
