package backproj

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// noise returns n random bytes, the same for a seed.
func noise(seed uint64, n int) []byte {
	random := rand.New(rand.NewPCG(seed, 0))
	pix := make([]byte, n)
	for i := range pix {
		pix[i] = byte(random.Uint32())
	}
	return pix
}

func TestBackProjectGivesTheFormulasBytes(t *testing.T) {
	for _, size := range []struct{ w, h, mw, mh int }{
		{1, 1, 1, 1}, {5, 3, 2, 2}, {64, 64, 32, 32}, {301, 7, 40, 3}, {640, 480, 100, 100},
	} {
		frame, model := noise(1, 3*size.w*size.h), noise(2, 3*size.mw*size.mh)
		copy(model, frame) // so that something is found
		got := BackProject(frame, size.w, size.h, model, size.mw, size.mh)
		values := formulaValues(formulaCounts(Image{Pix: model, Width: size.mw, Height: size.mh}, Plane{}))
		want := formulaProjection(values, Image{Pix: frame, Width: size.w, Height: size.h})
		if !bytes.Equal(got, want) {
			t.Errorf("%+v: differs from the formula", size)
		}
	}
}

func TestBackProjectIsNilUnlessTheSizesFit(t *testing.T) {
	three := make([]byte, 3*4*5)
	for _, test := range []struct {
		name       string
		frame      []byte
		w, h       int
		model      []byte
		mw, mh     int
		wantNil    bool
		wantPixels int
	}{
		{"exact", three, 4, 5, three, 5, 4, false, 20},
		{"an empty frame", nil, 0, 5, three, 5, 4, false, 0},
		{"frame too long", append(three, 0), 4, 5, three, 5, 4, true, 0},
		{"frame too short", three[:57], 4, 5, three, 5, 4, true, 0},
		{"frame of no width", three, 0, 5, three, 5, 4, true, 0},
		{"model too short", three, 4, 5, three, 5, 5, true, 0},
		{"an empty model", three, 4, 5, nil, 0, 4, true, 0},
		{"two negative sizes", three, -4, -5, three, 5, 4, true, 0},
		{"a negative size", three, 4, 5, three, 20, -1, true, 0},
		{"sizes whose product overflows to 20", three, math.MaxInt/2 + 6, 4, three, 5, 4, true, 0},
		{"sizes whose threefold overflows", three, math.MaxInt / 3, 1, three, 5, 4, true, 0},
	} {
		got := BackProject(test.frame, test.w, test.h, test.model, test.mw, test.mh)
		if (got == nil) != test.wantNil || len(got) != test.wantPixels {
			t.Errorf("%s: %v pixels, nil %v; want %d, %v", test.name, len(got), got == nil, test.wantPixels, test.wantNil)
		}
	}
}

func TestBackProjectOfNothingIsEmpty(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {0, 5}, {5, 0}} {
		got := BackProject(nil, size[0], size[1], []byte{1, 2, 3}, 1, 1)
		if got == nil || len(got) != 0 {
			t.Errorf("%d×%d: %v, want an empty slice", size[0], size[1], got)
		}
	}
}
