package backproj

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
)

// blackAndWhite returns an image of a black and a white pixel.
func blackAndWhite() Image {
	return Image{Pix: []byte{0, 0, 0, 255, 255, 255}, Width: 2, Height: 1}
}

// onePixel returns an image of one pixel.
func onePixel(b, g, r byte) Image {
	return Image{Pix: []byte{b, g, r}, Width: 1, Height: 1}
}

// newHistogram returns the histogram of a model, or fails.
func newHistogram(t *testing.T, model Image, options *Options) *Histogram {
	t.Helper()
	h, err := NewHistogram(model, options)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// projected returns the histogram's back projection onto a packed frame, or fails.
func projected(t *testing.T, h *Histogram, frame Image) []byte {
	t.Helper()
	dst := make([]byte, frame.Width*frame.Height)
	if err := h.BackProject(Plane{Pix: dst, Width: frame.Width, Height: frame.Height}, frame); err != nil {
		t.Fatal(err)
	}
	return dst
}

func TestABackProjectionIsOfWhatWasNormalizedLast(t *testing.T) {
	red := onePixel(0, 0, 255)
	frame := Image{Pix: []byte{0, 0, 255, 255, 0, 0}, Width: 2, Height: 1} // red, blue
	for _, table := range []bool{true, false} {
		h := newHistogram(t, red, nil)
		if !table {
			h.Table = nil
		}
		if got := projected(t, h, frame); !bytes.Equal(got, []byte{255, 0}) {
			t.Fatalf("table %t: %v before Add", table, got)
		}
		for range 2 {
			if err := h.Add(onePixel(255, 0, 0), Plane{}); err != nil {
				t.Fatal(err)
			}
		}
		if got := projected(t, h, frame); !bytes.Equal(got, []byte{255, 0}) {
			t.Errorf("table %t: %v after Add, which changes the counts alone", table, got)
		}
		if err := h.Normalize(200); err != nil {
			t.Fatal(err)
		}
		if got := projected(t, h, frame); !bytes.Equal(got, []byte{100, 200}) {
			t.Errorf("table %t: %v after Normalize, want [100 200]", table, got)
		}
	}
}

func TestFitReplacesWhatWasThereBefore(t *testing.T) {
	h := newHistogram(t, onePixel(0, 0, 255), nil)
	if fullest, err := h.Fit(blackAndWhite(), Plane{}, 255); err != nil || fullest != 2 {
		t.Fatalf("fullest bin: %d, error: %v", fullest, err)
	}
	want := newHistogram(t, blackAndWhite(), &Options{Peak: 255})
	if !slices.Equal(h.Counts, want.Counts) || !slices.Equal(h.Values, want.Values) || !bytes.Equal(h.Table, want.Table) {
		t.Error("counts, values or table differ from those of a new histogram")
	}
	if fullest, err := h.Fit(blackAndWhite(), Plane{Pix: []byte{0, 0}, Width: 2, Height: 1}, 0); err != nil || fullest != 0 {
		t.Errorf("of nothing: fullest bin: %d, error: %v", fullest, err)
	}
}

func TestAFitThatFailsChangesNothing(t *testing.T) {
	for name, arguments := range map[string]struct {
		model Image
		mask  Plane
		peak  float64
	}{
		"no pixels":  {peak: 256},
		"a bad mask": {model: blackAndWhite(), mask: Plane{Pix: []byte{1}}},
		"a bad peak": {model: blackAndWhite(), peak: -2},
	} {
		h, want := newHistogram(t, onePixel(9, 8, 7), nil), newHistogram(t, onePixel(9, 8, 7), nil)
		if _, err := h.Fit(arguments.model, arguments.mask, arguments.peak); err == nil {
			t.Errorf("%s: no error", name)
		}
		if !slices.Equal(h.Counts, want.Counts) || !slices.Equal(h.Values, want.Values) || !bytes.Equal(h.Table, want.Table) {
			t.Errorf("%s: the histogram changed", name)
		}
	}
}

func TestPeakIsTheValueOfTheFullestBin(t *testing.T) {
	model := Image{Pix: []byte{0, 0, 255, 0, 0, 255, 0, 255, 0}, Width: 3, Height: 1}
	for _, test := range []struct {
		peak float64
		want float32
	}{{0, 256}, {255, 255}, {0.5, 0.5}, {Raw, 2}} {
		h := newHistogram(t, model, &Options{Peak: test.peak})
		if got := h.Values[31]; got != test.want { // hue 0, saturation 255
			t.Errorf("Options with peak %v: %v, want %v", test.peak, got, test.want)
		}
		h = newHistogram(t, model, nil)
		if err := h.Normalize(test.peak); err != nil || h.Values[31] != test.want {
			t.Errorf("Normalize(%v): %v, %v, want %v", test.peak, h.Values[31], err, test.want)
		}
	}
}

func TestPeaksThatAreNotPositiveAndFiniteAreErrors(t *testing.T) {
	for _, peak := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -0.5, -2, -256} {
		_, newErr := NewHistogram(blackAndWhite(), &Options{Peak: peak})
		_, modelErr := BackProjectModel(Plane{Pix: make([]byte, 2), Width: 2, Height: 1},
			blackAndWhite(), blackAndWhite(), &Options{Peak: peak})
		for name, err := range map[string]error{
			"NewHistogram":     newErr,
			"BackProjectModel": modelErr,
			"Normalize":        newHistogram(t, blackAndWhite(), nil).Normalize(peak),
		} {
			if err == nil || !strings.HasPrefix(err.Error(), "backproj: peak: ") {
				t.Errorf("%s: peak %v: error %v", name, peak, err)
			}
		}
	}
}

func TestCountsThatOverflowAreAnError(t *testing.T) {
	h := newHistogram(t, blackAndWhite(), nil)
	h.Counts[500] = math.MaxInt64 - 1
	before := slices.Clone(h.Counts)
	err := h.Add(blackAndWhite(), Plane{})
	if err == nil || !strings.Contains(err.Error(), "overflow") || !slices.Equal(h.Counts, before) {
		t.Errorf("two pixels more: error %v, counts changed: %t", err, !slices.Equal(h.Counts, before))
	}
	if err := h.Add(onePixel(0, 0, 0), Plane{}); err != nil {
		t.Errorf("one pixel more: %v", err)
	}
}

func TestAHistogramDoesNotDependOnTheOptionsItWasMadeOf(t *testing.T) {
	bounds := &Bounds{Hi: [3]uint8{255, 255, 100}} // dark pixels alone
	h := newHistogram(t, blackAndWhite(), &Options{Layout: Layout{InRange: bounds}})
	*bounds = Bounds{Lo: [3]uint8{0, 0, 200}, Hi: [3]uint8{255, 255, 255}}
	h.Table = nil
	h.Values[0] = 255
	if got := projected(t, h, blackAndWhite()); !bytes.Equal(got, []byte{255, 0}) {
		t.Errorf("with bounds that were changed since: %v, want [255 0]", got)
	}
}

func TestTheLengthOfATableIsThatOfTheLayout(t *testing.T) {
	for _, layout := range layouts {
		want := len(newHistogram(t, blackAndWhite(), &Options{Layout: layout}).Table)
		if n, err := layout.TableLen(); err != nil || n != want {
			t.Errorf("%+v: %d, %v, want %d", layout, n, err, want)
		}
	}
	if _, err := (Layout{Channels: 99}).TableLen(); err == nil {
		t.Error("unknown channels: no error")
	}
}
