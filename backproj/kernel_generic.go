package backproj

import "sync"

// The generic kernel replaces OpenCV's arithmetic by three dependent loads,
// each from a table built of the formulas in hsv.go:
//
//	c = chromas[(g-b)<<9 + (b-r)]            v-b, d and hue
//	s = saturations[v<<8 | d]
//	table[hue<<8 | s]
//
// The two differences fix everything about a colour but its brightness: the
// chroma d, the hue, and how far blue lies below the greatest component v.
// Branches on which component is the greatest, which a CPU cannot predict in
// a photograph, are gone.
//
// For images whose pixels begin with red, blue and red change their roles in
// a second set of tables, so that no code swaps them.
var genericKernel = kernel{
	name:    "generic",
	index:   indexGeneric,
	project: projectGeneric,
	grain:   150_000, // at 1.6 ns a pixel
}

// chromaTables serve pixels of one order. A photograph touches a few tens of
// KiB of them.
type chromaTables struct {
	// chromas is addressed by the low 18 bits of (g-a)<<9 + (a-z), where a, g
	// and z are a pixel's first three bytes; both differences, each from -255
	// to 255, are told apart. An entry is (v-a)<<24 | d<<16 | hue<<8: with a
	// added in the top byte, its upper half is v<<8 | d.
	chromas [1 << 18]uint32

	// saturations is addressed by v<<8 | d.
	saturations [1 << 16]uint8
}

// Built at the first use, in about 2 ms each.
var (
	blueFirstTables = sync.OnceValue(func() *chromaTables { return newChromaTables(false) })
	redFirstTables  = sync.OnceValue(func() *chromaTables { return newChromaTables(true) })
)

func newChromaTables(redFirst bool) *chromaTables {
	t := new(chromaTables)
	for ga := -255; ga <= 255; ga++ {
		for az := -255; az <= 255; az++ {
			// The colour of these differences whose first component is 0. It
			// may have negative components: only differences matter.
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
			t.chromas[chromaIndex(0, uint32(ga), uint32(-az))] = uint32(v)<<24 | uint32(d)<<16 | uint32(hueOf(n, d))<<8
		}
	}
	for v := range 256 {
		for d := range v + 1 {
			t.saturations[v<<8|d] = saturationOf(d, v)
		}
	}
	return t
}

// tablesFor returns the tables for pixels of that format, never nil. The
// callers tell the compiler so: otherwise each of their loads would be
// preceded by another that only checks the pointer.
func tablesFor(format pixelFormat) *chromaTables {
	if format.redFirst {
		return redFirstTables()
	}
	return blueFirstTables()
}

func chromaIndex(a, g, z uint32) uint32 {
	return ((g-a)<<9 + (a - z)) & (1<<18 - 1)
}

// index returns hue<<8 | saturation of the pixel a, g, z.
func (t *chromaTables) index(a, g, z byte) uint16 {
	index, _ := t.indexAndValue(a, g, z)
	return index
}

func (t *chromaTables) indexAndValue(a, g, z byte) (index uint16, value uint8) {
	c := t.chromas[chromaIndex(uint32(a), uint32(g), uint32(z))] + uint32(a)<<24
	return uint16(c | uint32(t.saturations[c>>16])), uint8(c >> 24)
}

// Four pixels a turn, through array pointers, leave one bounds check a turn.

func indexGeneric(dst []uint16, values []uint8, src []byte, format pixelFormat) {
	t := tablesFor(format)
	if t == nil {
		return
	}
	if values != nil {
		for i := range dst {
			p := src[i*format.size:][:3]
			dst[i], values[i] = t.indexAndValue(p[0], p[1], p[2])
		}
		return
	}
	if format.size == 3 {
		for len(dst) >= 4 && len(src) >= 12 {
			d, p := (*[4]uint16)(dst), (*[12]byte)(src)
			d[0] = t.index(p[0], p[1], p[2])
			d[1] = t.index(p[3], p[4], p[5])
			d[2] = t.index(p[6], p[7], p[8])
			d[3] = t.index(p[9], p[10], p[11])
			dst, src = dst[4:], src[12:]
		}
	} else {
		for len(dst) >= 4 && len(src) >= 16 {
			d, p := (*[4]uint16)(dst), (*[16]byte)(src)
			d[0] = t.index(p[0], p[1], p[2])
			d[1] = t.index(p[4], p[5], p[6])
			d[2] = t.index(p[8], p[9], p[10])
			d[3] = t.index(p[12], p[13], p[14])
			dst, src = dst[4:], src[16:]
		}
	}
	for i := range dst {
		p := src[i*format.size:][:3]
		dst[i] = t.index(p[0], p[1], p[2])
	}
}

func projectGeneric(dst, src []byte, format pixelFormat, table *Table, gate gate) {
	t := tablesFor(format)
	if t == nil || table == nil {
		return
	}
	if gate != open {
		for i := range dst {
			p := src[i*format.size:][:3]
			index, value := t.indexAndValue(p[0], p[1], p[2])
			if !gate.passes(value) {
				index = 0xffff // a load is faster than a branch that no CPU can predict
			}
			dst[i] = table[index]
		}
		return
	}
	if format.size == 3 {
		for len(dst) >= 4 && len(src) >= 12 {
			d, p := (*[4]byte)(dst), (*[12]byte)(src)
			d[0] = table[t.index(p[0], p[1], p[2])]
			d[1] = table[t.index(p[3], p[4], p[5])]
			d[2] = table[t.index(p[6], p[7], p[8])]
			d[3] = table[t.index(p[9], p[10], p[11])]
			dst, src = dst[4:], src[12:]
		}
	} else {
		for len(dst) >= 4 && len(src) >= 16 {
			d, p := (*[4]byte)(dst), (*[16]byte)(src)
			d[0] = table[t.index(p[0], p[1], p[2])]
			d[1] = table[t.index(p[4], p[5], p[6])]
			d[2] = table[t.index(p[8], p[9], p[10])]
			d[3] = table[t.index(p[12], p[13], p[14])]
			dst, src = dst[4:], src[16:]
		}
	}
	for i := range dst {
		p := src[i*format.size:][:3]
		dst[i] = table[t.index(p[0], p[1], p[2])]
	}
}
