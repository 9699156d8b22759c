package backproj

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
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

// A footprint is the pixels around a pixel that are added up. That pixel is in
// column width/2 of row len(rows)/2, OpenCV's anchor.
type footprint struct {
	width int
	rows  []pixelSet
}

// A pixelSet is the pixels of a row of the footprint: bit x%64 of word x/64.
type pixelSet [(maxFootprint + 63) / 64]uint64

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

func (f footprint) equal(g footprint) bool { return f.width == g.width && slices.Equal(f.rows, g.rows) }

// footprint returns the pixels of the plane that are not 0.
func (p Plane) footprint() (f footprint, err error) {
	r, err := p.raster()
	if err != nil {
		return f, fmt.Errorf("backproj: disc: %w", err)
	}
	if r.Empty() || r.Width > maxFootprint || r.Height > maxFootprint {
		return f, fmt.Errorf("backproj: disc: %d×%d, not from 1×1 to %d×%d", r.Width, r.Height, maxFootprint, maxFootprint)
	}
	f = footprint{r.Width, make([]pixelSet, r.Height)}
	size := 0
	for y := range f.rows {
		for x := range r.Width {
			if r.Pix[r.Offset+y*r.Row+x*r.Pixel] != 0 {
				f.rows[y][x/64] |= 1 << (x % 64)
				size++
			}
		}
	}
	if size == 0 {
		return f, fmt.Errorf("backproj: disc: all of its %d×%d pixels are 0", r.Width, r.Height)
	}
	return f, nil
}

// sets returns the different sets of pixels that rows have, the smallest first, and
// which of them each row has: -1 if it has no pixels.
func (f footprint) sets() (sets []pixelSet, ofRow []int) {
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

// pieces calls f for runs of 1<<span < 1<<spans pixels from x on that together are
// the set.
func (s *pixelSet) pieces(spans int, f func(span, x int)) {
	has := func(x int) bool { return x < 64*len(s) && s[x/64]>>(x%64)&1 != 0 }
	for x := 0; x < 64*len(s); {
		n := 0
		for has(x + n) {
			n++
		}
		for n > 0 {
			span := min(bits.Len(uint(n)), spans) - 1
			f(span, x)
			x, n = x+1<<span, n-1<<span
		}
		x++
	}
}
