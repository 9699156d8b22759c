//go:build opencv

package opencv

import (
	"fmt"
	"iter"
	"math"

	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/internal/raster"
)

// partPixels is the most pixels that OpenCV gets at a time. It counts them in
// float32, which is exact up to here, and numbers them in 32-bit ints.
var partPixels = 1 << 24

// copyPixels is the most pixels that OpenCV gets at a time if they have to be
// copied, so that a call allocates little.
const copyPixels = 1 << 20

// imageRaster returns the raster of an image, or an error if there is none.
func imageRaster(m backproj.Image) (raster.Raster, error) {
	whole, err := m.Crop(0, 0, m.Width, m.Height) // with strides other than 0
	return raster.Raster{
		Pix: whole.Pix, Offset: whole.Offset, Width: whole.Width, Height: whole.Height,
		Row: raster.Distance(whole.Stride, 0), Pixel: raster.Distance(whole.PixelStride, 0),
		Component: raster.Distance(whole.ChannelStride, 0), Components: 3,
		RedFirst: whole.Order == backproj.RGB || whole.Order == backproj.RGBA,
	}, err
}

// planeRaster returns the raster of a plane, or an error if there is none.
func planeRaster(p backproj.Plane) (raster.Raster, error) {
	whole, err := p.Crop(0, 0, p.Width, p.Height)
	return raster.Raster{
		Pix: whole.Pix, Offset: whole.Offset, Width: whole.Width, Height: whole.Height,
		Row: raster.Distance(whole.Stride, 0), Pixel: raster.Distance(whole.PixelStride, 0), Components: 1,
	}, err
}

// sameSize returns an error unless a plane has the size of an image.
func sameSize(plane, image *raster.Raster, imageName string) error {
	if plane.Width != image.Width || plane.Height != image.Height {
		return fmt.Errorf("%d×%d, but the %s is %d×%d", plane.Width, plane.Height, imageName, image.Width, image.Height)
	}
	return nil
}

// A part is the same rectangle of an image and of a plane of its size, which is a
// mask or a back projection. A plane without Pix stands for no mask.
type part struct {
	image, plane raster.Raster
}

// parts yields rectangles that together are the whole. The image has pixels.
//
// No part has more than partPixels, nor than copyPixels if something has to be
// copied. OpenCV can use each where it is, unless it can use no part of the whole
// so: the last row, which may end before its gap or its last pixel's fourth byte,
// is then a part of its own.
func (p part) parts() iter.Seq[part] {
	return func(yield func(part) bool) {
		most := partPixels
		if !matImage(&p.image) || p.plane.Pix != nil && !matPlane(&p.plane) {
			most = min(most, copyPixels)
		}
		width := min(p.image.Width, most)
		height := max(1, most/width)
		for y := 0; y < p.image.Height; y += height {
			for x := 0; x < p.image.Width; x += width {
				w, h := min(width, p.image.Width-x), min(height, p.image.Height-y)
				whole := p.crop(x, y, w, h)
				if h == 1 || !whole.endsShort() {
					if !yield(whole) {
						return
					}
					continue
				}
				if !yield(whole.crop(0, 0, w, h-1)) || !yield(whole.crop(0, h-1, w, 1)) {
					return
				}
			}
		}
	}
}

func (p part) crop(x, y, width, height int) part {
	p.image = p.image.Crop(x, y, width, height)
	if p.plane.Pix != nil {
		p.plane = p.plane.Crop(x, y, width, height)
	}
	return p
}

// endsShort reports whether OpenCV can use all rows but the last one where they
// are: the gap after that, or the fourth byte of its last pixel, is not in memory.
func (p part) endsShort() bool {
	rest := p.crop(0, 0, p.image.Width, p.image.Height-1)
	return matImage(&rest.image) && !matImage(&p.image) ||
		p.plane.Pix != nil && matPlane(&rest.plane) && !matPlane(&p.plane)
}

// matImage reports whether OpenCV can use the image where it is.
func matImage(r *raster.Raster) bool {
	offset, format, ok := r.Interleaved()
	return ok && matRows(r.Row, len(r.Pix)-offset, r.Width*format.Size, r.Height)
}

// matPlane reports whether OpenCV can use the plane where it is.
func matPlane(r *raster.Raster) bool {
	return (r.Adjoins() || r.Width == 1) && matRows(r.Row, len(r.Pix)-r.Offset, r.Width, r.Height)
}

// matRows reports whether rows of size bytes, stride apart, can be a Mat over so
// many bytes of memory: one below the other, each with its gap in memory.
func matRows(stride, memory, size, height int) bool {
	if height == 1 {
		return size <= memory
	}
	return stride >= size && stride <= math.MaxInt32 && height <= memory/stride
}
