package emit

import (
	"fmt"
	"math"
)

// Lab as in package backproj's lab.go.
const (
	mostLight  = 255 << 3
	LightShift = 12
	LabShift   = 15

	LightnessFactor = (116*255 + 50) / 100
	LightnessOffset = (16*255<<LabShift + 50) / 100
	AFactor         = 500
	BFactor         = 200
)

// LightOf returns the light that a component of sRGB stands for.
func LightOf(component int) int {
	x := float64(component) / 255
	if x <= 0.04045 {
		x /= 12.92
	} else {
		x = math.Pow((x+0.055)/1.055, 2.4)
	}
	return int(math.RoundToEven(mostLight * x))
}

// LightWeights has the weights of red, green and blue in X, Y and Z.
var LightWeights = [3][3]int{{1777, 1541, 778}, {871, 2929, 296}, {73, 448, 3575}}

// LabRoot returns f of an X, Y or Z.
func LabRoot(light int) int {
	const cut = 1<<(53-24) - 1
	x := float32(light) * float32(1.0/mostLight)
	if x < float32(216.0/24389) {
		f := float32(float64(float64(x)*float64(float32(841.0/108))) + float64(float32(16.0/116)))
		return int(math.RoundToEven(float64(f * (1 << LabShift))))
	}
	f := math.Float64frombits(math.Float64bits(math.Cbrt(float64(x))) &^ cut)
	return int(math.RoundToEven(f * (1 << LabShift)))
}

// Vector instructions look f up in no table: it has 2,041 entries. They compute it.
//
// The basic idea: polynomials of degree 5, each for a range of numbers, follow f so
// closely that what comes out, rounded, is exact for every X, Y or Z. The ranges are
// halves of powers of 2, so that bits 22 to 25 of a float, two of the exponent's and
// the first of its fraction, tell its range, and a permutation of 16 floats finds a
// coefficient. That of x^0 is an integer, and 3·2^22 is added to it, from where on floats
// are 1 apart. So the last multiplication and addition, which are rounded once, round to
// an integer and leave it in the low bits.
//
// Ranges that are powers of 2 apart share bits. Where x is X, Y or Z plus RootFrom, which
// makes it 14 to 2054, only 8 to 11 and 2048 to 3071 do, and no x is below 12. Also, f is
// a line up to 18, and from there on its cube root. At x = 32 a range begins.
const (
	RootFrom   = 14
	RootShift  = 22 // of a float's bits
	RootDegree = 5
	rootRanges = 16

	// What is added to f, as an integer. The low word of the sum's bits, taken as a
	// signed one, is f - RootMiddle.
	RootMiddle = 1 << (LabShift - 1)
	rootAdded  = 3<<22 - RootMiddle
)

// RootCoefficients returns, for each power of x, its coefficient in each range.
func RootCoefficients() (coefficients [RootDegree + 1][rootRanges]float32) {
	last := mostLight + RootFrom
	for first := RootFrom; first <= last; {
		at := rangeOf(first)
		end := first
		for end < last && rangeOf(end+1) == at {
			end++
		}
		for power, c := range rootPolynomial(first, end) {
			coefficients[power][at] = c
		}
		first = end + 1
	}
	return coefficients
}

// rangeOf returns the number of the range of x, 0 to 15.
func rangeOf(x int) int { return int(math.Float32bits(float32(x)) >> RootShift % rootRanges) }

// rootPolynomial returns coefficients that are exact from first to last. Single
// precision is barely enough: it tries one integer after another for that of x^0.
func rootPolynomial(first, last int) [RootDegree + 1]float32 {
	middle := int(math.RoundToEven(constantTerm(float64(first), float64(last))))
	for try := range 1000 {
		constant := middle + (try+1)/2
		if try%2 == 0 {
			constant = middle - try/2
		}
		c := rootFit(float64(first), float64(last), float64(constant))
		if exact(c, first, last) {
			return c
		}
	}
	panic(fmt.Sprint("no polynomial is exact from ", first, " to ", last))
}

// rootFit returns coefficients that follow f from first to last, of which that of x^0 is
// given. It rounds them one by one, that of the highest power first, and fits the others
// to what is left: what the polynomial of the least degree through as many points has for
// the highest power is the divided difference of these. The points are Chebyshev's, where
// the difference to f is small in between.
func rootFit(first, last, constant float64) (c [RootDegree + 1]float32) {
	c[0] = float32(constant + rootAdded)
	for power := RootDegree; power >= 1; power-- {
		x := chebyshev(first, last, power)
		y := make([]float64, power)
		for i := range y {
			rest := exactRoot(x[i]) - constant
			for higher := power + 1; higher <= RootDegree; higher++ {
				rest -= float64(float64(c[higher]) * math.Pow(x[i], float64(higher)))
			}
			y[i] = rest / x[i]
		}
		differences(x, y)
		c[power] = float32(y[power-1])
	}
	return c
}

// constantTerm returns what a polynomial that follows f from first to last is at 0.
func constantTerm(first, last float64) float64 {
	x := chebyshev(first, last, RootDegree+1)
	y := make([]float64, len(x))
	for i := range y {
		y[i] = exactRoot(x[i])
	}
	differences(x, y)
	value := 0.0
	for i := RootDegree; i >= 0; i-- {
		value = y[i] - float64(value*x[i])
	}
	return value
}

// chebyshev returns n points from first to last.
func chebyshev(first, last float64, n int) []float64 {
	points := make([]float64, n)
	half := max(last-first, 1) / 2
	for i := range points {
		points[i] = (first+last)/2 + float64(half*math.Cos(math.Pi*(float64(i)+0.5)/float64(n)))
	}
	return points
}

// differences replaces values at points by their divided differences.
func differences(x, y []float64) {
	for order := 1; order < len(y); order++ {
		for i := len(y) - 1; i >= order; i-- {
			y[i] = (y[i] - y[i-1]) / (x[i] - x[i-order])
		}
	}
}

// exactRoot returns f at x, any number.
func exactRoot(x float64) float64 {
	light := (x - RootFrom) / mostLight
	if light < 216.0/24389 {
		return 1 << LabShift * (light*(841.0/108) + 16.0/116)
	}
	return 1 << LabShift * math.Cbrt(light)
}

// exact reports whether vector instructions compute f by these coefficients.
func exact(c [RootDegree + 1]float32, first, last int) bool {
	for x := first; x <= last; x++ {
		sum := c[RootDegree]
		for power := RootDegree - 1; power >= 0; power-- {
			sum = Fused(sum, float32(x), c[power])
		}
		if int(sum) != LabRoot(x-RootFrom)+rootAdded {
			return false
		}
	}
	return true
}

// Fused returns x·y + z, rounded once. The product is exact in double precision. A sum that
// is not is rounded to an odd last bit, which cannot mislead the rounding to a float32.
func Fused(x, y, z float32) float32 {
	product, addend := float64(x)*float64(y), float64(z)
	sum := product + addend
	// What the sum lacks, after Knuth.
	part := sum - product
	lost := (product - (sum - part)) + (addend - part)
	if bits := math.Float64bits(sum); lost != 0 && bits&1 == 0 {
		if lost > 0 == (sum > 0) {
			bits++
		} else {
			bits--
		}
		sum = math.Float64frombits(bits)
	}
	return float32(sum)
}
