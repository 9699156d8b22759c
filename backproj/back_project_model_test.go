package backproj

import (
	"bytes"
	"slices"
	"testing"
)

// The sizes are on both sides of maxCompactPixels. Layouts come in one order and then
// in the other, because memory is used again for the next one.
func TestBackProjectModelGivesWhatAHistogramGives(t *testing.T) {
	gated := &Bounds{Lo: [3]uint8{170, 60, 32}, Hi: [3]uint8{20, 200, 250}}
	layouts := []Layout{
		{}, {Bins: [3]int{180, 256}}, {InRange: gated}, {Channels: Hue, Bins: [3]int{16}, InRange: gated},
		{Bins: [3]int{5, 3}, Ranges: [3][2]float32{{20, 120}, {0, 200}}},
		{Channels: Hue}, {Channels: HueSaturationValue, Bins: [3]int{16, 16, 16}},
		{Channels: HueSaturationValue, Bins: [3]int{40, 20, 30}, InRange: gated},
	}
	backwards := slices.Clone(layouts)
	slices.Reverse(backwards)
	model := Image{Pix: noise(5, 3*32*32), Width: 32, Height: 32}
	for _, k := range Kernels() {
		for _, size := range [][2]int{{1, 1}, {40, 7}, {64, 64}, {190, 50}} {
			w, h := size[0], size[1]
			frame := Image{Pix: noise(6, 3*w*h), Width: w, Height: h}
			copy(frame.Pix, model.Pix)
			for _, layout := range slices.Concat(layouts, backwards) {
				options := &Options{Layout: layout, Run: Run{Kernel: k}}
				histogram, err := NewHistogram(model, options)
				if err != nil {
					t.Fatal(err)
				}
				want, got := make([]byte, w*h), noise(7, w*h)
				if err := histogram.BackProject(Plane{Pix: want, Width: w, Height: h}, frame); err != nil {
					t.Fatal(err)
				}
				fullest, err := BackProjectModel(Plane{Pix: got, Width: w, Height: h}, frame, model, options)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) || fullest != slices.Max(histogram.Counts) {
					t.Errorf("%s, %d×%d, %+v: differs, or the fullest bin has %d, not %d",
						k, w, h, layout, fullest, slices.Max(histogram.Counts))
				}
			}
		}
	}
}

func TestBackProjectModelKeepsNothingAfterAnError(t *testing.T) {
	frame := Image{Pix: noise(6, 3*64), Width: 8, Height: 8}
	dst := Plane{Pix: make([]byte, 64), Width: 8, Height: 8}
	if _, err := BackProjectModel(Plane{Pix: dst.Pix, Width: 8, Height: 7}, frame, frame, nil); err == nil {
		t.Fatal("no error for a dst that is too small")
	}
	model := Image{Pix: []byte{1, 2, 3}, Width: 1, Height: 1}
	if fullest, err := BackProjectModel(dst, frame, model, nil); err != nil || fullest != 1 {
		t.Errorf("then a model of one pixel: the fullest bin has %d, error %v", fullest, err)
	}
}
