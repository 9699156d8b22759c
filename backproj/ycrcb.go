package backproj

// OpenCV's YCrCb in fixed point with 14 fractional bits:
//
//	Y  = 0.299·r + 0.587·g + 0.114·b
//	Cr = 0.713·(r-Y) + 128
//	Cb = 0.564·(b-Y) + 128
//
// each rounded half up and limited to 0 to 255, where Cr and Cb take Y as rounded.
//
// Source: OpenCV, modules/imgproc/src/color_yuv.simd.hpp, RGB2YCrCb_i.
const (
	yCrCbShift = 14

	lumaRed   = 4899  // 0.299·2^14
	lumaGreen = 9617  // 0.587·2^14
	lumaBlue  = 1868  // 0.114·2^14
	crFactor  = 11682 // 0.713·2^14
	cbFactor  = 9241  // 0.564·2^14
)

// chroma returns Cr or Cb for the difference of red or blue and Y.
func chroma(difference, factor int) uint8 {
	c := (difference*factor + 128<<yCrCbShift + 1<<(yCrCbShift-1)) >> yCrCbShift
	return uint8(min(max(c, 0), 255))
}
