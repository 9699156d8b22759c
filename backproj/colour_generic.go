package backproj

import "github.com/backproj/backproj/backproj/internal/raster"

// The conversions of this file need no division, so they are plain arithmetic. The
// tables hold products, of which a sum remains.

func convertBlueGreen(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	blue, red := 0, 2
	if format.RedFirst {
		blue, red = red, blue
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = uint16(p[blue])<<8 | uint16(p[1])
	}
	if thirds == nil {
		return
	}
	for i := range dst {
		thirds[i] = src[i*format.Size+red]
	}
}

func convertGrey(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	first, last := uint32(greyBlue), uint32(greyRed)
	if format.RedFirst {
		first, last = last, first
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = uint16((uint32(p[0])*first + uint32(p[1])*greyGreen + uint32(p[2])*last + 1<<(greyShift-1)) >> greyShift)
	}
	clear(thirds)
}

// crOf and cbOf have Cr and Cb for the differences of red or blue and Y, plus 255.
var crOf, cbOf = chromas(crFactor), chromas(cbFactor)

func chromas(factor int) (c [511]uint8) {
	for i := range c {
		c[i] = chroma(i-255, factor)
	}
	return c
}

func convertCrCb(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	blue, red := 0, 2
	if format.RedFirst {
		blue, red = red, blue
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		b, g, r := uint32(p[blue]), uint32(p[1]), uint32(p[red])
		y := lumaOf(b, g, r)
		dst[i] = uint16(crOf[r-y+255])<<8 | uint16(cbOf[b-y+255])
		if thirds != nil {
			thirds[i] = uint8(y)
		}
	}
}
