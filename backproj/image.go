package backproj

import (
	"fmt"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// An Order is the order in which the components of a pixel lie in memory.
type Order int

const (
	BGR  Order = iota // blue, green, red: OpenCV's order
	RGB               // red, green, blue: most other libraries' order
	BGRA              // as BGR; the fourth component is ignored
	RGBA              // as RGB; the fourth component is ignored
	Mono              // grey alone: one component, for layouts of the channel Gray
)

// Channels returns the number of components of a pixel.
func (o Order) Channels() int {
	switch o {
	case BGRA, RGBA:
		return 4
	case Mono:
		return 1
	}
	return 3
}

// String returns the name of the order, such as "BGR".
func (o Order) String() string {
	return enumName("Order", int(o), "BGR", "RGB", "BGRA", "RGBA", "Mono")
}

// enumName returns the name of a constant of an enumerated type, or its number if
// it has none.
func enumName(typeName string, i int, names ...string) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("%s(%d)", typeName, i)
	}
	return names[i]
}

func (o Order) redFirst() bool { return o == RGB || o == RGBA }

// Repeat is a stride that makes all rows the same one, or all pixels of a row, or
// all components: their distance is 0. The stride 0 means the default instead.
const Repeat = raster.Repeat

// An Image is an 8-bit colour image, or a grey one, in memory that belongs to the caller.
// Component c of pixel (x, y) is
//
//	Pix[Offset + y*Stride + x*PixelStride + c*ChannelStride]
//
// An image without gaps needs only Pix, Width and Height. With the other fields,
// crops, flips (by negative strides), every other pixel, and planar images are
// used where they are, without a copy.
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

// Crop returns the part of the image whose first pixel is (x, y). It shares the
// pixels of the image. None of its strides is 0.
func (m Image) Crop(x, y, width, height int) (Image, error) {
	r, err := m.raster()
	if err == nil {
		err = r.CheckCrop(x, y, width, height)
	}
	if err != nil {
		return Image{}, fmt.Errorf("backproj: %w", err)
	}
	return Image{
		Pix: m.Pix, Width: width, Height: height, Order: m.Order,
		Offset: r.Crop(x, y, width, height).Offset, Stride: raster.Stride(r.Row),
		PixelStride: raster.Stride(r.Pixel), ChannelStride: raster.Stride(r.Component),
	}, nil
}

// Crop returns the part of the plane whose first pixel is (x, y). It shares the
// pixels of the plane. None of its strides is 0.
func (p Plane) Crop(x, y, width, height int) (Plane, error) {
	r, err := p.raster()
	if err == nil {
		err = r.CheckCrop(x, y, width, height)
	}
	if err != nil {
		return Plane{}, fmt.Errorf("backproj: %w", err)
	}
	return Plane{
		Pix: p.Pix, Width: width, Height: height,
		Offset: r.Crop(x, y, width, height).Offset, Stride: raster.Stride(r.Row), PixelStride: raster.Stride(r.Pixel),
	}, nil
}

// AppendBGR appends the pixels of the image to dst, row by row from the top,
// each as blue, green and red, and returns the extended slice. These are equal if
// the image is grey. It is for those who need an image as other libraries take it.
func (m Image) AppendBGR(dst []byte) ([]byte, error) {
	r, err := m.raster()
	if err == nil {
		dst, err = r.AppendBGR(dst)
	}
	if err != nil {
		return dst, fmt.Errorf("backproj: %w", err)
	}
	return dst, nil
}

// raster returns where the pixels of the image lie, or an error unless that is
// within Pix.
func (m Image) raster() (raster.Raster, error) {
	if m.Order < BGR || m.Order > Mono {
		return raster.Raster{}, fmt.Errorf("field Order: %d is not an order", int(m.Order))
	}
	r := raster.Raster{
		Pix: m.Pix, Offset: m.Offset, Width: m.Width, Height: m.Height,
		Component: raster.Distance(m.ChannelStride, 1), Components: min(3, m.Order.Channels()),
		RedFirst: m.Order.redFirst(),
	}
	r.Pixel = raster.Distance(m.PixelStride, m.Order.Channels())
	r.Row = raster.Distance(m.Stride, r.Width*r.Pixel)
	return r, r.Check()
}

// channels is as raster, with the fourth component if the image has one.
func (m Image) channels() (raster.Raster, error) {
	r, err := m.raster()
	if err != nil {
		return r, err
	}
	r.Components = m.Order.Channels()
	return r, r.Check()
}

// raster returns where the pixels of the plane lie, or an error unless that is
// within Pix.
func (p Plane) raster() (raster.Raster, error) {
	r := raster.Raster{
		Pix: p.Pix, Offset: p.Offset, Width: p.Width, Height: p.Height,
		Pixel: raster.Distance(p.PixelStride, 1), Components: 1,
	}
	r.Row = raster.Distance(p.Stride, r.Width*r.Pixel)
	return r, r.Check()
}
