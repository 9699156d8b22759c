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

// countGreyPlane counts in several tables by turns. Neighbours are often equal, and a
// count that has just been written takes a few cycles to be read again.
func countGreyPlane(counts *indexCounts, n int, src []byte, _ raster.Format) {
	if n == 0 {
		return
	}
	_ = src[n-1]
	src = src[:n]
	const least = 1024 // fewer pixels are counted sooner than the tables are added up
	if n >= least {
		var c [8][256]uint32
		for len(src) >= 8 {
			s := (*[8]byte)(src)
			c[0][s[0]]++
			c[1][s[1]]++
			c[2][s[2]]++
			c[3][s[3]]++
			c[4][s[4]]++
			c[5][s[5]]++
			c[6][s[6]]++
			c[7][s[7]]++
			src = src[8:]
		}
		for i := range c[0] {
			counts[i] += c[0][i] + c[1][i] + c[2][i] + c[3][i] + c[4][i] + c[5][i] + c[6][i] + c[7][i]
		}
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
	for len(src) >= 8 && len(dst) >= 8 {
		s, d := (*[8]byte)(src), (*[8]byte)(dst)
		d[0], d[1], d[2], d[3] = row[s[0]], row[s[1]], row[s[2]], row[s[3]]
		d[4], d[5], d[6], d[7] = row[s[4]], row[s[5]], row[s[6]], row[s[7]]
		src, dst = src[8:], dst[8:]
	}
	for i, grey := range src {
		dst[i] = row[grey]
	}
}
