package backproj

import "github.com/backproj/backproj/backproj/internal/raster"

// The conversions of this file need no division, so they are plain arithmetic. Their
// loops read a pixel through a pointer to an array, whose length says that no component
// needs a check of its own.

func convertBlueGreen(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	blue, red := blueAndRed(format)
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

// projectBlueGreen is conversion.projectCoded for tripleCoding.
func projectBlueGreen(_ coding, dst, src []byte, format raster.Format, book *codebook, table *lookupTable) {
	_, _ = *book, *table
	size := format.Size
	if format.RedFirst {
		for i := range dst {
			p := (*[3]byte)(src[i*size:])
			dst[i] = table[uint16(book.first[p[2]])<<8|uint16(book.second[p[1]]|book.third[p[0]])]
		}
		return
	}
	for size == 3 && len(dst) >= 4 && len(src) >= 12 {
		d, p := (*[4]byte)(dst), (*[12]byte)(src)
		d[0] = table[uint16(book.first[p[0]])<<8|uint16(book.second[p[1]]|book.third[p[2]])]
		d[1] = table[uint16(book.first[p[3]])<<8|uint16(book.second[p[4]]|book.third[p[5]])]
		d[2] = table[uint16(book.first[p[6]])<<8|uint16(book.second[p[7]]|book.third[p[8]])]
		d[3] = table[uint16(book.first[p[9]])<<8|uint16(book.second[p[10]]|book.third[p[11]])]
		dst, src = dst[4:], src[12:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*size:])
		dst[i] = table[uint16(book.first[p[0]])<<8|uint16(book.second[p[1]]|book.third[p[2]])]
	}
}

// crOf and cbOf have Cr and Cb for the differences of red or blue and Y, modulo 512.
var crOf, cbOf = chromas(crFactor), chromas(cbFactor)

func chromas(factor int) (c [512]uint8) {
	for difference := -255; difference <= 255; difference++ {
		c[difference&511] = chroma(difference, factor)
	}
	return c
}

// crCbOf returns the index of a colour.
func crCbOf(b, g, r uint8) uint16 {
	y := lumaOf(uint32(b), uint32(g), uint32(r))
	return uint16(crOf[(uint32(r)-y)&511])<<8 | uint16(cbOf[(uint32(b)-y)&511])
}

// blueAndRed returns the places of blue and red in a pixel.
func blueAndRed(format raster.Format) (blue, red int) {
	if format.RedFirst {
		return 2, 0
	}
	return 0, 2
}

func convertCrCb(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	blue, red := blueAndRed(format)
	if thirds == nil {
		for i := range dst {
			p := (*[3]byte)(src[i*format.Size:])
			dst[i] = crCbOf(p[blue], p[1], p[red])
		}
		return
	}
	thirds = thirds[:len(dst)]
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		b, g, r := uint32(p[blue]), uint32(p[1]), uint32(p[red])
		y := lumaOf(b, g, r)
		dst[i], thirds[i] = uint16(crOf[(r-y)&511])<<8|uint16(cbOf[(b-y)&511]), uint8(y)
	}
}

// projectCrCb is conversion.project.
func projectCrCb(dst, src []byte, format raster.Format, table *lookupTable, gate gate) {
	_ = *table
	if gate != open {
		projectConverted(convertCrCb, dst, src, format, table, gate)
		return
	}
	if format.RedFirst {
		for i := range dst {
			p := (*[3]byte)(src[i*format.Size:])
			dst[i] = table[crCbOf(p[2], p[1], p[0])]
		}
		return
	}
	for format.Size == 3 && len(dst) >= 4 && len(src) >= 12 {
		d, p := (*[4]byte)(dst), (*[12]byte)(src)
		d[0] = table[crCbOf(p[0], p[1], p[2])]
		d[1] = table[crCbOf(p[3], p[4], p[5])]
		d[2] = table[crCbOf(p[6], p[7], p[8])]
		d[3] = table[crCbOf(p[9], p[10], p[11])]
		dst, src = dst[4:], src[12:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = table[crCbOf(p[0], p[1], p[2])]
	}
}

// projectCrCbCoded is conversion.projectCoded for tripleCoding.
func projectCrCbCoded(_ coding, dst, src []byte, format raster.Format, book *codebook, table *lookupTable) {
	_, _ = *book, *table
	if format.RedFirst {
		for i := range dst {
			p := (*[3]byte)(src[i*format.Size:])
			dst[i] = table[book.crCb(p[2], p[1], p[0])]
		}
		return
	}
	for format.Size == 3 && len(dst) >= 2 && len(src) >= 6 {
		d, p := (*[2]byte)(dst), (*[6]byte)(src)
		d[0] = table[book.crCb(p[0], p[1], p[2])]
		d[1] = table[book.crCb(p[3], p[4], p[5])]
		dst, src = dst[2:], src[6:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = table[book.crCb(p[0], p[1], p[2])]
	}
}

// crCb returns the codes of a colour, as tripleCoding puts them together.
func (book *codebook) crCb(b, g, r uint8) uint16 {
	y := lumaOf(uint32(b), uint32(g), uint32(r))
	low := book.second[cbOf[(uint32(b)-y)&511]] | book.third[uint8(y)]
	return uint16(book.first[crOf[(uint32(r)-y)&511]])<<8 | uint16(low)
}
