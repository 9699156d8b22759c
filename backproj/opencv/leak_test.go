//go:build opencv && matprofile

package opencv

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/backproj/backproj/backproj"
	"gocv.io/x/gocv"
)

// With the tag matprofile, gocv knows which Mats are open.
func TestEveryMatIsClosed(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	values := make([]float32, Cells)
	for range 500 {
		model := randomImage(random, 1+random.IntN(9), 1+random.IntN(9))
		frame := randomImage(random, 1+random.IntN(9), 1+random.IntN(9))
		if err := Fit(newHistogram(), model, randomPlane(random, model.Width, model.Height)); err != nil {
			t.Fatal(err)
		}
		if err := BackProject(randomPlane(random, frame.Width, frame.Height), frame, values); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range faultyImages {
		if Fit(newHistogram(), f.image, backproj.Plane{}) == nil {
			t.Errorf("%s: Fit gives no error", f.name)
		}
		if BackProject(newPlane(4, 3), f.image, values) == nil {
			t.Errorf("%s: BackProject gives no error", f.name)
		}
	}
	expectNoMats(t)
}

// What a caller can pass does not make OpenCV fail. Should it fail all the
// same, the Mats that there are until then are closed too.
func TestEveryMatIsClosedWhenOpenCVFails(t *testing.T) {
	defer func(c []int) { channels = c }(channels)
	channels = []int{0, 7}
	h := newHistogram()
	if err := Fit(h, someImage(4, 3), newPlane(4, 3)); err == nil {
		t.Error("calcHist of channel 7: no error")
	}
	if err := BackProject(newPlane(4, 3), someImage(4, 3), h.Values); err == nil {
		t.Error("calcBackProject of channel 7: no error")
	}
	var s scope
	if _, err := s.over(make([]byte, 11), 3, 4, gocv.MatTypeCV8UC1, 1); err == nil {
		t.Error("a Mat of 12 bytes over 11: no error")
	}
	s.close()
	expectNoMats(t)
}

func expectNoMats(t *testing.T) {
	t.Helper()
	if n := gocv.MatProfile.Count(); n != 0 {
		var stacks bytes.Buffer
		gocv.MatProfile.WriteTo(&stacks, 1)
		t.Errorf("%d Mats are open:\n%s", n, &stacks)
	}
}
