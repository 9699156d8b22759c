// Package raster finds the pixels of images that lie in memory at any distances
// from one another: whole images, crops, flips, steps and planar images.
package raster

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// A Raster is an image whose distances between pixels are known. Component c of
// pixel (x, y) is
//
//	Pix[Offset + y*Row + x*Pixel + c*Component]
type Raster struct {
	Pix                   []byte
	Offset                int
	Width, Height         int
	Row, Pixel, Component int  // distances, which may be negative or 0
	Components            int  // the number of components that are used: 1, 3 or 4
	RedFirst              bool // component 0 of 3 is red; otherwise it is blue
}

// Repeat is the stride that stands for a distance of 0.
const Repeat = math.MinInt

// Distance returns the distance that a stride stands for: packed if the stride is
// 0, and 0 if it is Repeat.
func Distance(stride, packed int) int {
	switch stride {
	case 0:
		return packed
	case Repeat:
		return 0
	}
	return stride
}

// Stride returns the stride that stands for a distance. It is the reverse of
// Distance, and never 0.
func Stride(distance int) int {
	if distance == 0 {
		return Repeat
	}
	return distance
}

// Empty reports whether the raster has no pixels.
func (r *Raster) Empty() bool { return r.Width == 0 || r.Height == 0 }

// Check returns an error unless every component of every pixel lies within Pix.
// The error names the field of an image or a plane that is at fault.
func (r *Raster) Check() error {
	if r.Width < 0 {
		return fmt.Errorf("field Width: %d is negative", r.Width)
	}
	if r.Height < 0 {
		return fmt.Errorf("field Height: %d is negative", r.Height)
	}
	if r.Empty() {
		return nil
	}
	first, last := r.Offset, r.Offset
	for _, axis := range [...]struct{ n, distance int }{
		{r.Height, r.Row}, {r.Width, r.Pixel}, {r.Components, r.Component},
	} {
		reach, ok := multiply(axis.n-1, axis.distance)
		if ok && reach < 0 {
			first, ok = add(first, reach)
		} else if ok {
			last, ok = add(last, reach)
		}
		if !ok {
			return errors.New("field Stride: the image reaches beyond all memory")
		}
	}
	if first < 0 || last >= len(r.Pix) {
		return fmt.Errorf("field Pix: %d bytes, but a %d×%d image with these strides takes bytes %d to %d",
			len(r.Pix), r.Width, r.Height, first, last)
	}
	return nil
}

// multiply returns a*b for a ≥ 0, and whether the product is an int.
func multiply(a, b int) (int, bool) {
	high, low := bits.Mul64(uint64(a), uint64(magnitude(b)))
	return a * b, high == 0 && low <= math.MaxInt
}

// add returns a+b, and whether the sum is an int.
func add(a, b int) (int, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

func magnitude(n int) uint {
	if n < 0 {
		return -uint(n)
	}
	return uint(n)
}

// Overlaps reports whether two pixels of a raster of one component, which must be
// checked, are the same byte.
func (r *Raster) Overlaps() bool {
	if r.Empty() {
		return false
	}
	pixel, row := magnitude(r.Pixel), magnitude(r.Row)
	width, height := uint(r.Width), uint(r.Height)
	if pixel > 0 && row >= pixel*width {
		return false // as is usual: each row ends before the next one begins
	}
	// Two pixels, dx columns and dy rows apart, are the same if dx·pixel = dy·row.
	// The least such distances other than 0 are row/gcd and pixel/gcd.
	gcd, rest := pixel, row
	for rest > 0 {
		gcd, rest = rest, gcd%rest
	}
	if gcd == 0 { // both distances are 0
		return width > 1 || height > 1
	}
	return row/gcd < width && pixel/gcd < height
}

// CheckCrop returns an error unless the raster contains the rectangle.
func (r *Raster) CheckCrop(x, y, width, height int) error {
	if x < 0 || y < 0 || width < 0 || height < 0 || width > r.Width-x || height > r.Height-y {
		return fmt.Errorf("Crop: %d×%d pixels from (%d, %d) on are not within %d×%d",
			width, height, x, y, r.Width, r.Height)
	}
	return nil
}

// Crop returns the part of the raster whose first pixel is (x, y), which the
// raster must contain.
func (r Raster) Crop(x, y, width, height int) Raster {
	r.Offset += y*r.Row + x*r.Pixel
	r.Width, r.Height = width, height
	return r
}

// Rows returns the raster of rows y0 to y1 alone.
func (r Raster) Rows(y0, y1 int) Raster {
	r.Offset += y0 * r.Row
	r.Height = y1 - y0
	return r
}

// Packed reports whether the raster is, with rows one after another, a single row
// of pixels that lie size bytes apart.
func (r *Raster) Packed(size int) bool {
	return r.Pixel == size && r.Row == r.Width*size
}

// Flat returns a packed raster as the single row that it is.
func (r Raster) Flat() Raster {
	r.Width *= r.Height
	r.Height = 1
	return r
}
