package backproj

import "github.com/backproj/backproj/backproj/internal/raster"

// Planes of grey need no conversion: an index is a byte that is there.
var greyPlaneGeneric = conversion{
	convert:       convertGreyPlane,
	count:         countGreyPlane,
	project:       projectGreyPlane,
	sharesIndices: true,
}

func convertGreyPlane(dst []uint16, thirds []uint8, src []byte, _ raster.Format) {
	for i := range dst {
		dst[i] = uint16(src[i])
	}
	clear(thirds)
}

// greyCounts are counts of grey in several tables, which are used by turns. Neighbours
// are often equal, and a count that has just been written takes a few cycles to be read
// again.
type greyCounts [8][256]uint32

func (c *greyCounts) add(greys []byte) {
	for len(greys) >= 8 {
		g := (*[8]byte)(greys)
		c[0][g[0]]++
		c[1][g[1]]++
		c[2][g[2]]++
		c[3][g[3]]++
		c[4][g[4]]++
		c[5][g[5]]++
		c[6][g[6]]++
		c[7][g[7]]++
		greys = greys[8:]
	}
	for _, grey := range greys {
		c[0][grey]++
	}
}

func (c *greyCounts) addTo(counts *indexCounts) {
	for i := range c[0] {
		counts[i] += c[0][i] + c[1][i] + c[2][i] + c[3][i] + c[4][i] + c[5][i] + c[6][i] + c[7][i]
	}
}

func countGreyPlane(counts *indexCounts, n int, src []byte, _ raster.Format) {
	if n == 0 {
		return
	}
	_ = src[n-1]
	src = src[:n]
	const least = 1024 // fewer pixels are counted sooner than the tables are added up
	if n >= least {
		var c greyCounts
		c.add(src)
		c.addTo(counts)
		return
	}
	for _, grey := range src {
		counts[grey]++
	}
}

func projectGreyPlane(dst, src []byte, _ raster.Format, table *lookupTable, gate gate) {
	row := (*[256]uint8)(table[:])
	if len(dst) == 0 {
		return
	}
	_ = src[len(dst)-1]
	src = src[:len(dst)]
	if !gate.accepts(0) { // the third component of each pixel
		clear(dst)
		return
	}
	lookUpGreys(dst, src, row)
}

// lookUpGreys writes codes[grey] to dst for each byte of src.
func lookUpGreys(dst, src []byte, codes *[256]uint8) {
	for len(dst) >= 16 && len(src) >= 16 {
		d, g := (*[16]byte)(dst), (*[16]byte)(src)
		d[0], d[1], d[2], d[3] = codes[g[0]], codes[g[1]], codes[g[2]], codes[g[3]]
		d[4], d[5], d[6], d[7] = codes[g[4]], codes[g[5]], codes[g[6]], codes[g[7]]
		d[8], d[9], d[10], d[11] = codes[g[8]], codes[g[9]], codes[g[10]], codes[g[11]]
		d[12], d[13], d[14], d[15] = codes[g[12]], codes[g[13]], codes[g[14]], codes[g[15]]
		dst, src = dst[16:], src[16:]
	}
	for i := range dst {
		dst[i] = codes[src[i]]
	}
}

// projectGreyPlaneCoded is conversion.projectCoded for secondCoding.
func projectGreyPlaneCoded(_ coding, dst, src []byte, _ raster.Format, book *codebook, _ *lookupTable) {
	lookUpGreys(dst, src, &book.second)
}

var greyWeights = orderedWeights(greyBlue, greyGreen, greyRed, greyShift)

func convertGrey(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	clear(thirds)
	w := greyWeights.of(format)
	var m [32]byte
	for format.Size == 3 && len(dst) >= 8 && len(src) >= 24 {
		p := (*[24]byte)(src)
		w.pair((*[8]byte)(m[0:8]), (*[6]byte)(p[0:6]))
		w.pair((*[8]byte)(m[8:16]), (*[6]byte)(p[6:12]))
		w.pair((*[8]byte)(m[16:24]), (*[6]byte)(p[12:18]))
		w.pair((*[8]byte)(m[24:32]), (*[6]byte)(p[18:24]))
		d := (*[8]uint16)(dst)
		d[0], d[1], d[2], d[3] = uint16(m[2]), uint16(m[5]), uint16(m[10]), uint16(m[13])
		d[4], d[5], d[6], d[7] = uint16(m[18]), uint16(m[21]), uint16(m[26]), uint16(m[29])
		dst, src = dst[8:], src[24:]
	}
	for i := range dst {
		dst[i] = uint16(w.mean((*[3]byte)(src[i*format.Size:])))
	}
}

func countGrey(counts *indexCounts, n int, src []byte, format raster.Format) {
	w := greyWeights.of(format)
	var (
		m [32]byte
		c greyCounts
	)
	for format.Size == 3 && n >= 8 && len(src) >= 24 {
		p := (*[24]byte)(src)
		w.pair((*[8]byte)(m[0:8]), (*[6]byte)(p[0:6]))
		w.pair((*[8]byte)(m[8:16]), (*[6]byte)(p[6:12]))
		w.pair((*[8]byte)(m[16:24]), (*[6]byte)(p[12:18]))
		w.pair((*[8]byte)(m[24:32]), (*[6]byte)(p[18:24]))
		c[0][m[2]]++
		c[1][m[5]]++
		c[2][m[10]]++
		c[3][m[13]]++
		c[4][m[18]]++
		c[5][m[21]]++
		c[6][m[26]]++
		c[7][m[29]]++
		n, src = n-8, src[24:]
	}
	for i := range n {
		c[i%8][w.mean((*[3]byte)(src[i*format.Size:]))]++
	}
	c.addTo(counts)
}

// projectGrey is conversion.projectCoded for secondCoding.
func projectGrey(_ coding, dst, src []byte, format raster.Format, book *codebook, _ *lookupTable) {
	codes, w := &book.second, greyWeights.of(format)
	var m [32]byte
	for format.Size == 3 && len(dst) >= 8 && len(src) >= 24 {
		p := (*[24]byte)(src)
		w.pair((*[8]byte)(m[0:8]), (*[6]byte)(p[0:6]))
		w.pair((*[8]byte)(m[8:16]), (*[6]byte)(p[6:12]))
		w.pair((*[8]byte)(m[16:24]), (*[6]byte)(p[12:18]))
		w.pair((*[8]byte)(m[24:32]), (*[6]byte)(p[18:24]))
		d := (*[8]byte)(dst)
		d[0], d[1], d[2], d[3] = codes[m[2]], codes[m[5]], codes[m[10]], codes[m[13]]
		d[4], d[5], d[6], d[7] = codes[m[18]], codes[m[21]], codes[m[26]], codes[m[29]]
		dst, src = dst[8:], src[24:]
	}
	for i := range dst {
		dst[i] = codes[w.mean((*[3]byte)(src[i*format.Size:]))]
	}
}
