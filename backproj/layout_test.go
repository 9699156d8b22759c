package backproj

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
)

// binFormula is OpenCV's bin of a value on a uniform axis, or -1.
func binFormula(value int, bins int, lo, hi float32) int {
	if float64(value) < float64(lo) || float64(value) >= float64(hi) {
		return -1
	}
	a := float64(bins) / (float64(hi) - float64(lo))
	return min(max(int(math.Floor(float64(float64(value)*a)-float64(a*float64(lo)))), 0), bins-1)
}

// cellFormula is the cell of a colour, or -1.
func cellFormula(l Layout, b, g, r int) int {
	hue, saturation := hsvFormula(b, g, r)
	hsv := [3]int{hue, saturation, max(b, g, r)}
	if l.InRange != nil {
		lo, hi := l.InRange.Lo, l.InRange.Hi
		for c, x := range hsv {
			in := x >= int(lo[c]) && x <= int(hi[c])
			if c == 0 && lo[0] > hi[0] {
				in = x >= int(lo[0]) || x <= int(hi[0])
			}
			if !in {
				return -1
			}
		}
	}
	cell := 0
	for c := range l.Channels.dimensions() {
		bins, lo, hi := l.Bins[c], l.Ranges[c][0], l.Ranges[c][1]
		if bins == 0 {
			bins = 32
		}
		if lo == 0 && hi == 0 {
			hi = [3]float32{180, 256, 256}[c]
		}
		bin := binFormula(hsv[c], bins, lo, hi)
		if bin < 0 {
			return -1
		}
		cell = cell*bins + bin
	}
	return cell
}

var layouts = []Layout{
	{},
	{Bins: [3]int{1, 1}},
	{Bins: [3]int{7, 3}},
	{Bins: [3]int{180, 256}},
	{Bins: [3]int{30, 32}, Ranges: [3][2]float32{{20, 60}, {50.5, 200.25}}},
	{Channels: Hue, Bins: [3]int{16}},
	{Channels: Hue, Bins: [3]int{180}, InRange: &Bounds{[3]uint8{0, 60, 32}, [3]uint8{180, 255, 255}}},
	{Channels: Hue, Bins: [3]int{256}, Ranges: [3][2]float32{{-10, 300}}},
	{InRange: &Bounds{[3]uint8{170, 0, 0}, [3]uint8{10, 255, 255}}},
	{InRange: &Bounds{[3]uint8{30, 40, 50}, [3]uint8{30, 40, 50}}},
	{Channels: HueSaturationValue, Bins: [3]int{16, 16, 16}},
	{Channels: HueSaturationValue, Bins: [3]int{30, 7, 256}, Ranges: [3][2]float32{{}, {}, {10, 99.5}}},
	{Channels: HueSaturationValue, InRange: &Bounds{[3]uint8{170, 60, 32}, [3]uint8{10, 255, 200}}},
}

func TestEveryLayoutPutsEveryColourIntoTheFormulasCell(t *testing.T) {
	// Each 17th colour, from a different one on for each layout; two models
	// that differ in their values show which cell was looked up.
	const step = 17
	for i, layout := range layouts {
		t.Run(fmt.Sprintf("%+v", layout), func(t *testing.T) {
			t.Parallel()
			var pix []byte
			var cells []int
			for c := i % step; c < 1<<24; c += step {
				b, g, r := c&255, c>>8&255, c>>16
				pix = append(pix, byte(b), byte(g), byte(r))
				cells = append(cells, cellFormula(layout, b, g, r))
			}
			image := Image{Pix: pix, Width: len(cells), Height: 1}
			h, err := NewHistogram(image, &Options{Layout: layout, Raw: true})
			if err != nil {
				t.Fatal(err)
			}
			counts := make([]int64, len(h.Counts))
			for _, cell := range cells {
				if cell >= 0 {
					counts[cell]++
				}
			}
			for cell, n := range counts {
				if h.Counts[cell] != n {
					t.Fatalf("cell %d: count %d, want %d", cell, h.Counts[cell], n)
				}
			}
			dst := make([]byte, len(cells))
			for _, shift := range []int{0, 8} {
				for cell := range h.Values {
					h.Values[cell] = float32((cell+1)>>shift&255) + 0.25
				}
				if err := h.Tabulate(1); err != nil {
					t.Fatal(err)
				}
				if err := h.BackProject(Plane{Pix: dst, Width: len(cells), Height: 1}, image); err != nil {
					t.Fatal(err)
				}
				for i, cell := range cells {
					want := byte(0)
					if cell >= 0 {
						want = byte((cell + 1) >> shift)
					}
					if dst[i] != want {
						t.Fatalf("pixel %v of cell %d: %d, want %d", pix[3*i:][:3], cell, dst[i], want)
					}
				}
			}
		})
	}
}

func TestSeveralHistogramsAtOnceGiveWhatEachGives(t *testing.T) {
	const w, h = 201, 43
	frame := Image{Pix: noise(11, 3*w*h), Width: w, Height: h}
	var histograms []*Histogram
	var dsts []Plane
	for _, layout := range layouts {
		histogram, err := NewHistogram(frame, &Options{Layout: layout})
		if err != nil {
			t.Fatal(err)
		}
		histograms = append(histograms, histogram)
		dsts = append(dsts, Plane{Pix: make([]byte, w*h), Width: w, Height: h})
	}
	dsts[1] = Plane{Pix: make([]byte, 2*w*h), Width: w, Height: h, PixelStride: 2}
	for _, run := range []Run{{}, {Threads: 1}, {Threads: 5}} {
		if err := BackProjectEach(dsts, frame, histograms, run); err != nil {
			t.Fatal(err)
		}
		for i, histogram := range histograms {
			alone := dsts[i]
			alone.Pix = make([]byte, len(alone.Pix))
			if err := histogram.BackProject(alone, frame); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(alone.Pix, dsts[i].Pix) {
				t.Errorf("%+v: another result in company", histogram.Layout)
			}
		}
	}
	if err := BackProjectEach(nil, frame, nil, Run{}); err != nil {
		t.Errorf("no histogram at all: %v", err)
	}
	if err := BackProjectEach(dsts[:1], frame, histograms, Run{}); err == nil {
		t.Error("fewer planes than histograms: no error")
	}
}

func TestLayoutsThatAreNoneNameTheField(t *testing.T) {
	nan := float32(math.NaN())
	for _, test := range []struct {
		layout Layout
		want   string
	}{
		{Layout{Channels: 3}, "field Channels: 3"},
		{Layout{Channels: -1}, "field Channels: -1"},
		{Layout{Bins: [3]int{257, 1}}, "field Bins: 257"},
		{Layout{Bins: [3]int{8, -1}}, "field Bins: -1"},
		{Layout{Channels: HueSaturationValue, Bins: [3]int{256, 256, 17}}, "field Bins: 1114112 in all"},
		{Layout{Ranges: [3][2]float32{{5, 5}}}, "field Ranges: 5 to 5"},
		{Layout{Ranges: [3][2]float32{{}, {9, 3}}}, "field Ranges: 9 to 3"},
		{Layout{Ranges: [3][2]float32{{nan, 3}}}, "field Ranges: NaN to 3"},
		{Layout{Ranges: [3][2]float32{{0, float32(math.Inf(1))}}}, "field Ranges: 0 to +Inf"},
		{Layout{InRange: &Bounds{Lo: [3]uint8{0, 9, 0}, Hi: [3]uint8{180, 8, 255}}}, "field InRange"},
		{Layout{InRange: &Bounds{Lo: [3]uint8{0, 0, 9}, Hi: [3]uint8{180, 255, 8}}}, "field InRange"},
	} {
		_, err := test.layout.Cells()
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %s", test.layout, err, test.want)
		}
		if _, err := NewHistogram(Image{Pix: make([]byte, 3), Width: 1, Height: 1}, &Options{Layout: test.layout}); err == nil {
			t.Errorf("%+v: NewHistogram gives no error", test.layout)
		}
	}
}

func TestPeakAndRawScaleTheValues(t *testing.T) {
	model := Image{Pix: []byte{0, 0, 255, 0, 0, 255, 0, 255, 0}, Width: 3, Height: 1}
	for _, test := range []struct {
		options Options
		want    float32
	}{{Options{}, 256}, {Options{Peak: 255}, 255}, {Options{Peak: 0.5}, 0.5}, {Options{Raw: true}, 2}} {
		h, err := NewHistogram(model, &test.options)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Values[31]; got != test.want { // hue 0, saturation 255
			t.Errorf("%+v: %v, want %v", test.options, got, test.want)
		}
	}
}
