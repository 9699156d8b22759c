package backproj

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// An Order is the order in which the components of a pixel lie in memory.
type Order int

const (
	BGR  Order = iota // blue, green, red: OpenCV's order
	RGB               // red, green, blue: most other libraries' order
	BGRA              // as BGR; the fourth component is ignored
	RGBA              // as RGB; the fourth component is ignored
)

// Channels returns the number of components of a pixel.
func (o Order) Channels() int {
	if o == BGRA || o == RGBA {
		return 4
	}
	return 3
}

func (o Order) redFirst() bool { return o == RGB || o == RGBA }

// Repeat as a stride means a distance of zero: every row (or pixel) is the
// same one. The zero stride itself means the default.
const Repeat = math.MinInt

// An Image is an 8-bit colour image in memory that belongs to the caller.
// Component c of pixel (x, y) is
//
//	Pix[Offset + y*Stride + x*PixelStride + c*ChannelStride]
//
// An image without gaps needs only Pix, Width and Height. The strides reach
// crops, flips (with negative strides), steps and planar images in place.
type Image struct {
	Pix           []byte
	Width, Height int
	Order         Order // BGR by default

	Offset        int // where pixel (0, 0) begins
	Stride        int // from row to row; 0 means Width*PixelStride
	PixelStride   int // from pixel to pixel; 0 means Order.Channels()
	ChannelStride int // from component to component; 0 means 1
}

// A Plane is an 8-bit image of one component, a mask or a back projection,
// in memory that belongs to the caller. Pixel (x, y) is
//
//	Pix[Offset + y*Stride + x*PixelStride]
type Plane struct {
	Pix           []byte
	Width, Height int

	Offset      int // where pixel (0, 0) lies
	Stride      int // from row to row; 0 means Width*PixelStride
	PixelStride int // from pixel to pixel; 0 means 1
}

// A raster is an Image or a Plane whose strides are resolved and whose every
// byte is known to lie within pix.
type raster struct {
	pix                 []byte
	offset              int
	width, height       int
	row, pixel, channel int
	channels            int
	redFirst            bool
}

func (m Image) raster() (raster, error) {
	if m.Order < BGR || m.Order > RGBA {
		return raster{}, fmt.Errorf("field Order: %d is not an order", m.Order)
	}
	r := raster{
		pix: m.Pix, offset: m.Offset, width: m.Width, height: m.Height,
		channel: stride(m.ChannelStride, 1), channels: 3,
		redFirst: m.Order.redFirst(),
	}
	r.pixel = stride(m.PixelStride, m.Order.Channels())
	r.row = stride(m.Stride, r.width*r.pixel)
	return r, r.check()
}

func (p Plane) raster() (raster, error) {
	r := raster{
		pix: p.Pix, offset: p.Offset, width: p.Width, height: p.Height,
		pixel: stride(p.PixelStride, 1), channels: 1,
	}
	r.row = stride(p.Stride, r.width*r.pixel)
	return r, r.check()
}

func stride(given, packed int) int {
	switch given {
	case 0:
		return packed
	case Repeat:
		return 0
	}
	return given
}

// check reports whether every byte of the raster lies within pix.
func (r *raster) check() error {
	if r.width < 0 {
		return fmt.Errorf("field Width: %d is negative", r.width)
	}
	if r.height < 0 {
		return fmt.Errorf("field Height: %d is negative", r.height)
	}
	if r.width == 0 || r.height == 0 {
		return nil
	}
	first, last := r.offset, r.offset
	for _, axis := range [...]struct{ n, stride int }{
		{r.height, r.row}, {r.width, r.pixel}, {r.channels, r.channel},
	} {
		reach, ok := multiply(axis.n-1, axis.stride)
		if ok && reach < 0 {
			first, ok = add(first, reach)
		} else if ok {
			last, ok = add(last, reach)
		}
		if !ok {
			return errors.New("field Stride: the image reaches beyond all memory")
		}
	}
	if first < 0 || last >= len(r.pix) {
		return fmt.Errorf("field Pix: %d bytes, but a %d×%d image with these strides takes bytes %d to %d",
			len(r.pix), r.width, r.height, first, last)
	}
	return nil
}

// multiply returns a*b for a ≥ 0, and whether the product is an int.
func multiply(a, b int) (int, bool) {
	magnitude := uint64(b)
	if b < 0 {
		magnitude = -magnitude
	}
	high, low := bits.Mul64(uint64(a), magnitude)
	return a * b, high == 0 && low <= math.MaxInt
}

// add returns a+b, and whether the sum is an int.
func add(a, b int) (int, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

// overlaps reports whether two of the raster's pixels are the same byte.
func (r *raster) overlaps() bool {
	pixel, row := magnitude(r.pixel), magnitude(r.row)
	width, height := uint(max(0, r.width)), uint(max(0, r.height))
	if width == 0 || height == 0 {
		return false
	}
	if row/width >= pixel && pixel > 0 {
		return false // each row ends before the next begins, as is usual
	}
	// Pixels dx and dy apart are the same one if dx·pixel = dy·row. The least
	// such distances, other than 0, are those divided by their common divisor.
	a, b := pixel, row
	for b > 0 {
		a, b = b, a%b
	}
	if a == 0 {
		return width > 1 || height > 1
	}
	return row/a < width && pixel/a < height
}

func magnitude(n int) uint {
	if n < 0 {
		return -uint(n)
	}
	return uint(n)
}

func (r *raster) empty() bool { return r.width == 0 || r.height == 0 }
