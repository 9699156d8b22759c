package backproj

import (
	"image"
	"runtime"
	"testing"
)

// allocated returns how many bytes f allocates after a first call, which fills pools. If
// these are more than expected it calls f again, as the runtime allocates too, and pools drop
// every fourth item under the race detector.
func allocated(f func(), most uint64) uint64 {
	f()
	var before, after runtime.MemStats
	least := ^uint64(0)
	for call := 0; call < 8 && least > most; call++ {
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

// A call may allocate some KiB of scratch memory for each worker, whatever the size
// of the frame: never a copy of it.
func TestACallAllocatesNoMoreForALargeFrame(t *testing.T) {
	const w, h = 2048, 1024
	pix, out, mask := make([]byte, 3*w*h), make([]byte, 3*w*h), make([]byte, w*h)
	for i := range mask {
		mask[i] = byte(i)
	}
	frame := Image{Pix: pix, Width: w, Height: h}
	var probs []Plane
	for i := range 3 {
		probs = append(probs, Plane{Pix: out[i*w*h:], Width: w, Height: h})
	}
	turned := Image{Pix: pix, Width: h, Height: w, Stride: 3, PixelStride: 3 * w, ChannelStride: 1}
	onto := []Plane{{Pix: out, Width: h, Height: w, Stride: 3, PixelStride: 3 * w}}
	histogram := func(l Layout) *Histogram {
		hist, err := NewHistogram(Image{Pix: pix, Width: 9, Height: 9}, &Options{Layout: l, Run: Run{Threads: 1}})
		if err != nil {
			t.Fatal(err)
		}
		return hist
	}
	plain := histogram(Layout{})
	gated := histogram(Layout{Channels: Hue, InRange: &Bounds{Lo: [3]uint8{0, 60, 32}, Hi: [3]uint8{180, 255, 255}}})
	valued := histogram(Layout{Channels: HueSaturationValue, Bins: [3]int{30, 32, 16}})
	largest := histogram(Layout{Channels: HueSaturationValue, Bins: [3]int{64, 128, 128}})
	project := func(dsts []Plane, frame Image, threads int, hists ...*Histogram) func() error {
		return func() error { return BackProjectEach(dsts, []Image{frame}, hists, Run{Threads: threads}) }
	}
	disc, largeDisc := Ellipse(11, 11), Ellipse(255, 255)
	const KiB = 1 << 10
	for _, test := range []struct {
		name string
		most uint64
		call func() error
	}{
		{"projecting", 4 * KiB, project(probs[:1], frame, 1, plain)},
		{"projecting by 4 workers", 4 * 4 * KiB, project(probs[:1], frame, 4, plain)},
		{"projecting by the gate", 16 * KiB, project(probs[:1], frame, 1, gated)},
		{"projecting by the value", 24 * KiB, project(probs[:1], frame, 1, valued)},
		{"projecting what goes through the scratch", 24 * KiB, project(onto, turned, 1, plain)},
		{"projecting several", 64 * KiB, project(probs, frame, 1, plain, gated, valued)},
		{"counting", 8*defaultCells + 32*KiB, func() error { return plain.Add(frame, Plane{}) }},
		{"counting under a mask", 8*defaultCells + 32*KiB, func() error {
			return plain.Add(frame, Plane{Pix: mask, Width: w, Height: h})
		}},
		{"counting what goes through the scratch", 8*defaultCells + 32*KiB, func() error { return plain.Add(turned, Plane{}) }},
		{"counting the largest histogram", 8*64*128*128 + 32*KiB, func() error { return largest.Add(frame, Plane{}) }},
		{"projecting a model once", KiB, func() error {
			small := Image{Pix: pix, Width: 64, Height: 64}
			_, err := BackProjectModel(Plane{Pix: out, Width: 64, Height: 64}, small, small, nil)
			return err
		}},
		{"moving a window", 0, func() error {
			_, err := gated.CamShift(frame, image.Rect(w/2, h/2, w/2+100, h/2+100), Criteria{})
			return err
		}},
		{"moving a window on what goes through the scratch", 0, func() error {
			_, err := valued.CamShift(turned, image.Rect(h/2, w/2, h/2+100, w/2+100), Criteria{})
			return err
		}},
		{"moving a window on a plane", 0, func() error {
			_, err := MeanShift(onto[0], image.Rect(h/2, w/2, h/2+100, w/2+100), Criteria{}, Run{})
			return err
		}},
		{"adding up discs", KiB, func() error {
			return DiscSum(probs[0], probs[1], &RegionOptions{Disc: disc, Run: Run{Threads: 1}})
		}},
		{"adding up discs of what goes through the scratch", KiB, func() error {
			return DiscSum(onto[0], Plane{Pix: out[w*h:], Width: h, Height: w, Stride: 2, PixelStride: 2 * w}, &RegionOptions{Disc: disc, Run: Run{Threads: 1}})
		}},
		{"adding up large discs", KiB, func() error {
			return DiscSum(probs[0], probs[1], &RegionOptions{Disc: largeDisc, Run: Run{Threads: 1}})
		}},
		{"cutting out", 4 * KiB, func() error {
			return plain.CutOut(Image{Pix: out, Width: w, Height: h}, frame, &RegionOptions{Disc: disc, Run: Run{Threads: 1}})
		}},
		{"locating", 8*w + KiB, func() error {
			_, _, _, err := Locate(probs[0], 9, 9, Run{Threads: 1})
			return err
		}},
	} {
		n := allocated(func() {
			if err := test.call(); err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
		}, test.most)
		t.Logf("%s: %d bytes", test.name, n)
		if n > test.most {
			t.Errorf("%s: %d bytes, more than %d", test.name, n, test.most)
		}
	}
}
