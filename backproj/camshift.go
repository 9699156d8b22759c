package backproj

import (
	"image"
	"math"
)

// tolerance is how many pixels CamShift looks around the window that mean shift
// has found, on each side.
const tolerance = 10

// A RotatedRect is a rectangle that is turned around its centre, as OpenCV's of
// that name.
type RotatedRect struct {
	X, Y          float32 // of the centre
	Width, Height float32
	Angle         float32 // in degrees, clockwise, from 0 up to 180
}

// CamShift moves the window as MeanShift does, and then fits size and angle of a
// rectangle to the object, as OpenCV's CamShift does. The window that it returns
// is the one to begin with in the next frame. If there is nothing that looks like
// the model, Box is empty, and the window grows.
//
// See G. R. Bradski, "Computer Vision Face Tracking For Use in a Perceptual User
// Interface", Intel Technology Journal Q2 (1998).
func (h *Histogram) CamShift(frame Image, window image.Rectangle, criteria Criteria) (Shift, error) {
	v, err := h.visit(frame, window)
	if err != nil {
		return Shift{}, err
	}
	defer v.release()
	return v.camShift(window, criteria), nil
}

// CamShift follows an object on a back projection that exists: see
// [Histogram.CamShift].
func CamShift(prob Plane, window image.Rectangle, criteria Criteria, run Run) (Shift, error) {
	v, err := prob.visit(window, run)
	if err != nil {
		return Shift{}, err
	}
	defer v.release()
	return v.camShift(window, criteria), nil
}

func (v *visited) camShift(window image.Rectangle, criteria Criteria) Shift {
	// What is around the window will nearly all be asked for. Longer rows take less
	// time for each pixel.
	if within := window.Intersect(v.frame); !within.Empty() {
		v.patch(v.around(within))
	}
	found := v.meanShift(window, criteria)
	around := v.around(found.Window)
	p := v.patch(around)
	found.Window, found.Box = fit(p.moments(), around, v.frame.Max)
	return v.summed(found)
}

// around returns a window with the tolerance added to it. At the left and at the
// top of the frame it moves inwards and keeps its size, as in OpenCV.
func (v *visited) around(window image.Rectangle) image.Rectangle {
	first := image.Pt(max(window.Min.X-tolerance, 0), max(window.Min.Y-tolerance, 0))
	size := window.Size().Add(image.Pt(2*tolerance, 2*tolerance))
	return image.Rectangle{first, first.Add(size)}.Intersect(v.frame)
}

// fit returns the rectangle that has the moments of the pixels in a window, and
// the window to begin with in the next frame, of that size.
//
// It is the second half of OpenCV's CamShift, operation by operation.
func fit(m moments, window image.Rectangle, size image.Point) (image.Rectangle, RotatedRect) {
	if m.m00 == 0 {
		return window, RotatedRect{}
	}
	perMass := 1 / m.m00
	xMean, yMean := float64(m.m10*perMass), float64(m.m01*perMass)
	mu20 := m.m20 - float64(m.m10*xMean)
	mu11 := m.m11 - float64(m.m10*yMean)
	mu02 := m.m02 - float64(m.m01*yMean)
	x := round(xMean + float64(window.Min.X))
	y := round(yMean + float64(window.Min.Y))

	a, b, c := float64(mu20*perMass), float64(mu11*perMass), float64(mu02*perMass)
	root := math.Sqrt(float64(4*b*b) + float64((a-c)*(a-c)))
	angle, sin, cos := angleOf(2*b, a-c+root)
	along := float64(cos*cos*mu20) + float64(2*cos*sin*mu11) + float64(sin*sin*mu02)
	across := float64(sin*sin*mu20) - float64(2*cos*sin*mu11) + float64(cos*cos*mu02)
	length := math.Sqrt(float64(max(0, along)*perMass)) * 4
	width := math.Sqrt(float64(max(0, across)*perMass)) * 4
	if length < width {
		length, width, cos, sin = width, length, sin, cos
		angle = float64(math.Pi*0.5) - angle
	}

	w := max(round(math.Abs(length*cos)), round(math.Abs(width*sin))) + 2
	h := max(round(math.Abs(length*sin)), round(math.Abs(width*cos))) + 2
	w, h = min(w, (size.X-x)*2), min(h, (size.Y-y)*2)
	x, y = max(0, x-w/2), max(0, y-h/2)
	w, h = min(w, size.X-x), min(h, size.Y-y)
	return image.Rect(x, y, x+w, y+h), RotatedRect{
		X: float32(x) + float32(float32(w)*0.5), Y: float32(y) + float32(float32(h)*0.5),
		Width: float32(width), Height: float32(length), Angle: degrees(angle),
	}
}

// degrees returns the angle of a rectangle that is as long in the direction of the
// angle given.
func degrees(angle float64) float32 {
	turned := float32((math.Pi*0.5 + angle) * 180 / math.Pi)
	if turned >= 180 {
		turned -= 180
	}
	return turned
}

// round returns the nearest whole number, the even one of two, as OpenCV's
// cvRound.
func round(x float64) int { return int(math.RoundToEven(x)) }
