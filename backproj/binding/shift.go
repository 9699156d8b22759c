//go:build !386 && !arm && !mips && !mipsle

package binding

import (
	"image"

	"github.com/backproj/backproj/backproj"
	"github.com/backproj/backproj/backproj/internal/foreign"
)

// Shift moves a window on a histogram's back projection onto a frame, by CamShift
// if fit is not 0, else by mean shift, and writes what comes out to found: see
// [writeShift].
func Shift(
	found uintptr,
	frame uintptr, height, width, rowStride, pixelStride, channelStride, order int,
	histogram uintptr,
	x, y, windowWidth, windowHeight, fit int,
	maxIterations int, epsilon float64,
	kernel int,
) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	h := recordAt(histogram).histogram(backproj.Run{Kernel: kernels[kernel]})
	pixels, err := foreign.Image(frame, height, width, rowStride, pixelStride, channelStride, order)
	if err != nil {
		return 0, err
	}
	shift := h.MeanShift
	if fit != 0 {
		shift = h.CamShift
	}
	window := image.Rect(x, y, x+windowWidth, y+windowHeight)
	shifted, err := shift(pixels, window, backproj.Criteria{MaxIterations: maxIterations, Epsilon: epsilon})
	if err != nil {
		return 0, err
	}
	writeShift(found, &shifted)
	return 0, nil
}

// ShiftOn moves a window on a back projection that exists, as Shift does.
func ShiftOn(
	found uintptr,
	plane uintptr, height, width, rowStride, pixelStride int,
	x, y, windowWidth, windowHeight, fit int,
	maxIterations int, epsilon float64,
	kernel int,
) (done int, err error) {
	defer foreign.Leave(&err, foreign.Enter())
	prob, err := foreign.Plane(plane, height, width, rowStride, pixelStride)
	if err != nil {
		return 0, err
	}
	shift := backproj.MeanShift
	if fit != 0 {
		shift = backproj.CamShift
	}
	window := image.Rect(x, y, x+windowWidth, y+windowHeight)
	criteria := backproj.Criteria{MaxIterations: maxIterations, Epsilon: epsilon}
	shifted, err := shift(prob, window, criteria, backproj.Run{Kernel: kernels[kernel]})
	if err != nil {
		return 0, err
	}
	writeShift(found, &shifted)
	return 0, nil
}

// writeShift writes 11 numbers of float64 to found: the number of iterations, x, y,
// width and height of the window, the sum of its pixels, x and y of the box's
// centre, its width, height and angle.
func writeShift(found uintptr, s *backproj.Shift) {
	copy(foreign.Slice[float64](found, 11), []float64{
		float64(s.Iterations),
		float64(s.Window.Min.X), float64(s.Window.Min.Y), float64(s.Window.Dx()), float64(s.Window.Dy()),
		float64(s.Sum),
		float64(s.Box.X), float64(s.Box.Y), float64(s.Box.Width), float64(s.Box.Height), float64(s.Box.Angle),
	})
}
