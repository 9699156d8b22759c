package backproj

import "math"

// hues is the number of hues of an 8-bit HSV image: a step is two degrees.
const hues = 180

// hsvShift is the number of fractional bits of OpenCV's reciprocals.
const hsvShift = 12

// saturationReciprocal[v] is 255/v and hueReciprocal[d] is 180/(6d), both
// with hsvShift fractional bits and rounded half to even, as in OpenCV's
// RGB2HSV_b. Entry 0 stands for "no division" and is 0.
var saturationReciprocal, hueReciprocal = reciprocals()

func reciprocals() (saturation, hue [256]int32) {
	for i := 1; i < 256; i++ {
		saturation[i] = int32(math.RoundToEven(float64(255<<hsvShift) / float64(i)))
		hue[i] = int32(math.RoundToEven(float64(hues<<hsvShift) / float64(6*i)))
	}
	return saturation, hue
}

// hueByte returns the hue, as kernels have it, of a colour whose numerator is n and whose
// chroma (greatest less least component) is d. With v the greatest component,
// the numerator is
//
//	g - b       where v = r,
//	b - r + 2d  else where v = g,
//	r - g + 4d  else,
//
// and the hue is n·180/(6d), rounded half up in fixed point, -30 to 150. That is
// where OpenCV, which wants 0 to 179, adds 180 if it is negative; this is the
// low byte instead.
// Source: OpenCV, modules/imgproc/src/color_hsv.simd.hpp, RGB2HSV_b.
func hueByte(n, d int) uint8 {
	return uint8((n*int(hueReciprocal[d]) + 1<<(hsvShift-1)) >> hsvShift)
}

// hueOf returns the hue, 0 to 179, that a byte of a kernel stands for, or 0 for
// one that does not occur.
func hueOf(b int) int {
	switch {
	case !validHueByte(b):
		return 0
	case b > 150:
		return b - 256 + hues
	}
	return b
}

// occurs reports whether a hue of a kernel, -30 to 150, may be that byte.
func validHueByte(b int) bool { return b <= 150 || b >= 256-30 }

// rejected is an index that no colour has.
const rejected = 200<<8 | 200

// saturationOf returns the saturation 255·d/v, rounded half up in fixed point,
// of a colour whose chroma is d and whose greatest component is v.
// Source: as for hueByte.
func saturationOf(d, v int) uint8 {
	return uint8((d*int(saturationReciprocal[v]) + 1<<(hsvShift-1)) >> hsvShift)
}
