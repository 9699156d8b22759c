package backproj

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exactSinCos returns the sine and the cosine by Taylor's series, in 300 bits.
func exactSinCos(angle float64) (sin, cos *big.Float) {
	number := func(x float64) *big.Float { return new(big.Float).SetPrec(300).SetFloat64(x) }
	x := number(angle)
	sum := [2]*big.Float{number(0), number(0)} // of even and of odd powers
	term := number(1)
	for n := range 80 {
		part := new(big.Float).Set(term)
		if n%4 >= 2 {
			part.Neg(part)
		}
		sum[n%2].Add(sum[n%2], part)
		term.Mul(term, x)
		term.Quo(term, number(float64(n+1)))
	}
	return sum[1], sum[0]
}

func TestAnglesSinesAndCosinesAreRoundedCorrectly(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	sides := [][2]float64{{0, 1}, {1, 1}, {-1, 1}, {1, 2}, {2, 1}, {-2, 1}, {math.Sqrt(3), 1}, {1, 1e-9}, {1e-9, 1}, {0, 0}}
	for range 3000 {
		sides = append(sides, [2]float64{random.NormFloat64() * 100, random.Float64() * 100})
	}
	for _, s := range sides {
		y, x := s[0], s[1]
		angle, sin, cos := angleOf(y, x)
		exactSin, exactCos := exactSinCos(angle)
		if want, _ := exactSin.Float64(); sin != want {
			t.Errorf("sin %v is %v, want %v", angle, sin, want)
		}
		if want, _ := exactCos.Float64(); cos != want {
			t.Errorf("cos %v is %v, want %v", angle, cos, want)
		}
		// The exact angle is between those halfway to the next ones on each side.
		for _, next := range []float64{math.Inf(-1), math.Inf(1)} {
			half := (math.Nextafter(angle, next) - angle) / 2
			if sinOfDifference(y, x, angle, half)*half < 0 {
				t.Errorf("atan2(%v, %v) is %v, but the exact angle is nearer to another number", y, x, angle)
			}
		}
	}
}

// sinOfDifference returns the sign of sin(angle + more - atan2(y, x)).
func sinOfDifference(y, x, angle, more float64) float64 {
	sin, cos := exactSinCos(angle)
	// sin(angle+more) = sin + more·cos, as more² is beyond the last place.
	number := func(v float64) *big.Float { return new(big.Float).SetPrec(300).SetFloat64(v) }
	s := new(big.Float).Add(sin, new(big.Float).Mul(number(more), cos))
	c := new(big.Float).Sub(cos, new(big.Float).Mul(number(more), sin))
	difference := new(big.Float).Sub(s.Mul(s, number(x)), c.Mul(c, number(y)))
	return float64(difference.Sign())
}

func BenchmarkAngle(b *testing.B) {
	for b.Loop() {
		angleOf(12.5, 31.25)
	}
}
