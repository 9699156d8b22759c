//go:build opencv

package opencv

import (
	"testing"

	"github.com/backproj/backproj/backproj"
	"gocv.io/x/gocv"
)

// BenchmarkBackProject measures a smooth 1080p frame, by OpenCV and by each
// kernel, all with one thread and with as many as there are CPUs.
func BenchmarkBackProject(b *testing.B) {
	const width, height = 1920, 1080
	frame := backproj.Image{Pix: make([]byte, 3*width*height), Width: width, Height: height}
	for i := range frame.Pix {
		pixel, c := i/3, i%3
		frame.Pix[i] = byte(pixel>>12*(c+1) + pixel*(2654435761+c)>>16%24)
	}
	model, err := frame.Crop(500, 500, 100, 100)
	if err != nil {
		b.Fatal(err)
	}
	dst := backproj.Plane{Pix: make([]byte, width*height), Width: width, Height: height}
	all := gocv.GetNumThreads()
	defer gocv.SetNumThreads(all)
	for _, threads := range []struct {
		name   string
		number int
	}{{"one", 1}, {"all", all}} {
		b.Run("opencv/"+threads.name, func(b *testing.B) {
			gocv.SetNumThreads(threads.number)
			h := newHistogram()
			if err := Fit(h, model, backproj.Plane{}); err != nil {
				b.Fatal(err)
			}
			for range b.N {
				if err := BackProject(dst, frame, h.Values); err != nil {
					b.Fatal(err)
				}
			}
		})
		for _, kernel := range backproj.Kernels() {
			b.Run(kernel+"/"+threads.name, func(b *testing.B) {
				run := backproj.Run{Kernel: kernel, Threads: threads.number}
				h, err := backproj.NewHistogram(model, &backproj.Options{Run: run})
				if err != nil {
					b.Fatal(err)
				}
				for range b.N {
					if err := h.BackProject(dst, frame); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
