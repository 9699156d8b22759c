package backproj

import "testing"

// TestSaturationFactorsRejectNoSaturationWithinTheirBounds looks at all pairs of a chroma
// and a value, for each bound.
func TestSaturationFactorsRejectNoSaturationWithinTheirBounds(t *testing.T) {
	for bound := range 256 {
		lower, _ := saturationFactors(gate{uint8(bound), 255})
		_, upper := saturationFactors(gate{0, uint8(bound)})
		for v := 1; v < 256; v++ {
			for d := range v + 1 {
				s := int(saturationOf(d, v))
				if sum := pairSum(lower, d, v); sum < 0 && s >= bound || sum != int(int16(sum)) {
					t.Fatalf("from %d: chroma %d and value %d give %d, but the saturation is %d", bound, d, v, sum, s)
				}
				if sum := pairSum(upper, d, v); sum < 0 && s <= bound || sum != int(int16(sum)) {
					t.Fatalf("up to %d: chroma %d and value %d give %d, but the saturation is %d", bound, d, v, sum, s)
				}
			}
		}
	}
}

func TestSaturationFactorsRejectMostSaturationsOutsideTheirBounds(t *testing.T) {
	const near = 4 // these may be rejected or not
	for bound := range 256 {
		lower, _ := saturationFactors(gate{uint8(bound), 255})
		_, upper := saturationFactors(gate{0, uint8(bound)})
		for v := 1; v < 256; v++ {
			for d := range v + 1 {
				s := int(saturationOf(d, v))
				if s < bound-near && pairSum(lower, d, v) >= 0 {
					t.Fatalf("from %d: chroma %d and value %d are not rejected, but the saturation is %d", bound, d, v, s)
				}
				if s > bound+near && pairSum(upper, d, v) >= 0 {
					t.Fatalf("up to %d: chroma %d and value %d are not rejected, but the saturation is %d", bound, d, v, s)
				}
			}
		}
	}
}

// pairSum returns the sum of the products of a pair of factors with d and v.
func pairSum(pair uint16, d, v int) int {
	return int(int8(pair))*d + int(int8(pair>>8))*v
}
