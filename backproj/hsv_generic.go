package backproj

import (
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// Three dependent loads replace OpenCV's arithmetic of HSV. The tables are computed
// from the formulas in hsv.go:
//
//	c = chromas[(g-b)<<9 + (b-r)]   holds v-b, d and the hue byte
//	s = saturations[v<<8 | d]
//	table[hue byte<<8 | s]
//
// The basic idea: the differences g-b and b-r determine everything about a colour
// but its brightness, that is the chroma d, the hue, and how far blue lies below
// the greatest component v. So one load replaces the branches on which component
// is the greatest. A CPU cannot predict these in a photograph.
//
// Images whose pixels begin with red have tables of their own, in which blue and
// red have changed roles, so that no code needs to swap them.
var hueSaturationGeneric = conversion{
	convert:       convertHueSaturation,
	count:         countHueSaturation,
	project:       projectHueSaturation,
	supports:      [codings]bool{firstCoding: true, secondCoding: true},
	ignoresBounds: true,
	projectCoded:  projectHueOrSaturation,
	sharesIndices: true,
}

// chromaTables are the tables for one order of components. A photograph touches a
// few tens of KiB of them.
type chromaTables struct {
	// chromas is addressed by the low 18 bits of (g-a)<<9 + (a-z), where a, g
	// and z are the first three bytes of a pixel. They differ for any two pairs
	// of differences from -255 to 255. An entry is (v-a)<<24 | d<<16 | hue byte<<8.
	// Adding a to its top byte makes its upper half v<<8 | d.
	chromas [1 << 18]uint32

	// hues has only the hue bytes of chromas. It takes a quarter of the cache.
	hues [1 << 18]uint8

	// saturations is addressed by v<<8 | d.
	saturations [1 << 16]uint8
}

// Each set of tables is built at its first use, in about 2 ms.
var (
	blueFirstTables = sync.OnceValue(func() *chromaTables { return newChromaTables(false) })
	redFirstTables  = sync.OnceValue(func() *chromaTables { return newChromaTables(true) })
)

func newChromaTables(redFirst bool) *chromaTables {
	t := new(chromaTables)
	for ga := -255; ga <= 255; ga++ {
		for az := -255; az <= 255; az++ {
			// Take the colour with these differences whose first component is
			// 0. Others may be negative, but only differences matter.
			b, g, r := 0, ga, -az
			if redFirst {
				b, r = r, b
			}
			v := max(b, g, r)
			d := v - min(b, g, r)
			if d > 255 {
				continue // no colour has these differences
			}
			var n int
			switch v {
			case r:
				n = g - b
			case g:
				n = b - r + 2*d
			default:
				n = r - g + 4*d
			}
			i := chromaIndex(0, uint32(ga), uint32(-az))
			t.hues[i] = hueByte(n, d)
			t.chromas[i] = uint32(v)<<24 | uint32(d)<<16 | uint32(t.hues[i])<<8
		}
	}
	for v := range 256 {
		for d := range v + 1 {
			t.saturations[v<<8|d] = saturationOf(d, v)
		}
	}
	return t
}

// tablesFor returns the tables for pixels of that format, never nil. Its callers
// dereference pointers to tables once, up front, as in _ = *t: otherwise the
// compiler would check the pointer again before each load in their loops.
func tablesFor(format raster.Format) *chromaTables {
	if format.RedFirst {
		return redFirstTables()
	}
	return blueFirstTables()
}

func chromaIndex(a, g, z uint32) uint32 {
	return ((g-a)<<9 + (a - z)) & (1<<18 - 1)
}

// colour returns value<<24 | chroma<<16 | index of the pixel a, g, z.
func (t *chromaTables) colour(a, g, z byte) uint32 {
	c := t.chromas[chromaIndex(uint32(a), uint32(g), uint32(z))] + uint32(a)<<24
	return c | uint32(t.saturations[c>>16])
}

// The loops below process four pixels at a time, through pointers to arrays, with
// one check of bounds for all four.

func convertHueSaturation(dst []uint16, values []uint8, src []byte, format raster.Format) {
	t := tablesFor(format)
	_ = *t
	if values != nil {
		convertHSV(t, dst, values, src, format)
		return
	}
	if format.Size == 3 {
		for len(dst) >= 4 && len(src) >= 12 {
			d, p := (*[4]uint16)(dst), (*[12]byte)(src)
			d[0] = uint16(t.colour(p[0], p[1], p[2]))
			d[1] = uint16(t.colour(p[3], p[4], p[5]))
			d[2] = uint16(t.colour(p[6], p[7], p[8]))
			d[3] = uint16(t.colour(p[9], p[10], p[11]))
			dst, src = dst[4:], src[12:]
		}
	} else {
		for len(dst) >= 4 && len(src) >= 16 {
			d, p := (*[4]uint16)(dst), (*[16]byte)(src)
			d[0] = uint16(t.colour(p[0], p[1], p[2]))
			d[1] = uint16(t.colour(p[4], p[5], p[6]))
			d[2] = uint16(t.colour(p[8], p[9], p[10]))
			d[3] = uint16(t.colour(p[12], p[13], p[14]))
			dst, src = dst[4:], src[16:]
		}
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = uint16(t.colour(p[0], p[1], p[2]))
	}
}

func convertHSV(t *chromaTables, dst []uint16, values []uint8, src []byte, format raster.Format) {
	_ = *t
	if format.Size == 3 {
		for len(dst) >= 4 && len(values) >= 4 && len(src) >= 12 {
			d, v, p := (*[4]uint16)(dst), (*[4]uint8)(values), (*[12]byte)(src)
			c0 := t.colour(p[0], p[1], p[2])
			d[0], v[0] = uint16(c0), uint8(c0>>24)
			c1 := t.colour(p[3], p[4], p[5])
			d[1], v[1] = uint16(c1), uint8(c1>>24)
			c2 := t.colour(p[6], p[7], p[8])
			d[2], v[2] = uint16(c2), uint8(c2>>24)
			c3 := t.colour(p[9], p[10], p[11])
			d[3], v[3] = uint16(c3), uint8(c3>>24)
			dst, values, src = dst[4:], values[4:], src[12:]
		}
	} else {
		for len(dst) >= 4 && len(values) >= 4 && len(src) >= 16 {
			d, v, p := (*[4]uint16)(dst), (*[4]uint8)(values), (*[16]byte)(src)
			c0 := t.colour(p[0], p[1], p[2])
			d[0], v[0] = uint16(c0), uint8(c0>>24)
			c1 := t.colour(p[4], p[5], p[6])
			d[1], v[1] = uint16(c1), uint8(c1>>24)
			c2 := t.colour(p[8], p[9], p[10])
			d[2], v[2] = uint16(c2), uint8(c2>>24)
			c3 := t.colour(p[12], p[13], p[14])
			d[3], v[3] = uint16(c3), uint8(c3>>24)
			dst, values, src = dst[4:], values[4:], src[16:]
		}
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		c := t.colour(p[0], p[1], p[2])
		dst[i], values[i] = uint16(c), uint8(c>>24)
	}
}

func countHueSaturation(counts *indexCounts, n int, src []byte, format raster.Format) {
	countConverted(convertHueSaturation, counts, n, src, format)
}

func projectHueSaturation(dst, src []byte, format raster.Format, table *lookupTable, gate gate) {
	t := tablesFor(format)
	_, _ = *t, *table
	if gate != open {
		projectGated(t, dst, src, format, table, gate)
		return
	}
	if format.Size == 3 {
		for len(dst) >= 4 && len(src) >= 12 {
			d, p := (*[4]byte)(dst), (*[12]byte)(src)
			d[0] = table[uint16(t.colour(p[0], p[1], p[2]))]
			d[1] = table[uint16(t.colour(p[3], p[4], p[5]))]
			d[2] = table[uint16(t.colour(p[6], p[7], p[8]))]
			d[3] = table[uint16(t.colour(p[9], p[10], p[11]))]
			dst, src = dst[4:], src[12:]
		}
	} else {
		for len(dst) >= 4 && len(src) >= 16 {
			d, p := (*[4]byte)(dst), (*[16]byte)(src)
			d[0] = table[uint16(t.colour(p[0], p[1], p[2]))]
			d[1] = table[uint16(t.colour(p[4], p[5], p[6]))]
			d[2] = table[uint16(t.colour(p[8], p[9], p[10]))]
			d[3] = table[uint16(t.colour(p[12], p[13], p[14]))]
			dst, src = dst[4:], src[16:]
		}
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = table[uint16(t.colour(p[0], p[1], p[2]))]
	}
}

// projectGated is projectHueSaturation for a gate that may reject pixels. It replaces
// their indices by rejectedHue, with a conditional move. The condition is written out
// for each pixel because Go would not inline a function for it.
func projectGated(t *chromaTables, dst, src []byte, format raster.Format, table *lookupTable, gate gate) {
	_, _ = *t, *table
	lo, span := uint32(gate.lo), uint32(gate.hi-gate.lo)
	if format.Size == 3 {
		for len(dst) >= 4 && len(src) >= 12 {
			d, p := (*[4]byte)(dst), (*[12]byte)(src)
			c0 := t.colour(p[0], p[1], p[2])
			if c0>>24-lo > span {
				c0 = rejectedHue
			}
			d[0] = table[uint16(c0)]
			c1 := t.colour(p[3], p[4], p[5])
			if c1>>24-lo > span {
				c1 = rejectedHue
			}
			d[1] = table[uint16(c1)]
			c2 := t.colour(p[6], p[7], p[8])
			if c2>>24-lo > span {
				c2 = rejectedHue
			}
			d[2] = table[uint16(c2)]
			c3 := t.colour(p[9], p[10], p[11])
			if c3>>24-lo > span {
				c3 = rejectedHue
			}
			d[3] = table[uint16(c3)]
			dst, src = dst[4:], src[12:]
		}
	} else {
		for len(dst) >= 4 && len(src) >= 16 {
			d, p := (*[4]byte)(dst), (*[16]byte)(src)
			c0 := t.colour(p[0], p[1], p[2])
			if c0>>24-lo > span {
				c0 = rejectedHue
			}
			d[0] = table[uint16(c0)]
			c1 := t.colour(p[4], p[5], p[6])
			if c1>>24-lo > span {
				c1 = rejectedHue
			}
			d[1] = table[uint16(c1)]
			c2 := t.colour(p[8], p[9], p[10])
			if c2>>24-lo > span {
				c2 = rejectedHue
			}
			d[2] = table[uint16(c2)]
			c3 := t.colour(p[12], p[13], p[14])
			if c3>>24-lo > span {
				c3 = rejectedHue
			}
			d[3] = table[uint16(c3)]
			dst, src = dst[4:], src[16:]
		}
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		c := t.colour(p[0], p[1], p[2])
		if c>>24-lo > span {
			c = rejectedHue
		}
		dst[i] = table[uint16(c)]
	}
}

// convertHueValue and convertSaturationValue leave the arithmetic to convertHSV, and
// change the roles of its results.

func convertHueValue(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	var values [blockPixels]uint8
	for first := 0; first < len(dst); first += blockPixels {
		indices := dst[first:min(first+blockPixels, len(dst))]
		convertHSV(tablesFor(format), indices, values[:len(indices)], src[first*format.Size:], format)
		if thirds != nil {
			for i, index := range indices {
				thirds[first+i] = uint8(index)
			}
		}
		for i, index := range indices {
			indices[i] = index&0xff00 | uint16(values[i])
		}
	}
}

func convertSaturationValue(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	var values [blockPixels]uint8
	for first := 0; first < len(dst); first += blockPixels {
		indices := dst[first:min(first+blockPixels, len(dst))]
		convertHSV(tablesFor(format), indices, values[:len(indices)], src[first*format.Size:], format)
		if thirds != nil {
			for i, index := range indices {
				thirds[first+i] = uint8(index >> 8)
			}
		}
		for i, index := range indices {
			indices[i] = index<<8 | uint16(values[i])
		}
	}
}
