package backproj

import (
	"bytes"
	"fmt"
	"testing"
)

// spread writes the packed BGR pixels into a fresh image of w by h pixels that
// lies in memory as the Image says, with Pix and Offset yet to be found.
func spread(packed []byte, m Image) Image {
	r, _ := Image{Width: m.Width, Height: m.Height, Order: m.Order,
		Stride: m.Stride, PixelStride: m.PixelStride, ChannelStride: m.ChannelStride}.raster()
	least, greatest := 0, 0
	for _, reach := range []int{(r.Height - 1) * r.Row, (r.Width - 1) * r.Pixel, 2 * r.Component} {
		least, greatest = least+min(0, reach), greatest+max(0, reach)
	}
	m.Pix, m.Offset = make([]byte, greatest-least+1), -least
	for i := range len(packed) / 3 {
		x, y := i%m.Width, i/m.Width
		for c := range 3 {
			from := 3*i + c
			if m.Order.redFirst() {
				from = 3*i + 2 - c
			}
			m.Pix[m.Offset+y*r.Row+x*r.Pixel+c*r.Component] = packed[from]
		}
	}
	return m
}

func TestResultsDoNotDependOnTheStridesOfFrameAndDst(t *testing.T) {
	const w, h = 67, 23
	packed := noise(3, 3*w*h)
	model := Image{Pix: noise(4, 3*400), Width: 20, Height: 20}
	copy(model.Pix, packed)
	want := BackProject(packed, w, h, model.Pix, 20, 20)
	histogram, err := NewHistogram(model, nil)
	if err != nil {
		t.Fatal(err)
	}
	frames := []Image{
		{}, {Order: RGB}, {Order: BGRA}, {Order: RGBA},
		{Stride: 3*w + 5}, {Stride: -3 * w}, {Order: RGBA, Stride: -4*w - 3},
		{PixelStride: -3, Stride: 3 * w}, {PixelStride: 6}, {PixelStride: 3 * h, Stride: 3},
		{PixelStride: 4, ChannelStride: 1}, {PixelStride: 3, ChannelStride: -1, Stride: 3 * w},
		{PixelStride: 4, ChannelStride: -1, Order: RGB}, {PixelStride: 1, ChannelStride: w * h, Stride: w},
		{PixelStride: h, Stride: 1, ChannelStride: w * h},
	}
	planes := []Plane{
		{Pix: make([]byte, w*h)},
		{Pix: make([]byte, (w+9)*h), Stride: w + 9},
		{Pix: make([]byte, w*h), Offset: w*h - 1, Stride: -w, PixelStride: -1},
		{Pix: make([]byte, w*h), Stride: 1, PixelStride: h},
		{Pix: make([]byte, 2*w*h), PixelStride: 2},
	}
	for _, k := range Kernels() {
		for _, threads := range []int{1, 3} {
			histogram.Run = Run{Kernel: k, Threads: threads}
			for _, frame := range frames {
				frame.Width, frame.Height = w, h
				frame = spread(packed, frame)
				for _, dst := range planes {
					dst.Width, dst.Height = w, h
					clear(dst.Pix)
					if err := histogram.BackProject(dst, frame); err != nil {
						t.Fatal(err)
					}
					r, _ := dst.raster()
					for i, value := range want {
						if at := r.Offset + i/w*r.Row + i%w*r.Pixel; dst.Pix[at] != value {
							frame.Pix, dst.Pix = nil, nil
							t.Fatalf("%s, %d threads, frame %+v, dst %+v: pixel (%d, %d) differs",
								k, threads, frame, dst, i%w, i/w)
						}
					}
				}
			}
		}
	}
}

func TestCountsDoNotDependOnTheStridesOfModelAndMask(t *testing.T) {
	const w, h = 67, 23
	packed, mask := noise(3, 3*w*h), noise(5, w*h)
	for i := range mask {
		mask[i] &= 0x84 // a quarter are 0
	}
	for _, where := range []Plane{{}, {Pix: mask, Width: w, Height: h}} {
		want, err := NewHistogram(Image{Pix: packed, Width: w, Height: h}, &Options{Mask: where})
		if err != nil {
			t.Fatal(err)
		}
		for _, model := range []Image{
			{Order: RGB}, {Order: RGBA}, {Stride: -3 * w}, {PixelStride: 7},
			{PixelStride: 1, ChannelStride: w * h, Stride: w},
		} {
			model.Width, model.Height = w, h
			got, err := NewHistogram(spread(packed, model), &Options{Mask: where, Run: Run{Threads: 3}})
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got.Counts) != fmt.Sprint(want.Counts) || !bytes.Equal(got.Table, want.Table) {
				t.Errorf("%+v with mask %v: other counts", model, where.Pix != nil)
			}
		}
	}
}

func TestResultsDoNotDependOnTheNumberOfThreads(t *testing.T) {
	const w, h = 1000, 701
	frame := Image{Pix: noise(6, 3*w*h), Width: w, Height: h}
	var want []byte
	for threads := range 9 {
		histogram, err := NewHistogram(frame, &Options{Run: Run{Threads: threads}})
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, w*h)
		if err := histogram.BackProject(Plane{Pix: got, Width: w, Height: h}, frame); err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%d threads give another result", threads)
		}
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
		if err := BackProjectEach(dsts, []Image{frame}, histograms, run); err != nil {
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
	if err := BackProjectEach(nil, []Image{frame}, nil, Run{}); err != nil {
		t.Errorf("no histogram at all: %v", err)
	}
	if err := BackProjectEach(dsts[:1], []Image{frame}, histograms, Run{}); err == nil {
		t.Error("fewer planes than histograms: no error")
	}
}
