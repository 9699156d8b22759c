package backproj

import "encoding/binary"

// A strip is a part of a patch that a kernel sums up by vector instructions. It has
// stripColumns columns and at most stripRows rows.
const (
	stripColumns = 32
	stripRows    = 512
)

// With other kernels, and for patches that are narrower, the sums here add the bytes
// of 8 pixels at a time, as four 16-bit numbers in each of two words: those of the
// even and those of the odd columns. That is fast on any 64-bit CPU.
const (
	evenBytes = 0x00ff00ff00ff00ff
	evenPairs = 0x0000ffff0000ffff

	// rowWords is the greatest number of words whose halves, added to each other,
	// add up to 16-bit numbers: 128·2·255 < 2^16.
	rowWords = 128

	// columnRows is the same for the words of a column: 257·255 < 2^16.
	columnRows = 257

	// mixedRows is the same where row i of n rows is counted n-i times:
	// (1 + ... + 22)·255 < 2^16.
	mixedRows = 22
)

// A patch is the pixels of a window. Those of each row adjoin.
type patch struct {
	pix            []uint8
	offset, stride int // of the first pixel in pix, and from row to row
	width, height  int
	kernel         *kernel
}

// The moments of a patch are the sums of p·x^i·y^j over its pixels p, where its
// first pixel has x = y = 0. They are exact up to 2^53.
type moments struct{ m00, m10, m01, m20, m11, m02 float64 }

// addMoved adds the moments of a part whose first pixel has these x and y.
func (m *moments) addMoved(part moments, x, y float64) {
	m.m00 += part.m00
	m.m10 += float64(x*part.m00) + part.m10
	m.m01 += float64(y*part.m00) + part.m01
	m.m20 += float64(x*(float64(x*part.m00)+float64(2*part.m10))) + part.m20
	m.m11 += float64(y*(float64(x*part.m00)+part.m10)) + float64(x*part.m01) + part.m11
	m.m02 += float64(y*(float64(y*part.m00)+float64(2*part.m01))) + part.m02
}

// hasStrips reports whether the kernel sums up strips and the patch is as wide as
// one.
func (p *patch) hasStrips() bool { return p.kernel.stripMoments != nil && p.width >= stripColumns }

// byStrips returns what momentsOf, of the kernel, returns for all strips together.
// The last strip of a row is moved back to end with the patch. It skips the columns
// that belong to the one before.
func (p *patch) byStrips(momentsOf func(pix []uint8, first, stride, rows, skip int) moments) (m moments) {
	for y := 0; y < p.height; y += stripRows {
		rows := min(stripRows, p.height-y)
		for next := 0; next < p.width; next += stripColumns {
			x := min(next, p.width-stripColumns)
			m.addMoved(momentsOf(p.pix, p.offset+y*p.stride+x, p.stride, rows, next-x), float64(x), float64(y))
		}
	}
	return m
}

// centroid returns the moments up to the first order. The others are undefined.
func (p *patch) centroid() (m moments) {
	if p.hasStrips() {
		return p.byStrips(p.kernel.stripCentroid)
	}
	for y := range p.height {
		sum := float64(p.sumOfRow(y))
		m.m00 += sum
		m.m01 += float64(float64(y) * sum)
	}
	for x := 0; x < p.width; x += 8 {
		for y := 0; y < p.height; y += columnRows {
			even, odd := p.sumsOfColumns(x, y, min(columnRows, p.height-y))
			zeroth, first := float64(sum(even)+sum(odd)), float64(weightedSum(even, odd))
			m.m10 += float64(float64(x)*zeroth) + first
		}
	}
	return m
}

// moments returns all moments.
func (p *patch) moments() (m moments) {
	if p.hasStrips() {
		return p.byStrips(p.kernel.stripMoments)
	}
	for y := range p.height {
		sum, row := float64(p.sumOfRow(y)), float64(y)
		m.m00 += sum
		m.m01 += float64(row * sum)
		m.m02 += float64(row * float64(row*sum))
	}
	for x := 0; x < p.width; x += 8 {
		column := float64(x)
		for y := 0; y < p.height; y += mixedRows {
			row, rows := float64(y), min(mixedRows, p.height-y)
			even, odd, evenOften, oddOften := p.mixedSumsOfColumns(x, y, rows)
			// The sums of p, p·i, p·i², p·j and p·i·j over these pixels, in column x+i and
			// row y+j. Row j is rows-j times in what is summed often.
			zeroth, first := sum(even)+sum(odd), weightedSum(even, odd)
			p1, pi, pii := float64(zeroth), float64(first), float64(squaredSum(even, odd))
			pj := float64(uint64(rows)*zeroth - sum(evenOften) - sum(oddOften))
			pij := float64(uint64(rows)*first - weightedSum(evenOften, oddOften))
			m.m10 += float64(column*p1) + pi
			m.m20 += float64(column*(float64(column*p1)+float64(2*pi))) + pii
			m.m11 += float64(row*(float64(column*p1)+pi)) + float64(column*pj) + pij
		}
	}
	return m
}

// sum returns the sum of the pixels.
func (p *patch) sum() int64 {
	if p.hasStrips() {
		return int64(p.byStrips(p.kernel.stripCentroid).m00)
	}
	var total uint64
	for y := range p.height {
		total += p.sumOfRow(y)
	}
	return int64(total)
}

// sumOfRow returns the sum of the pixels of row y.
func (p *patch) sumOfRow(y int) uint64 {
	var total uint64
	row := p.pix[p.offset+y*p.stride:][:p.width]
	for len(row) >= 8 {
		words := row[:min(len(row)&^7, 8*rowWords)]
		row = row[len(words):]
		var pairs uint64
		for ; len(words) >= 8; words = words[8:] {
			word := binary.LittleEndian.Uint64(words)
			pairs += word&evenBytes + word>>8&evenBytes
		}
		total += sum(pairs)
	}
	for _, pixel := range row {
		total += uint64(pixel)
	}
	return total
}

// sumsOfColumns returns the sums of 8 columns from x on, or of those that there
// are, of n ≤ columnRows rows from y on.
func (p *patch) sumsOfColumns(x, y, n int) (even, odd uint64) {
	at := p.offset + y*p.stride + x
	for range n {
		word := p.word(x, at)
		even += word & evenBytes
		odd += word >> 8 & evenBytes
		at += p.stride
	}
	return even, odd
}

// mixedSumsOfColumns returns also the sums in which row j of n ≤ mixedRows is
// counted n-j times.
func (p *patch) mixedSumsOfColumns(x, y, n int) (even, odd, evenOften, oddOften uint64) {
	at := p.offset + y*p.stride + x
	for range n {
		word := p.word(x, at)
		even += word & evenBytes
		odd += word >> 8 & evenBytes
		evenOften += even
		oddOften += odd
		at += p.stride
	}
	return even, odd, evenOften, oddOften
}

// word returns the 8 pixels from column x on, which is at an index of pix, with 0
// for those beyond the patch.
func (p *patch) word(x, at int) uint64 {
	if x <= p.width-8 {
		return binary.LittleEndian.Uint64(p.pix[at:])
	}
	return p.lastWord(x, at)
}

// lastWord returns the word of less than 8 pixels at the end of a row.
func (p *patch) lastWord(x, at int) (word uint64) {
	for i, pixel := range p.pix[at:][:p.width-x] {
		word |= uint64(pixel) << (8 * i)
	}
	return word
}

// sum returns the sum of four 16-bit numbers.
func sum(v uint64) uint64 {
	v = v&evenPairs + v>>16&evenPairs
	return v&0xffffffff + v>>32
}

// weightedSum returns the sum of i times the number of column i, for 8 columns.
func weightedSum(even, odd uint64) uint64 {
	_, e1, e2, e3 := split(even)
	o0, o1, o2, o3 := split(odd)
	return 2*(e1+2*e2+3*e3) + o0 + 3*o1 + 5*o2 + 7*o3
}

// squaredSum returns the sum of i² times the number of column i, for 8 columns.
func squaredSum(even, odd uint64) uint64 {
	_, e1, e2, e3 := split(even)
	o0, o1, o2, o3 := split(odd)
	return 4*(e1+4*e2+9*e3) + o0 + 9*o1 + 25*o2 + 49*o3
}

// split returns four 16-bit numbers, that of the lowest bits first.
func split(v uint64) (a, b, c, d uint64) {
	return v & 0xffff, v >> 16 & 0xffff, v >> 32 & 0xffff, v >> 48
}
