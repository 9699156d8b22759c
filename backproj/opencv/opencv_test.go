//go:build opencv

package opencv

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/backproj/backproj/backproj"
)

func someImage(width, height int) backproj.Image {
	pix := make([]byte, 3*width*height)
	for i := range pix {
		pix[i] = byte(i * i)
	}
	return backproj.Image{Pix: pix, Width: width, Height: height}
}

func newPlane(width, height int) backproj.Plane {
	return backproj.Plane{Pix: make([]byte, width*height), Width: width, Height: height}
}

// faultyImages are refused as a model and as a frame alike.
var faultyImages = []struct {
	name  string
	image backproj.Image
	want  string
}{
	{"short", backproj.Image{Pix: make([]byte, 35), Width: 4, Height: 3}, "Pix: 35 bytes"},
	{"none", backproj.Image{Width: 4, Height: 3}, "Pix: 0 bytes"},
	{"negative width", backproj.Image{Width: -4, Height: 3}, "Width: -4 is negative"},
	{"negative height", backproj.Image{Width: 4, Height: -3}, "Height: -3 is negative"},
	{"more columns than an int of C", backproj.Image{Pix: make([]byte, 9), Width: 1<<32 + 1, Height: 1}, "Pix: 9 bytes"},
	{"beyond memory", backproj.Image{Pix: make([]byte, 9), Width: math.MaxInt, Height: math.MaxInt}, "beyond all memory"},
	{"order", backproj.Image{Pix: make([]byte, 36), Width: 4, Height: 3, Order: 9}, "9 is not an order"},
	{"offset", backproj.Image{Pix: make([]byte, 36), Width: 4, Height: 3, Offset: 1}, "takes bytes 1 to 36"},
}

func TestFitRefusesWhatDoesNotFit(t *testing.T) {
	type fault struct {
		name  string
		h     *backproj.Histogram
		model backproj.Image
		mask  backproj.Plane
		want  string
	}
	faults := []fault{
		{"no counts", &backproj.Histogram{Values: make([]float32, Cells)}, someImage(4, 3), backproj.Plane{}, "0 counts"},
		{"few values", &backproj.Histogram{Counts: make([]int64, Cells), Values: make([]float32, 5)}, someImage(4, 3), backproj.Plane{}, "5 values"},
		{"no pixels", newHistogram(), someImage(4, 0), backproj.Plane{}, "4×0 has no pixels"},
		{"mask of another size", newHistogram(), someImage(4, 3), newPlane(3, 4), "mask: 3×4, but the model is 4×3"},
		{"short mask", newHistogram(), someImage(4, 3), backproj.Plane{Pix: make([]byte, 11), Width: 4, Height: 3}, "mask: "},
	}
	for _, f := range faultyImages {
		faults = append(faults, fault{f.name, newHistogram(), f.image, backproj.Plane{}, f.want})
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			if err := Fit(f.h, f.model, f.mask); err == nil || !strings.Contains(err.Error(), f.want) {
				t.Errorf("Fit: %v, want %q", err, f.want)
			}
		})
	}
}

func TestBackProjectRefusesWhatDoesNotFit(t *testing.T) {
	type fault struct {
		name   string
		dst    backproj.Plane
		frame  backproj.Image
		values int
		want   string
	}
	faults := []fault{
		{"few values", newPlane(4, 3), someImage(4, 3), 1023, "values: 1023, not 1024"},
		{"dst of another size", newPlane(3, 4), someImage(4, 3), Cells, "dst: 3×4, but the frame is 4×3"},
		{"short dst", backproj.Plane{Pix: make([]byte, 11), Width: 4, Height: 3}, someImage(4, 3), Cells, "dst: "},
		{"one row for all", backproj.Plane{Pix: make([]byte, 4), Width: 4, Height: 3, Stride: backproj.Repeat}, someImage(4, 3), Cells, "overlap"},
		{"one pixel for all", backproj.Plane{Pix: make([]byte, 12), Width: 4, Height: 3, PixelStride: backproj.Repeat}, someImage(4, 3), Cells, "overlap"},
	}
	for _, f := range faultyImages {
		faults = append(faults, fault{f.name, newPlane(4, 3), f.image, Cells, f.want})
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			err := BackProject(f.dst, f.frame, make([]float32, f.values))
			if err == nil || !strings.Contains(err.Error(), f.want) {
				t.Errorf("BackProject: %v, want %q", err, f.want)
			}
		})
	}
}

func TestFramesWithoutPixelsAreNoError(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {0, 5}, {5, 0}} {
		err := BackProject(newPlane(size[0], size[1]), someImage(size[0], size[1]), make([]float32, Cells))
		if err != nil {
			t.Errorf("%v: %v", size, err)
		}
	}
}

func TestFitRenewsTheTable(t *testing.T) {
	model := someImage(4, 3)
	h, err := backproj.NewHistogram(backproj.Image{Pix: []byte{1, 2, 3}, Width: 1, Height: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := backproj.NewHistogram(model, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := Fit(h, model, backproj.Plane{}); err != nil {
		t.Fatal(err)
	}
	got, wanted := newPlane(4, 3), newPlane(4, 3)
	if err := errors.Join(h.BackProject(got, model), want.BackProject(wanted, model)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Pix, wanted.Pix) {
		t.Errorf("after Fit the histogram projects to %v, want %v", got.Pix, wanted.Pix)
	}
}

func TestFitTakesTheDefaultLayoutHoweverItIsWritten(t *testing.T) {
	for _, test := range []struct {
		layout backproj.Layout
		right  bool
	}{
		{backproj.Layout{}, true},
		{backproj.Layout{Bins: [3]int{32, 32}}, true},
		{backproj.Layout{Bins: [3]int{32, 0, 7}}, true}, // 7 bins of a channel that it has not
		{backproj.Layout{Ranges: [3][2]float32{{0, 180}, {0, 256}}}, true},
		{backproj.Layout{InRange: &backproj.Bounds{Hi: [3]uint8{255, 255, 255}}}, true},
		{backproj.Layout{Bins: [3]int{16, 64}}, false},
		{backproj.Layout{Ranges: [3][2]float32{{0, 179}}}, false},
		{backproj.Layout{Channels: backproj.Hue, Bins: [3]int{256}}, false},
		{backproj.Layout{InRange: &backproj.Bounds{Hi: [3]uint8{255, 255, 254}}}, false},
	} {
		h := newHistogram()
		h.Layout = test.layout
		if err := Fit(h, someImage(4, 3), backproj.Plane{}); (err == nil) != test.right {
			t.Errorf("%+v: error %v", test.layout, err)
		}
	}
}

func TestValuesAreRoundedHalfToEvenAndLimited(t *testing.T) {
	// A pixel without colour falls into bin 0.
	grey := backproj.Image{Pix: []byte{9, 9, 9}, Width: 1, Height: 1}
	for _, c := range []struct {
		value float32
		want  byte
	}{
		{0, 0}, {0.5, 0}, {1.5, 2}, {2.5, 2}, {254.5, 254}, {255, 255}, {256, 255}, {1e6, 255}, {-1, 0},
		{float32(math.NaN()), 0},
	} {
		values := make([]float32, Cells)
		values[0] = c.value
		dst := newPlane(1, 1)
		if err := BackProject(dst, grey, values); err != nil || dst.Pix[0] != c.want {
			t.Errorf("%v projects to %d, %v, want %d", c.value, dst.Pix[0], err, c.want)
		}
	}
}

func TestGoroutinesShareAHistogram(t *testing.T) {
	frame, h := someImage(200, 100), newHistogram()
	if err := Fit(h, frame, backproj.Plane{}); err != nil {
		t.Fatal(err)
	}
	want := newPlane(200, 100)
	if err := BackProject(want, frame, h.Values); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 50 {
				got := newPlane(200, 100)
				if err := BackProject(got, frame, h.Values); err != nil || !bytes.Equal(got.Pix, want.Pix) {
					t.Errorf("differs, or failed: %v", err)
					return
				}
			}
		})
	}
	wait.Wait()
}

func TestVersionIsOneOfOpenCV4OrLater(t *testing.T) {
	if v := Version(); len(v) < 5 || v[0] < '4' || strings.Count(v, ".") < 2 {
		t.Errorf("Version() = %q", v)
	}
}
