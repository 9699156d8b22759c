package backproj

import "math"

// OpenCV's Lab of sRGB under daylight, in fixed point:
//
//	R, G, B = the light of red, green and blue, 0 to 2040
//	X, Y, Z = each a mean of R, G and B, 0 to 2040
//	L = 255/100·(116·f(Y) - 16)
//	a = 500·(f(X) - f(Y)) + 128
//	b = 200·(f(Y) - f(Z)) + 128
//
// The means, whose weights have 12 fractional bits, and L, a and b, for which f has 15,
// are rounded half up. No colour has an L, a or b that does not fit a byte.
//
// Source: OpenCV, modules/imgproc/src/color_lab.cpp, RGB2Lab_b and initLabTabs.
const (
	mostLight  = 255 << 3
	lightShift = 12
	labShift   = 15

	labHalf   = 1 << (labShift - 1)
	labCentre = 128 << labShift // of a and b

	lightnessFactor = (116*255 + 50) / 100
	lightnessOffset = (16*255<<labShift + 50) / 100
	aFactor         = 500
	bFactor         = 200
)

// lightOf returns the light that a component of sRGB stands for.
func lightOf(component int) uint32 {
	x := float64(component) / 255
	if x <= 0.04045 {
		x /= 12.92
	} else {
		x = math.Pow((x+0.055)/1.055, 2.4)
	}
	return uint32(math.RoundToEven(mostLight * x))
}

// lightWeights returns the weights of red, green and blue in X, Y and Z. Those of each
// add up to 1, in fixed point.
func lightWeights() (weights [3][3]uint32) {
	toXYZ := [3][3]float64{
		{0.412453, 0.357580, 0.180423},
		{0.212671, 0.715160, 0.072169},
		{0.019334, 0.119193, 0.950227},
	}
	white := [3]float64{0.950456, 1, 1.088754} // D65
	for i, row := range toXYZ {
		for j, weight := range row {
			weights[i][j] = uint32(math.RoundToEven(1 << lightShift * weight / white[i]))
		}
	}
	return weights
}

// labRoot returns f of an X, Y or Z: its cube root, if 2040 is taken for 1, and a line
// that touches the cube root near black.
//
// OpenCV computes it in single precision, with a cube root that it cuts off after 24
// bits. That decides how two of the results are rounded, those of 49 and 628. Its cube
// root is a quotient of polynomials (modules/core/src/softfloat.cpp, f32_cbrt), which is
// off by less than 2^-24. For all the numbers here, an exact one gives the same.
func labRoot(light int) int {
	const cut = 1<<(53-24) - 1
	x := float32(light) * float32(1.0/mostLight)
	var f float32
	if x < float32(216.0/24389) {
		f = float32(float64(float64(x)*float64(float32(841.0/108))) + float64(float32(16.0/116)))
	} else {
		f = float32(math.Float64frombits(math.Float64bits(math.Cbrt(float64(x))) &^ cut))
	}
	return int(math.RoundToEven(float64(f * (1 << labShift))))
}
