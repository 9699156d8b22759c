package backproj

import "github.com/backproj/backproj/backproj/internal/raster"

// The loops of this file read pixels through a pointer to an array, whose length says
// that no component needs a check of its own.

func convertBlueGreen(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	blue, red := blueAndRed(format)
	if thirds == nil {
		for i := range dst {
			p := (*[3]byte)(src[i*format.Size:])
			dst[i] = uint16(p[blue])<<8 | uint16(p[1])
		}
		return
	}
	for format.Size == 3 && !format.RedFirst && len(dst) >= 4 && len(thirds) >= 4 && len(src) >= 12 {
		d, r, p := (*[4]uint16)(dst), (*[4]uint8)(thirds), (*[12]byte)(src)
		d[0], r[0] = uint16(p[0])<<8|uint16(p[1]), p[2]
		d[1], r[1] = uint16(p[3])<<8|uint16(p[4]), p[5]
		d[2], r[2] = uint16(p[6])<<8|uint16(p[7]), p[8]
		d[3], r[3] = uint16(p[9])<<8|uint16(p[10]), p[11]
		dst, thirds, src = dst[4:], thirds[4:], src[12:]
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i], thirds[i] = uint16(p[blue])<<8|uint16(p[1]), p[red]
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

// blueAndRed returns the places of blue and red in a pixel.
func blueAndRed(format raster.Format) (blue, red int) {
	if format.RedFirst {
		return 2, 0
	}
	return 0, 2
}
