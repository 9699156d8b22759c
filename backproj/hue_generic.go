package backproj

import (
	"encoding/binary"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// projectHueOrSaturation is conversion.projectCoded for firstCoding and secondCoding
// without bounds: then the other one of the two need not be computed.
func projectHueOrSaturation(coding coding, dst, src []byte, format raster.Format, book *codebook, _ *lookupTable) {
	if coding == firstCoding {
		projectHue(tablesFor(format), dst, src, format, &book.first)
	} else {
		projectSaturation(tablesFor(format), dst, src, format, &book.second)
	}
}

// hue returns the hue byte of the pixel a, g, z.
func (t *chromaTables) hue(a, g, z byte) uint8 {
	return t.hues[chromaIndex(uint32(a), uint32(g), uint32(z))]
}

func projectHue(t *chromaTables, dst, src []byte, format raster.Format, codes *[256]uint8) {
	_ = *t
	for format.Size == 3 && len(dst) >= 4 && len(src) >= 12 {
		d, p := (*[4]byte)(dst), (*[12]byte)(src)
		d[0] = codes[t.hue(p[0], p[1], p[2])]
		d[1] = codes[t.hue(p[3], p[4], p[5])]
		d[2] = codes[t.hue(p[6], p[7], p[8])]
		d[3] = codes[t.hue(p[9], p[10], p[11])]
		dst, src = dst[4:], src[12:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = codes[t.hue(p[0], p[1], p[2])]
	}
}

func projectSaturation(t *chromaTables, dst, src []byte, format raster.Format, codes *[256]uint8) {
	_ = *t
	var e extents
	for format.Size == 3 && len(dst) >= extentPixels && len(src) > 3*extentPixels {
		e.of((*extentBytes)(src))
		d := (*[extentPixels]byte)(dst)
		for i, w := range e {
			d[3*i] = codes[t.saturations[uint16(w)]]
			d[3*i+1] = codes[t.saturations[uint16(w>>24)]]
			d[3*i+2] = codes[t.saturations[w>>48]]
		}
		dst, src = dst[extentPixels:], src[3*extentPixels:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = codes[uint8(t.colour(p[0], p[1], p[2]))]
	}
}

const (
	extentPixels = 96
	extentWords  = extentPixels / 3
)

type (
	// extents are v<<8 | d of three pixels in each word, at bits 0, 24 and 48.
	extents [extentWords]uint64

	// extentBytes are pixels of three bytes, and the byte behind them.
	extentBytes [3*extentPixels + 1]byte
)

func (e *extents) of(src *extentBytes) {
	const three = 0x00ff0000ff0000ff // components, one of each pixel
	for i := range e {
		p := (*[10]byte)(src[9*i:])
		a := binary.LittleEndian.Uint64(p[0:8]) & three
		g := binary.LittleEndian.Uint64(p[1:9]) & three
		z := binary.LittleEndian.Uint64(p[2:10]) & three
		over := threeOver(a, g)
		most, least := g+over, a-over
		most += threeOver(z, most)
		least -= threeOver(least, z)
		e[i] = most<<8 | (most - least)
	}
}

// threeOver returns x-y for each of three components, or 0 if that is negative.
func threeOver(x, y uint64) uint64 {
	const ones = 1 | 1<<24 | 1<<48
	// Bit 8 of a difference is left if nothing was borrowed from it.
	difference := x | ones<<8 - y
	return difference & (difference >> 8 & ones * 255)
}
