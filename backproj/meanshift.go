package backproj

import (
	"image"
	"math"
)

// Criteria say when MeanShift and CamShift stop. The zero value has the defaults.
type Criteria struct {
	// MaxIterations is how often the window moves at most. 0 means 10, a negative
	// number 1.
	MaxIterations int

	// Epsilon is the distance in pixels that the window moves at least, or it is
	// where it belongs. 0 means 1. With a negative number the window moves
	// MaxIterations times.
	Epsilon float64
}

// A Shift is where a window has moved to.
type Shift struct {
	Window image.Rectangle

	// Iterations is the number of times that mean shift moved the window before its
	// last move, which was less than Epsilon.
	Iterations int

	// Box is the rectangle that CamShift fits to the object. MeanShift leaves it
	// empty.
	Box RotatedRect

	// Sum is that of the back projection's pixels in Window.
	Sum int64
}

// MeanShift moves the window to the centre of the pixels of the frame that look
// like the model, as OpenCV's meanShift moves it on the histogram's back
// projection. The window may begin anywhere. Only the pixels that it visits are
// projected, each once.
func (h *Histogram) MeanShift(frame Image, window image.Rectangle, criteria Criteria) (Shift, error) {
	v, err := h.visit(frame, window)
	if err != nil {
		return Shift{}, err
	}
	defer v.release()
	return v.summed(v.meanShift(window, criteria)), nil
}

// MeanShift moves the window on a back projection that exists: see
// [Histogram.MeanShift]. It runs on the caller's goroutine, whatever run.Threads.
func MeanShift(prob Plane, window image.Rectangle, criteria Criteria, run Run) (Shift, error) {
	v, err := prob.visit(window, run)
	if err != nil {
		return Shift{}, err
	}
	defer v.release()
	return v.summed(v.meanShift(window, criteria)), nil
}

// meanShift is OpenCV's function of that name.
func (v *visited) meanShift(window image.Rectangle, criteria Criteria) Shift {
	most, epsilon := criteria.limits()
	size := window.Intersect(v.frame).Size()
	xHalf, yHalf := float64(float64(size.X)*0.5), float64(float64(size.Y)*0.5)
	var cycle cycle
	for i := 0; i < most; i++ {
		window = window.Intersect(v.frame)
		if window.Empty() {
			middle := v.frame.Max.Div(2)
			window = image.Rectangle{middle, middle.Add(image.Pt(1, 1))}
		}
		p := v.patch(window)
		m := p.centroid()
		if m.m00 == 0 {
			return Shift{Window: window, Iterations: i}
		}
		from := window.Min
		window = v.moved(window, round(m.m10/m.m00-xHalf), round(m.m01/m.m00-yHalf))
		step := window.Min.Sub(from)
		// OpenCV's squares are of 32 bits: those of very long steps wrap around.
		if float64(int32(step.X*step.X+step.Y*step.Y)) < epsilon {
			return Shift{Window: window, Iterations: i}
		}
		i += cycle.skip(window.Min, most-1-i)
	}
	return Shift{Window: window, Iterations: most}
}

// summed returns the shift with the sum of its window.
func (v *visited) summed(s Shift) Shift {
	p := v.patch(s.Window)
	s.Sum = p.sum()
	return s
}

// moved returns the window moved so far, but not out of the frame.
func (v *visited) moved(window image.Rectangle, dx, dy int) image.Rectangle {
	size := window.Size()
	x := min(max(window.Min.X+dx, 0), v.frame.Max.X-size.X)
	y := min(max(window.Min.Y+dy, 0), v.frame.Max.Y-size.Y)
	return image.Rect(x, y, x+size.X, y+size.Y)
}

// limits returns the number of iterations, and the square of the distance below
// which they end, rounded as OpenCV does.
func (c Criteria) limits() (most int, epsilon float64) {
	most, epsilon = c.MaxIterations, c.Epsilon
	if most == 0 {
		most = 10
	}
	if epsilon == 0 {
		epsilon = 1
	}
	epsilon = max(epsilon, 0)
	square := math.RoundToEven(float64(epsilon * epsilon))
	if square > math.MaxInt32 {
		square = math.MinInt32 // what cvRound makes of what is no int
	}
	return max(most, 1), square
}

// A cycle notices that a window is where it has been before, and that it will move
// on from there as it did then. This is R. P. Brent's algorithm.
type cycle struct {
	at        image.Point
	steps     int // since the window was there
	mostSteps int // until another place is looked out for
}

// skip returns how many of the iterations that remain need not be done once the
// window has moved to a place, since they would bring it there again.
func (c *cycle) skip(to image.Point, remain int) int {
	c.steps++
	if c.mostSteps > 0 && to == c.at {
		return remain / c.steps * c.steps
	}
	if c.steps >= c.mostSteps {
		*c = cycle{to, 0, 2*c.mostSteps + 1}
	}
	return 0
}
