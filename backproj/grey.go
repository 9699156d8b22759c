package backproj

// OpenCV's grey in fixed point with 15 fractional bits, rounded half up:
//
//	grey = 0.299·r + 0.587·g + 0.114·b
//
// Source: OpenCV, modules/imgproc/src/color.hpp and color_rgb.simd.hpp, RGB2Gray.
const (
	greyShift = 15

	greyRed   = 9798  // 0.299·2^15
	greyGreen = 19235 // 0.587·2^15
	greyBlue  = 3735  // 0.114·2^15
)
