//go:build opencv

package opencv

import (
	"iter"
	"math"

	"github.com/backproj/backproj/backproj"
)

// partPixels is how many pixels OpenCV gets at a time. It counts them in
// float32, which is exact up to here, and numbers them in ints, which end
// soon after.
var partPixels = 1 << 24

// copyPixels is how many it gets at a time of what it cannot have in place, so
// that a call does with little memory of its own.
const copyPixels = 1 << 20

// A part is the same rectangle of an image and of a plane beside it, a mask or
// a back projection.
type part struct {
	image backproj.Image
	plane backproj.Plane
}

// parts returns the parts that an image and a plane of its size together
// consist of; the plane may have no Pix. Both have pixels, and their strides written out.
//
// No part has more than partPixels, nor than copyPixels where there is
// something to copy, and none ends short, other than by being a single row.
func parts(image backproj.Image, plane backproj.Plane) iter.Seq[part] {
	return func(yield func(part) bool) {
		most := partPixels
		if _, inPlace := interleaved(image); !inPlace || plane.Pix != nil && !adjoining(plane) {
			most = min(most, copyPixels)
		}
		width := min(image.Width, most)
		height := max(1, most/width)
		for y := 0; y < image.Height; y += height {
			for x := 0; x < image.Width; x += width {
				w, h := min(width, image.Width-x), min(height, image.Height-y)
				whole := part{image, plane}.crop(x, y, w, h)
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
	// A rectangle within one that was checked: there can be no error.
	p.image, _ = p.image.Crop(x, y, width, height)
	if p.plane.Pix != nil {
		p.plane, _ = p.plane.Crop(x, y, width, height)
	}
	return p
}

// endsShort reports whether OpenCV can have the rows in place but for the last
// one, whose gap or fourth byte is not in memory.
func (p part) endsShort() bool {
	all, most := p, p.crop(0, 0, p.image.Width, p.image.Height-1)
	_, here := interleaved(all.image)
	_, there := interleaved(most.image)
	if there && !here {
		return true
	}
	return p.plane.Pix != nil && adjoining(most.plane) && !adjoining(all.plane)
}

// pixels says where the pixels of an image lie that OpenCV can have in place.
type pixels struct {
	offset   int
	size     int  // bytes from one pixel to the next: 3 or 4
	redFirst bool // red is byte 0 and blue byte 2; otherwise the reverse
}

// interleaved reports whether OpenCV can have the image in place, and where
// its pixels lie. The image has its strides written out.
func interleaved(m backproj.Image) (pixels, bool) {
	p := pixels{m.Offset, m.PixelStride, m.Order == backproj.RGB || m.Order == backproj.RGBA}
	if m.Width == 1 && p.size != 4 {
		p.size = 3 // no pixel follows in the row, so any distance will do
	}
	if m.ChannelStride == -1 {
		// Read upwards from what is the last component of the image.
		p.offset -= 2
		p.redFirst = !p.redFirst
	} else if m.ChannelStride != 1 {
		return p, false
	}
	return p, (p.size == 3 || p.size == 4) && spacing(m.Stride, len(m.Pix)-p.offset, m.Width*p.size, m.Height)
}

// adjoining reports whether OpenCV can have the plane in place. The plane has
// its strides written out.
func adjoining(p backproj.Plane) bool {
	return (p.PixelStride == 1 || p.Width == 1) && spacing(p.Stride, len(p.Pix)-p.Offset, p.Width, p.Height)
}

// spacing reports whether rows of size bytes, stride apart, are what a Mat over
// that much memory can be: one below the other, each with its gap in memory.
func spacing(stride, memory, size, height int) bool {
	if height == 1 {
		return size <= memory
	}
	return stride >= size && stride <= math.MaxInt32 && height <= memory/stride
}

// gather returns the pixels of a plane, row by row from the top.
func gather(p backproj.Plane) []byte {
	pix := make([]byte, 0, p.Width*p.Height)
	for y := range p.Height {
		at := p.Offset + y*distance(p.Stride)
		for range p.Width {
			pix = append(pix, p.Pix[at])
			at += distance(p.PixelStride)
		}
	}
	return pix
}

// scatter is the reverse of gather.
func scatter(p backproj.Plane, pix []byte) {
	for y := range p.Height {
		at := p.Offset + y*distance(p.Stride)
		for _, value := range pix[y*p.Width:][:p.Width] {
			p.Pix[at] = value
			at += distance(p.PixelStride)
		}
	}
}

// distance returns what a stride that is written out stands for.
func distance(stride int) int {
	if stride == backproj.Repeat {
		return 0
	}
	return stride
}
