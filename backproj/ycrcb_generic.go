package backproj

import "github.com/backproj/backproj/backproj/internal/raster"

var lumaWeights = orderedWeights(lumaBlue, lumaGreen, lumaRed, yCrCbShift)

// A crCbTables has what the first and the third component of a pixel add to its index,
// Cr<<8 or Cb: by their difference from Y, modulo 512.
type crCbTables struct{ first, third [512]uint16 }

var blueFirstCrCb, redFirstCrCb = newCrCbTables()

func newCrCbTables() (blueFirst, redFirst crCbTables) {
	for difference := -255; difference <= 255; difference++ {
		i := difference & 511
		blueFirst.first[i] = uint16(chroma(difference, cbFactor))
		blueFirst.third[i] = uint16(chroma(difference, crFactor)) << 8
		redFirst.first[i], redFirst.third[i] = blueFirst.third[i], blueFirst.first[i]
	}
	return blueFirst, redFirst
}

func crCbTablesFor(format raster.Format) *crCbTables {
	if format.RedFirst {
		return &redFirstCrCb
	}
	return &blueFirstCrCb
}

// index returns the index of a pixel a, g, z whose Y is y.
func (t *crCbTables) index(a, z, y byte) uint16 {
	return t.first[(uint32(a)-uint32(y))&511] | t.third[(uint32(z)-uint32(y))&511]
}

func convertCrCb(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	t, w := crCbTablesFor(format), lumaWeights.of(format)
	if thirds != nil {
		convertYCrCb(t, w, dst, thirds, src, format)
		return
	}
	var m [32]byte
	for format.Size == 3 && len(dst) >= 8 && len(src) >= 24 {
		d, p := (*[8]uint16)(dst), (*[24]byte)(src)
		w.pair((*[8]byte)(m[0:8]), (*[6]byte)(p[0:6]))
		w.pair((*[8]byte)(m[8:16]), (*[6]byte)(p[6:12]))
		w.pair((*[8]byte)(m[16:24]), (*[6]byte)(p[12:18]))
		w.pair((*[8]byte)(m[24:32]), (*[6]byte)(p[18:24]))
		d[0] = t.index(p[0], p[2], m[2])
		d[1] = t.index(p[3], p[5], m[5])
		d[2] = t.index(p[6], p[8], m[10])
		d[3] = t.index(p[9], p[11], m[13])
		d[4] = t.index(p[12], p[14], m[18])
		d[5] = t.index(p[15], p[17], m[21])
		d[6] = t.index(p[18], p[20], m[26])
		d[7] = t.index(p[21], p[23], m[29])
		dst, src = dst[8:], src[24:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = t.index(p[0], p[2], w.mean(p))
	}
}

func convertYCrCb(t *crCbTables, w weights, dst []uint16, ys []uint8, src []byte, format raster.Format) {
	_ = *t
	var m [16]byte
	for format.Size == 3 && len(dst) >= 4 && len(ys) >= 4 && len(src) >= 12 {
		d, y, p := (*[4]uint16)(dst), (*[4]uint8)(ys), (*[12]byte)(src)
		w.pair((*[8]byte)(m[0:8]), (*[6]byte)(p[0:6]))
		w.pair((*[8]byte)(m[8:16]), (*[6]byte)(p[6:12]))
		d[0], y[0] = t.index(p[0], p[2], m[2]), m[2]
		d[1], y[1] = t.index(p[3], p[5], m[5]), m[5]
		d[2], y[2] = t.index(p[6], p[8], m[10]), m[10]
		d[3], y[3] = t.index(p[9], p[11], m[13]), m[13]
		dst, ys, src = dst[4:], ys[4:], src[12:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		y := w.mean(p)
		dst[i], ys[i] = t.index(p[0], p[2], y), y
	}
}

// projectCrCb is conversion.project.
func projectCrCb(dst, src []byte, format raster.Format, table *lookupTable, gate gate) {
	_ = *table
	if gate != open {
		projectConverted(convertCrCb, dst, src, format, table, gate)
		return
	}
	t, w := crCbTablesFor(format), lumaWeights.of(format)
	var m [32]byte
	for format.Size == 3 && len(dst) >= 8 && len(src) >= 24 {
		d, p := (*[8]byte)(dst), (*[24]byte)(src)
		w.pair((*[8]byte)(m[0:8]), (*[6]byte)(p[0:6]))
		w.pair((*[8]byte)(m[8:16]), (*[6]byte)(p[6:12]))
		w.pair((*[8]byte)(m[16:24]), (*[6]byte)(p[12:18]))
		w.pair((*[8]byte)(m[24:32]), (*[6]byte)(p[18:24]))
		d[0] = table[t.index(p[0], p[2], m[2])]
		d[1] = table[t.index(p[3], p[5], m[5])]
		d[2] = table[t.index(p[6], p[8], m[10])]
		d[3] = table[t.index(p[9], p[11], m[13])]
		d[4] = table[t.index(p[12], p[14], m[18])]
		d[5] = table[t.index(p[15], p[17], m[21])]
		d[6] = table[t.index(p[18], p[20], m[26])]
		d[7] = table[t.index(p[21], p[23], m[29])]
		dst, src = dst[8:], src[24:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = table[t.index(p[0], p[2], w.mean(p))]
	}
}

// projectCrCbCoded is conversion.projectCoded for tripleCoding.
func projectCrCbCoded(_ coding, dst, src []byte, format raster.Format, book *codebook, table *lookupTable) {
	_, _ = *book, *table
	t, w := crCbTablesFor(format), lumaWeights.of(format)
	var m [16]byte
	for format.Size == 3 && len(dst) >= 4 && len(src) >= 12 {
		d, p := (*[4]byte)(dst), (*[12]byte)(src)
		w.pair((*[8]byte)(m[0:8]), (*[6]byte)(p[0:6]))
		w.pair((*[8]byte)(m[8:16]), (*[6]byte)(p[6:12]))
		d[0] = table[book.triple(t.index(p[0], p[2], m[2]), m[2])]
		d[1] = table[book.triple(t.index(p[3], p[5], m[5]), m[5])]
		d[2] = table[book.triple(t.index(p[6], p[8], m[10]), m[10])]
		d[3] = table[book.triple(t.index(p[9], p[11], m[13]), m[13])]
		dst, src = dst[4:], src[12:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		y := w.mean(p)
		dst[i] = table[book.triple(t.index(p[0], p[2], y), y)]
	}
}

// triple returns the codes of a colour, as tripleCoding puts them together.
func (book *codebook) triple(index uint16, third uint8) uint16 {
	return uint16(book.first[index>>8])<<8 | uint16(book.second[uint8(index)]|book.third[third])
}
