package backproj

import "math"

// CamShift rounds to whole pixels what it computes with the sine and the cosine of
// an angle. The functions of package math may differ from those of OpenCV's C
// library in the last bit, and on one CPU from those on another. A window could
// then differ by a pixel. So the angle, its sine and its cosine are rounded
// correctly here, as C libraries nearly always do, from numbers of twice the
// precision.

// angleOf returns atan2(y, x), for x ≥ 0, and its sine and cosine.
func angleOf(y, x float64) (angle, sin, cos float64) {
	angle = math.Atan2(y, x)
	s, c := sinCos(angle)
	if along := float64(x*c.hi) + float64(y*s.hi); along > 0 {
		// The exact angle is greater by the arctangent of what follows, which is close
		// to 0: (y·cos - x·sin) / (x·cos + y·sin).
		across := c.mul(sum2{y, 0}).sub(s.mul(sum2{x, 0}))
		if exact := angle + across.hi/along; exact != angle {
			angle = exact
			s, c = sinCos(angle)
		}
	}
	return angle, s.hi, c.hi
}

// sinCos returns the sine and the cosine of an angle from -π/2 to π/2.
func sinCos(angle float64) (sin, cos sum2) {
	// For a 16th of the angle, less than 0.1, ten terms of Taylor's series suffice:
	//
	//	sin x = x·(1 - x²/(2·3)·(1 - x²/(4·5)·(1 - ...)))
	//	cos x = 1 - x²/(1·2)·(1 - x²/(3·4)·(1 - ...))
	one, x := sum2{1, 0}, sum2{angle / 16, 0}
	square := x.mul(x)
	sin, cos = one, one
	for n := 18.0; n > 0; n -= 2 {
		sin = one.sub(square.mul(sin).div(n * (n + 1)))
		cos = one.sub(square.mul(cos).div(n * (n - 1)))
	}
	sin = sin.mul(x)
	for range 4 { // sin 2x = 2·sin x·cos x, cos 2x = 1 - 2·(sin x)²
		double := sum2{2 * sin.hi, 2 * sin.lo}
		sin, cos = double.mul(cos), one.sub(double.mul(sin))
	}
	return sin, cos
}

// A sum2 is the sum of two numbers, the second of which is about 2^-53 of the
// first. See T. J. Dekker, "A floating-point technique for extending the available
// precision", Numerische Mathematik 18 (1971).
type sum2 struct{ hi, lo float64 }

func (a sum2) sub(b sum2) sum2 {
	hi := a.hi - b.hi
	rest := hi - a.hi
	lo := (a.hi - (hi - rest)) - (b.hi + rest) // what rounding took from hi
	return renormalized(hi, lo+a.lo-b.lo)
}

func (a sum2) mul(b sum2) sum2 {
	hi, lo := product(a.hi, b.hi)
	return renormalized(hi, lo+(float64(a.hi*b.lo)+float64(a.lo*b.hi)))
}

func (a sum2) div(d float64) sum2 {
	hi := a.hi / d
	near, rest := product(hi, d)
	return renormalized(hi, (a.hi-near-rest+a.lo)/d)
}

// product returns the product of two numbers exactly.
func product(a, b float64) (hi, lo float64) {
	hi = float64(a * b)
	a1, a2 := halves(a)
	b1, b2 := halves(b)
	lo = float64(a2*b2) - (hi - float64(a1*b1) - float64(a2*b1) - float64(a1*b2))
	return hi, lo
}

// halves splits a number into two of at most 26 bits each.
func halves(a float64) (hi, lo float64) {
	c := float64(a * (1<<27 + 1))
	hi = c - (c - a)
	return hi, a - hi
}

// renormalized returns the sum of two numbers, the second of which is smaller.
func renormalized(hi, lo float64) sum2 {
	sum := hi + lo
	return sum2{sum, lo - (sum - hi)}
}
