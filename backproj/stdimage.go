package backproj

import (
	"errors"
	"fmt"
	"image"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// ImageFromRGBA returns an image that shares the pixels of m. The alpha channel is
// ignored, so that translucent pixels have the darker colours that they have in
// m.Pix, premultiplied by alpha.
func ImageFromRGBA(m *image.RGBA) Image {
	return fromRGBA(m.Pix, m.Stride, m.Rect)
}

// ImageFromNRGBA returns an image that shares the pixels of m. The alpha channel
// is ignored.
func ImageFromNRGBA(m *image.NRGBA) Image {
	return fromRGBA(m.Pix, m.Stride, m.Rect)
}

// PlaneFromGray returns a plane, such as a mask, that shares the pixels of m.
func PlaneFromGray(m *image.Gray) Plane {
	width, height := size(m.Rect)
	return Plane{Pix: m.Pix, Width: width, Height: height, Stride: raster.Stride(m.Stride)}
}

// Gray returns the plane as an image of package image, which shares its pixels.
// Its bounds begin at (0, 0). It is an error if no image.Gray can share them: the
// pixels of each row must adjoin, and rows must not follow one another upwards.
func (p Plane) Gray() (*image.Gray, error) {
	r, err := p.raster()
	if err != nil {
		return nil, fmt.Errorf("backproj: %w", err)
	}
	m := &image.Gray{Stride: r.Row, Rect: image.Rect(0, 0, r.Width, r.Height)}
	if r.Empty() {
		return m, nil
	}
	if r.Pixel != 1 && r.Width > 1 {
		return nil, errors.New("backproj: field PixelStride: the pixels of a row do not adjoin, as those of an image.Gray do")
	}
	if r.Height == 1 {
		m.Stride = r.Width // there is no next row
	}
	if m.Stride < 0 {
		return nil, errors.New("backproj: field Stride: negative, but the rows of an image.Gray follow one another downwards")
	}
	m.Pix = p.Pix[r.Offset:]
	return m, nil
}

func fromRGBA(pix []byte, stride int, bounds image.Rectangle) Image {
	width, height := size(bounds)
	return Image{Pix: pix, Width: width, Height: height, Order: RGBA, Stride: raster.Stride(stride)}
}

// size returns the width and height of a rectangle, 0 if it is empty.
func size(r image.Rectangle) (width, height int) {
	if r.Empty() {
		return 0, 0
	}
	return r.Dx(), r.Dy()
}
