package backproj_test

import (
	"math/rand/v2"
	"testing"

	"github.com/backproj/backproj/backproj"
)

// BenchmarkKernelWork measures whole calls on one thread: counting, and projecting
// for layouts, formats and numbers of histograms that use different code. The
// pictures are those of BenchmarkKernel: a smooth one, whose neighbouring pixels are
// alike as in a photograph, and noise.
func BenchmarkKernelWork(b *testing.B) {
	const side = 1 << 10
	out := make([]byte, 4*side*side)
	planes := make([]backproj.Plane, 4)
	for i := range planes {
		planes[i] = backproj.Plane{Pix: out[i*side*side:], Width: side, Height: side}
	}
	gated := &backproj.Bounds{Lo: [3]uint8{0, 60, 32}, Hi: [3]uint8{180, 255, 255}}
	layouts := []struct {
		name string
		backproj.Layout
	}{
		{"hs", backproj.Layout{}},
		{"h gated", backproj.Layout{Channels: backproj.Hue, Bins: [3]int{16}, InRange: gated}},
		{"hsv", backproj.Layout{Channels: backproj.HueSaturationValue, Bins: [3]int{16, 16, 16}}},
	}
	for _, kernel := range backproj.Kernels() {
		run := backproj.Run{Kernel: kernel, Threads: 1}
		for _, picture := range []string{"smooth", "noise"} {
			measure := func(work string, image backproj.Image, do func() error) {
				b.Run(kernel+"/"+work+"/"+picture, func(b *testing.B) {
					for range b.N {
						if err := do(); err != nil {
							b.Fatal(err)
						}
					}
					// Gigabytes are those of the picture, read once.
					pixels := image.Width * image.Height
					perPixel := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / float64(pixels)
					b.ReportMetric(perPixel, "ns/px")
					b.ReportMetric(float64(image.Order.Channels())/perPixel, "GB/s")
				})
			}
			bgr, bgra := square(side, backproj.BGR, picture), square(side, backproj.BGRA, picture)
			var hs *backproj.Histogram
			for _, layout := range layouts {
				h, err := backproj.NewHistogram(bgr, &backproj.Options{Layout: layout.Layout, Run: run})
				if err != nil {
					b.Fatal(err)
				}
				if layout.name == "hs" {
					hs = h
				}
				measure("count "+layout.name, bgr, func() error { return h.Add(bgr, backproj.Plane{}) })
				measure("project "+layout.name, bgr, func() error { return h.BackProject(planes[0], bgr) })
			}
			four := make([]*backproj.Histogram, len(planes))
			for i := range four {
				model, err := bgr.Crop(200*i, 200*i, 100, 100)
				if err != nil {
					b.Fatal(err)
				}
				if four[i], err = backproj.NewHistogram(model, nil); err != nil {
					b.Fatal(err)
				}
			}
			crop, err := bgr.Crop(100, 0, 300, side)
			if err != nil {
				b.Fatal(err)
			}
			narrow := backproj.Plane{Pix: out, Width: crop.Width, Height: crop.Height}
			measure("project four", bgr, func() error { return backproj.BackProjectEach(planes, []backproj.Image{bgr}, four, run) })
			measure("project BGRA", bgra, func() error { return hs.BackProject(planes[0], bgra) })
			measure("project rows of 300", crop, func() error { return hs.BackProject(narrow, crop) })
		}
	}
}

// square returns a picture whose neighbouring pixels are alike, or noise.
func square(side int, order backproj.Order, kind string) backproj.Image {
	random := rand.New(rand.NewPCG(1, 2))
	image := backproj.Image{Pix: make([]byte, side*side*order.Channels()), Width: side, Height: side, Order: order}
	for i := range image.Pix {
		pixel, c := i/order.Channels(), i%order.Channels()
		image.Pix[i] = byte(random.Uint32())
		if kind == "smooth" {
			image.Pix[i] = byte(pixel>>12*(c+1)) + image.Pix[i]%24
		}
	}
	return image
}

// BenchmarkTabulate measures the work that depends on the layout alone.
func BenchmarkTabulate(b *testing.B) {
	for _, layout := range []struct {
		name string
		backproj.Layout
	}{
		{"hs 32×32", backproj.Layout{}},
		{"hs 180×256", backproj.Layout{Bins: [3]int{180, 256}}},
		{"h 16", backproj.Layout{Channels: backproj.Hue, Bins: [3]int{16}}},
		{"hsv 16×16×16", backproj.Layout{Channels: backproj.HueSaturationValue, Bins: [3]int{16, 16, 16}}},
	} {
		b.Run(layout.name, func(b *testing.B) {
			model := backproj.Image{Pix: make([]byte, 3), Width: 1, Height: 1}
			h, err := backproj.NewHistogram(model, &backproj.Options{Layout: layout.Layout})
			if err != nil {
				b.Fatal(err)
			}
			for range b.N {
				if err := h.Normalize(256); err != nil { // and tabulate
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOneShot measures BackProjectModel for 64×64 pixels, and the part of it
// that projecting takes, with a table and without.
func BenchmarkOneShot(b *testing.B) {
	frame := square(64, backproj.BGR, "smooth")
	model, err := frame.Crop(10, 10, 32, 32)
	if err != nil {
		b.Fatal(err)
	}
	dst := backproj.Plane{Pix: make([]byte, 64*64), Width: 64, Height: 64}
	for _, kernel := range backproj.Kernels() {
		options := &backproj.Options{Run: backproj.Run{Kernel: kernel, Threads: 1}}
		measure := func(work string, do func() error) {
			b.Run(kernel+"/"+work, func(b *testing.B) {
				for range b.N {
					if err := do(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		h, err := backproj.NewHistogram(model, options)
		if err != nil {
			b.Fatal(err)
		}
		measure("all", func() error {
			_, err := backproj.BackProjectModel(dst, frame, model, options)
			return err
		})
		measure("project", func() error { return h.BackProject(dst, frame) })
		tableless := *h
		tableless.Table = nil
		measure("project without a table", func() error { return tableless.BackProject(dst, frame) })
	}
}
