//go:build opencv

package opencv

import (
	"errors"
	"fmt"
	"image"
	"runtime"
	"unsafe"

	"github.com/backproj/backproj/backproj/internal/raster"
	"gocv.io/x/gocv"
)

// A scope holds the Mats of a call, so that one deferred close closes all of them,
// and pins the Go memory that they refer to.
type scope struct {
	mats   []gocv.Mat
	pinner runtime.Pinner
}

func (s *scope) close() {
	// Regions refer to the Mats that they are regions of: the last goes first.
	for i := len(s.mats) - 1; i >= 0; i-- {
		s.mats[i].Close()
	}
	s.pinner.Unpin()
}

func (s *scope) keep(m gocv.Mat) gocv.Mat {
	s.mats = append(s.mats, m)
	return m
}

// empty returns a Mat that OpenCV may fill.
func (s *scope) empty() gocv.Mat { return s.keep(gocv.NewMat()) }

// over returns a Mat that shares memory of the caller's. gocv does not check that
// there is enough of it, so over does.
func (s *scope) over(memory []byte, rows, columns int, kind gocv.MatType, size int) (gocv.Mat, error) {
	if rows <= 0 || columns <= 0 || columns > len(memory)/size || rows > len(memory)/(size*columns) {
		return gocv.Mat{}, fmt.Errorf("opencv: internal error, please report it: %d bytes for a Mat of %d×%d×%d",
			len(memory), rows, columns, size)
	}
	// A Mat keeps the address, which Go memory has to be pinned for.
	s.pinner.Pin(unsafe.SliceData(memory))
	m, err := gocv.NewMatFromBytes(rows, columns, kind, memory)
	if err != nil {
		return m, fmt.Errorf("opencv: %w", err)
	}
	return s.keep(m), nil
}

// spaced returns a Mat of pixels of size bytes whose rows begin at offset and are
// stride bytes apart. gocv makes only Mats without gaps, so the gaps are columns of
// a larger Mat, and the Mat returned is a region of it.
func (s *scope) spaced(memory []byte, offset, width, height, stride, size int) (gocv.Mat, error) {
	if height == 1 {
		stride = width * size
	}
	rows, err := s.over(memory[offset:], height, stride, gocv.MatTypeCV8UC1, 1)
	if err != nil {
		return rows, err
	}
	if stride > width*size {
		rows = s.keep(rows.Region(image.Rect(0, 0, width*size, height)))
	}
	if size == 1 {
		return rows, nil
	}
	m := s.keep(rows.Reshape(size, 0))
	if m.Rows() != height || m.Cols() != width {
		return m, errors.New("opencv: internal error, please report it: a Mat of bytes did not become one of pixels")
	}
	return m, nil
}

// histogram returns a Mat over the values of a histogram.
func (s *scope) histogram(values []float32) (gocv.Mat, error) {
	memory := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(values))), 4*len(values))
	return s.over(memory, bins[0], bins[1], gocv.MatTypeCV32FC1, 4)
}

// plane returns a Mat over the plane, or over a copy if OpenCV cannot use it where
// it is.
func (s *scope) plane(r raster.Raster) (gocv.Mat, error) {
	if !matPlane(&r) {
		bytes := r.AppendBytes(make([]byte, 0, r.Width*r.Height))
		return s.over(bytes, r.Height, r.Width, gocv.MatTypeCV8UC1, 1)
	}
	return s.spaced(r.Pix, r.Offset, r.Width, r.Height, r.Row, 1)
}

// hsv returns the image converted to HSV.
func (s *scope) hsv(r raster.Raster) (gocv.Mat, error) {
	code := gocv.ColorBGRToHSV
	var pixels gocv.Mat
	if matImage(&r) {
		offset, format, _ := r.Interleaved()
		var err error
		if pixels, err = s.spaced(r.Pix, offset, r.Width, r.Height, r.Row, format.Size); err != nil {
			return pixels, err
		}
		if format.RedFirst {
			code = gocv.ColorRGBToHSV
		}
	} else {
		packed, err := r.AppendBGR(nil)
		if err != nil {
			return pixels, fmt.Errorf("opencv: %w", err)
		}
		if pixels, err = s.spaced(packed, 0, r.Width, r.Height, 3*r.Width, 3); err != nil {
			return pixels, err
		}
	}
	hsv := s.empty()
	if err := gocv.CvtColor(pixels, &hsv, code); err != nil {
		return hsv, fmt.Errorf("opencv: cvtColor: %w", err)
	}
	return hsv, nil
}
