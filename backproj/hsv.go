package backproj

import "math"

// hues is the number of hues in OpenCV's 8-bit HSV. Each stands for two degrees.
const hues = 180

// hsvShift is the number of fractional bits in OpenCV's reciprocals.
const hsvShift = 12

// saturationReciprocal[v] is 255/v and hueReciprocal[d] is 180/(6d), as in
// OpenCV's RGB2HSV_b: in fixed point with hsvShift fractional bits, rounded half
// to even. Entry 0 is 0, so that black has saturation 0 and grey has hue 0.
var saturationReciprocal, hueReciprocal = reciprocals()

func reciprocals() (saturation, hue [256]int32) {
	for i := 1; i < 256; i++ {
		saturation[i] = int32(math.RoundToEven(float64(255<<hsvShift) / float64(i)))
		hue[i] = int32(math.RoundToEven(float64(hues<<hsvShift) / float64(6*i)))
	}
	return saturation, hue
}

// hueByte returns the hue byte of a colour from its numerator n and its chroma d,
// the greatest less the least component. With v the greatest component, the
// numerator is
//
//	g - b        if v = r,
//	b - r + 2d   otherwise if v = g,
//	r - g + 4d   otherwise.
//
// The hue is n·180/(6d), rounded half up in fixed point, and from -30 to 150.
// OpenCV then adds 180 to negative hues. Kernels skip that and keep the low byte:
// each hue still has a byte of its own.
//
// Source: OpenCV, modules/imgproc/src/color_hsv.simd.hpp, RGB2HSV_b.
func hueByte(n, d int) uint8 {
	return uint8((n*int(hueReciprocal[d]) + 1<<(hsvShift-1)) >> hsvShift)
}

// hueOf returns OpenCV's hue, 0 to 179, for a hue byte. For other bytes it returns
// 0.
func hueOf(b int) int {
	switch {
	case !validHueByte(b):
		return 0
	case b > 150:
		return b - 256 + hues
	}
	return b
}

// validHueByte reports whether b is the low byte of a hue from -30 to 150.
func validHueByte(b int) bool { return b <= 150 || b >= 256-30 }

// hueGate returns the gate of hue bytes that accepts the hues that a gate accepts.
// In their circle of 256, hue bytes follow one another as hues do, from 226 to 255
// and from 0 to 150, and 226 and 150 are the same hue.
func hueGate(accepted gate) gate {
	lo, hi := accepted.lo, accepted.hi
	if lo <= hi {
		if lo == 0 && hi >= hues-1 {
			return open
		}
		if lo >= hues {
			return gate{200, 200} // no hue byte
		}
	} else if lo >= hues {
		lo = 0
	}
	hi = min(hi, hues-1)
	if lo > 150 {
		lo += 256 - hues
	}
	if hi >= 150 {
		hi += 256 - hues
	}
	return gate{lo, hi}
}

// saturationOf returns the saturation of a colour with the chroma d and the
// greatest component v: 255·d/v, rounded half up in fixed point.
//
// Source: see hueByte.
func saturationOf(d, v int) uint8 {
	return uint8((d*int(saturationReciprocal[v]) + 1<<(hsvShift-1)) >> hsvShift)
}
