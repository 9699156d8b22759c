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

// twoGreys returns OpenCV's grey of two pixels p and q, whose first and last component
// have these weights: in bits 0 to 7, and 32 to 39. A product of a weight and two
// components, 32 bits apart, is two products.
func twoGreys(p, q *[3]byte, first, last uint64) uint64 {
	const halves = 1<<(greyShift-1) | 1<<(greyShift-1)<<32
	sum := (uint64(p[0])|uint64(q[0])<<32)*first + (uint64(p[1])|uint64(q[1])<<32)*greyGreen + (uint64(p[2])|uint64(q[2])<<32)*last
	return (sum + halves) >> greyShift
}

// greyWeights returns the weights of a pixel's first and last component.
func greyWeights(format raster.Format) (first, last uint64) {
	if format.RedFirst {
		return greyRed, greyBlue
	}
	return greyBlue, greyRed
}

func convertGrey(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	first, last := greyWeights(format)
	clear(thirds)
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = uint16(uint8(twoGreys(p, p, first, last)))
	}
}

// projectGrey is conversion.projectCoded for secondCoding.
func projectGrey(_ coding, dst, src []byte, format raster.Format, book *codebook, _ *lookupTable) {
	first, last := greyWeights(format)
	codes, size := &book.second, format.Size
	for size == 3 && len(dst) >= 4 && len(src) >= 12 {
		d, p := (*[4]byte)(dst), (*[12]byte)(src)
		one := twoGreys((*[3]byte)(p[:]), (*[3]byte)(p[3:]), first, last)
		two := twoGreys((*[3]byte)(p[6:]), (*[3]byte)(p[9:]), first, last)
		d[0], d[1], d[2], d[3] = codes[uint8(one)], codes[uint8(one>>32)], codes[uint8(two)], codes[uint8(two>>32)]
		dst, src = dst[4:], src[12:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*size:])
		dst[i] = codes[uint8(twoGreys(p, p, first, last))]
	}
}

// projectGreyPlaneCoded is conversion.projectCoded for secondCoding.
func projectGreyPlaneCoded(_ coding, dst, src []byte, _ raster.Format, book *codebook, _ *lookupTable) {
	codes := &book.second
	for len(dst) >= 8 {
		d, p := (*[8]byte)(dst), (*[8]byte)(src)
		d[0], d[1], d[2], d[3] = codes[p[0]], codes[p[1]], codes[p[2]], codes[p[3]]
		d[4], d[5], d[6], d[7] = codes[p[4]], codes[p[5]], codes[p[6]], codes[p[7]]
		dst, src = dst[8:], src[8:]
	}
	for i := range dst {
		dst[i] = codes[src[i]]
	}
}
