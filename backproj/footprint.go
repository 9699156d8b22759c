package backproj

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sync"
)

// maxFootprint is the greatest width and height of a footprint.
const maxFootprint = 255

// Ellipse returns the greatest ellipse within width×height pixels, as OpenCV's
// getStructuringElement with MORPH_ELLIPSE: 1 within, 0 outside. It returns an empty
// plane unless the two are from 1 to 255.
func Ellipse(width, height int) Plane {
	if width < 1 || height < 1 || width > maxFootprint || height > maxFootprint {
		return Plane{}
	}
	p := Plane{Pix: make([]byte, width*height), Width: width, Height: height}
	xRadius, yRadius := width/2, height/2
	var perSquare float64 // OpenCV multiplies by the reciprocal: that rounds differently from dividing
	if yRadius > 0 {
		perSquare = 1 / float64(yRadius*yRadius)
	}
	for y := range height {
		dy := y - yRadius
		dx := round(float64(xRadius) * math.Sqrt(float64(yRadius*yRadius-dy*dy)*perSquare))
		for x := max(xRadius-dx, 0); x < min(xRadius+dx+1, width); x++ {
			p.Pix[y*width+x] = 1
		}
	}
	return p
}

// A footprint is the pixels around a pixel that are added up. Its first row and its
// last row have some. The pixel itself is in column x of row y, which may be above or
// below these rows.
type footprint struct {
	width int
	rows  []pixelSet
	x, y  int
}

// A pixelSet is the pixels of a row of the footprint: bit x%64 of word x/64.
type pixelSet [(maxFootprint + 63) / 64]uint64

func (s *pixelSet) add(x int) { s[x/64] |= 1 << (x % 64) }

func (s *pixelSet) has(x int) bool { return s[x/64]>>(x%64)&1 != 0 }

func (s *pixelSet) size() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// without returns the pixels of s that are not in t, and whether all of t are in s.
func (s pixelSet) without(t pixelSet) (rest pixelSet, contained bool) {
	contained = true
	for i := range s {
		rest[i] = s[i] &^ t[i]
		contained = contained && t[i]&^s[i] == 0
	}
	return rest, contained
}

func (f *footprint) equal(g *footprint) bool {
	return f.width == g.width && f.x == g.x && f.y == g.y && slices.Equal(f.rows, g.rows)
}

// A footprintBuffer is memory for the rows of any footprint.
type footprintBuffer [maxFootprint]pixelSet

// footprintBuffers are lent to one call each.
var footprintBuffers = sync.Pool{New: func() any { return new(footprintBuffer) }}

// footprint returns the pixels of the plane that are not 0, around OpenCV's anchor.
// Its rows are in the buffer.
func (p Plane) footprint(buffer *footprintBuffer) (f footprint, err error) {
	r, err := p.raster()
	if err != nil {
		return f, fmt.Errorf("backproj: disc: %w", err)
	}
	if r.Empty() || r.Width > maxFootprint || r.Height > maxFootprint {
		return f, fmt.Errorf("backproj: disc: %d×%d, not from 1×1 to %d×%d", r.Width, r.Height, maxFootprint, maxFootprint)
	}
	rows := buffer[:r.Height]
	clear(rows)
	first, last := len(rows), -1
	for y := range rows {
		for x := range r.Width {
			if r.Pix[r.Offset+y*r.Row+x*r.Pixel] != 0 {
				rows[y].add(x)
				first, last = min(first, y), y
			}
		}
	}
	if last < 0 {
		return f, fmt.Errorf("backproj: disc: all of its %d×%d pixels are 0", r.Width, r.Height)
	}
	return footprint{r.Width, rows[first : last+1], r.Width / 2, r.Height/2 - first}, nil
}

// sets returns the different sets of pixels that rows have, the smallest first, and
// which of them each row has: -1 if it has no pixels.
func (f *footprint) sets() (sets []pixelSet, ofRow []int) {
	for _, row := range f.rows {
		if row.size() > 0 && !slices.Contains(sets, row) {
			sets = append(sets, row)
		}
	}
	slices.SortStableFunc(sets, func(a, b pixelSet) int { return a.size() - b.size() })
	for _, row := range f.rows {
		ofRow = append(ofRow, slices.Index(sets, row))
	}
	return sets, ofRow
}

// A piece is a run of 1<<span pixels from x on.
type piece struct{ span, x int }

// pieces returns pieces with spans below the given one that together are the set.
func (s *pixelSet) pieces(spans int) (pieces []piece) {
	for x := 0; x < maxFootprint; x++ {
		n := 0
		for x+n < maxFootprint && s.has(x+n) {
			n++
		}
		for n > 0 {
			span := min(bits.Len(uint(n)), spans) - 1
			pieces = append(pieces, piece{span, x})
			x, n = x+1<<span, n-1<<span
		}
	}
	return pieces
}
