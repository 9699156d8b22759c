package raster

import (
	"errors"
	"math"
	"slices"
)

// A Format says how the pixels of a row lie in memory when they are interleaved:
// their three components adjoin, in one order or the other. Those of a raster of one
// component adjoin themselves.
type Format struct {
	Size     int  // bytes from one pixel to the next: 3 or 4, or 1 for one component
	RedFirst bool // red is byte 0 and blue byte 2; otherwise the reverse
}

// Bytes returns how many bytes n > 0 pixels take. The last one has no fourth byte.
func (f Format) Bytes(n int) int { return (n-1)*f.Size + min(3, f.Size) }

// Interleaved returns where the first pixel of the raster begins and the format of
// its pixels, if there is one that they have.
func (r *Raster) Interleaved() (offset int, format Format, ok bool) {
	if r.Components == 1 {
		return r.Offset, Format{Size: 1}, r.Pixel == 1 || r.Width == 1
	}
	size := r.Pixel
	if r.Width == 1 {
		size = 3 // no pixel follows in the row, so any distance will do
	}
	ok = size == 3 || size == 4
	switch r.Component {
	case 1:
		return r.Offset, Format{size, r.RedFirst}, ok
	case -1:
		// Read upwards from the last component, which has the lowest address.
		return r.Offset - 2, Format{size, !r.RedFirst}, ok
	}
	return 0, Format{}, false
}

// A Reader reads runs of a raster's pixels: in place if they are interleaved, and
// otherwise by copying them.
type Reader struct {
	Raster
	Format  Format
	InPlace bool
	copied  []byte
}

// NewReader returns a reader that copies at most so many pixels at a time.
func NewReader(r Raster, most int) (reader Reader) {
	reader.Reset(r, most)
	return reader
}

// Reset makes it the reader that NewReader returns, in the memory that it has.
func (r *Reader) Reset(pixels Raster, most int) {
	if offset, format, ok := pixels.Interleaved(); ok {
		pixels.Offset = offset
		*r = Reader{Raster: pixels, Format: format, InPlace: true, copied: r.copied}
		return
	}
	format := Format{min(3, pixels.Components), pixels.RedFirst}
	bytes := format.Size * min(pixels.Width, most)
	*r = Reader{Raster: pixels, Format: format, copied: slices.Grow(r.copied[:0], bytes)[:bytes]}
}

// Run returns the n pixels from (x, y) on. The last one may have no fourth byte.
// Unless they are in place, the next call overwrites them.
func (r *Reader) Run(x, y, n int) []byte {
	at := r.Offset + y*r.Row + x*r.Pixel
	if r.InPlace {
		return r.Pix[at:][:r.Format.Bytes(n)]
	}
	if r.Format.Size == 1 {
		for i := range r.copied[:n] {
			r.copied[i] = r.Pix[at]
			at += r.Pixel
		}
		return r.copied[:n]
	}
	rest := r.copied[:3*n]
	for ; len(rest) >= 3; rest = rest[3:] {
		rest[0] = r.Pix[at]
		rest[1] = r.Pix[at+r.Component]
		rest[2] = r.Pix[at+2*r.Component]
		at += r.Pixel
	}
	return r.copied[:3*n]
}

// AppendBGR appends all pixels to dst, row by row from the top, each as blue,
// green and red, which are equal if there is one component.
func (r Raster) AppendBGR(dst []byte) ([]byte, error) {
	if r.Empty() {
		return dst, nil
	}
	// More than 2^47 bytes fit no process's memory, and slices.Grow panics.
	pixels, ok := multiply(r.Width, r.Height)
	size, fits := multiply(3, pixels)
	if !ok || !fits || uint64(size) > 1<<47 || size > math.MaxInt-len(dst) {
		return dst, errors.New("its pixels are more than all memory holds")
	}
	dst = slices.Grow(dst, size)
	const most = 2048
	reader := NewReader(r, most)
	blue, green, red := 0, 1, 2
	if reader.Format.RedFirst {
		blue, red = red, blue
	} else if reader.Format.Size == 1 {
		blue, green, red = 0, 0, 0
	}
	for y := range r.Height {
		for x := 0; x < r.Width; x += most {
			n := min(most, r.Width-x)
			run := reader.Run(x, y, n)
			for i := range n {
				p := run[i*reader.Format.Size:]
				dst = append(dst, p[blue], p[green], p[red])
			}
		}
	}
	return dst, nil
}

// AppendBytes appends component 0 of all pixels to dst, row by row from the top.
func (r *Raster) AppendBytes(dst []byte) []byte {
	for y := range r.Height {
		at := r.Offset + y*r.Row
		for range r.Width {
			dst = append(dst, r.Pix[at])
			at += r.Pixel
		}
	}
	return dst
}
