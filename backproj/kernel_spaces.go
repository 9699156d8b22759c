//go:build amd64 || arm64

package backproj

import (
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// A spacesAssembly has the functions of a kernel that are for several spaces, in assembly.
// They need at least one batch of pixels and check nothing.
type spacesAssembly struct {
	batch   int
	convert func(dst *uint16, thirds, src *uint8, n, size int, redFirst bool, space uint8)
	count   func(counts *uint32, src *uint8, n, size int, redFirst bool, space uint8)
	project func(dst, src *uint8, n, size int, redFirst bool, space uint8, table *uint8, lo, span uint8, rejected uint16)

	// These are projectCoded for each coding that the kernel supports.
	first, second, pair func(dst, src *uint8, n, size int, redFirst bool, space uint8, book *codebook)
	tripleBins          func(dst, src *uint8, n, size int, redFirst bool, space uint8, book *codebook) // or nil
	triple              func(dst, src *uint8, n, size int, redFirst bool, space uint8, book *codebook, table *uint8)

	// plane is projectCoded for secondCoding in the space greyPlane.
	plane func(dst, src *uint8, n int, book *codebook)
}

// mostBatch is the greatest batch of a spacesAssembly.
const mostBatch = 64

// A paddedRow has room for a batch of pixels, where a row is shorter.
type paddedRow struct {
	pixels  [4 * mostBatch]byte
	indices [mostBatch]uint16
	bytes   [mostBatch]byte // third components or results
}

var paddedRows = sync.Pool{New: func() any { return new(paddedRow) }}

// padded returns a row with the n pixels of src, and with others after them. It is lent
// to the caller.
func padded(n int, src []byte, format raster.Format) *paddedRow {
	checkLength(n, src, format)
	row := paddedRows.Get().(*paddedRow)
	copy(row.pixels[:], src[:format.Bytes(n)])
	return row
}

// conversion returns the conversion to a space that these codings are supported in.
func (v *spacesAssembly) conversion(s space, codings [codings]bool) conversion {
	c := conversion{supports: codings}
	c.convert = func(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
		n := len(dst)
		switch {
		case n == 0:
		case n < v.batch:
			row := padded(n, src, format)
			c.convert(row.indices[:v.batch], row.bytes[:v.batch], row.pixels[:], format)
			copy(dst, row.indices[:])
			copy(thirds, row.bytes[:n])
			paddedRows.Put(row)
		default:
			checkLength(n, src, format)
			var third *uint8
			if thirds != nil {
				third = &thirds[:n][0]
			}
			v.convert(&dst[0], third, &src[0], n, format.Size, format.RedFirst, uint8(s))
		}
	}
	c.count = func(counts *indexCounts, n int, src []byte, format raster.Format) {
		whole := n - n%v.batch
		if whole > 0 {
			checkLength(whole, src, format)
			v.count(&counts[0], &src[0], whole, format.Size, format.RedFirst, uint8(s))
		}
		if rest := n - whole; rest > 0 {
			row := padded(rest, src[whole*format.Size:], format)
			c.convert(row.indices[:v.batch], nil, row.pixels[:], format)
			counts.add(row.indices[:rest])
			paddedRows.Put(row)
		}
	}
	if s == grey {
		c.count = countGreyRows(c.count, c.convert)
	}
	c.project = func(dst, src []byte, format raster.Format, table *lookupTable, gate gate) {
		n := len(dst)
		switch {
		case n == 0:
		case n < v.batch:
			row := padded(n, src, format)
			c.project(row.bytes[:v.batch], row.pixels[:], format, table, gate)
			copy(dst, row.bytes[:])
			paddedRows.Put(row)
		default:
			checkLength(n, src, format)
			v.project(&dst[0], &src[0], n, format.Size, format.RedFirst, uint8(s), &table[0],
				gate.lo, gate.hi-gate.lo, spaceTraits[s].rejected)
		}
	}
	if s == blueGreen {
		c.project = nil
	}
	c.projectCoded = func(coding coding, dst, src []byte, format raster.Format, book *codebook, table *lookupTable) {
		v.projectCoded(s, coding, dst, src, format, book, table)
	}
	return c
}

// projectCoded is conversion.projectCoded for a space.
func (v *spacesAssembly) projectCoded(s space, coding coding, dst, src []byte, format raster.Format, book *codebook, table *lookupTable) {
	n := len(dst)
	if n == 0 {
		return
	}
	if n < v.batch {
		row := padded(n, src, format)
		v.projectCoded(s, coding, row.bytes[:v.batch], row.pixels[:], format, book, table)
		copy(dst, row.bytes[:])
		paddedRows.Put(row)
		return
	}
	checkLength(n, src, format)
	_ = *book // panics if it is nil, as the assembly would not
	switch coding {
	case firstCoding:
		v.first(&dst[0], &src[0], n, format.Size, format.RedFirst, uint8(s), book)
	case secondCoding:
		v.second(&dst[0], &src[0], n, format.Size, format.RedFirst, uint8(s), book)
	case pairCoding:
		v.pair(&dst[0], &src[0], n, format.Size, format.RedFirst, uint8(s), book)
	case tripleCoding:
		t := &table[0] // panics if it is nil
		if book.hasBins && v.tripleBins != nil {
			v.tripleBins(&dst[0], &src[0], n, format.Size, format.RedFirst, uint8(s), book)
			return
		}
		v.triple(&dst[0], &src[0], n, format.Size, format.RedFirst, uint8(s), book, t)
	}
}

// planes returns the conversion to greyPlane. Only projecting takes more than a few
// loads.
func (v *spacesAssembly) planes() conversion {
	c := genericKernel.spaces[greyPlane]
	c.supports[secondCoding] = true
	c.projectCoded = func(_ coding, dst, src []byte, _ raster.Format, book *codebook, _ *lookupTable) {
		n := len(dst)
		if n == 0 {
			return
		}
		_, _ = src[n-1], *book
		if n >= v.batch {
			v.plane(&dst[0], &src[0], n, book)
			return
		}
		for i, grey := range src[:n] {
			dst[i] = book.second[grey]
		}
	}
	c.sharesIndices = false
	return c
}

// countGreyRows returns the count of the space grey. That of the assembly may count greys
// in the first four rows of the counts by turns, of which the others are added to the
// first.
func countGreyRows(count func(counts *indexCounts, n int, src []byte, format raster.Format), convert convertFunc) func(*indexCounts, int, []byte, raster.Format) {
	const least = 4096 // fewer pixels are counted sooner than the rows are added up
	return func(counts *indexCounts, n int, src []byte, format raster.Format) {
		if n < least {
			countConverted(convert, counts, n, src, format)
			return
		}
		count(counts, n, src, format)
		for grey := range 256 {
			counts[grey] += counts[1<<8|grey] + counts[2<<8|grey] + counts[3<<8|grey]
		}
		clear(counts[1<<8 : 4<<8])
	}
}
