package backproj

import (
	"bytes"
	"testing"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// withKernel makes a kernel available until the test is over.
func withKernel(t *testing.T, k *kernel) {
	known := kernels
	kernels = append(kernels[:len(kernels):len(kernels)], k)
	t.Cleanup(func() { kernels = known })
}

// A kernel may both project by codes and be faster by sharing indices among
// several histograms. None of today's does.
func TestAKernelMayProjectByCodesAndShareIndices(t *testing.T) {
	k := genericKernel
	k.name = "coded and shared"
	c := &k.spaces[hueSaturation]
	c.supports = [codings]bool{firstCoding: true}
	c.projectCoded = func(_ coding, dst, src []byte, format raster.Format, book *codebook, _ *lookupTable) {
		indices := make([]uint16, len(dst))
		c.convert(indices, nil, src, format)
		for i, index := range indices {
			dst[i] = book.first[index>>8]
		}
	}
	withKernel(t, &k)
	const w, h = 100, 90
	frame := Image{Pix: noise(1, 3*w*h), Width: w, Height: h}
	var histograms []*Histogram
	var dsts []Plane
	var want [][]byte
	for _, layout := range []Layout{{Channels: Hue}, {}, {Channels: HueSaturationValue, Bins: [3]int{8, 8, 8}}} {
		histogram, err := NewHistogram(frame, &Options{Layout: layout})
		if err != nil {
			t.Fatal(err)
		}
		alone := Plane{Pix: make([]byte, w*h), Width: w, Height: h}
		if err := histogram.BackProject(alone, frame); err != nil {
			t.Fatal(err)
		}
		want = append(want, alone.Pix)
		histogram.Table = nil
		histograms = append(histograms, histogram)
		dsts = append(dsts, Plane{Pix: make([]byte, w*h), Width: w, Height: h})
	}
	for n := 1; n <= len(histograms); n++ {
		// What is left in a table that is lent must not matter.
		left := bytes.Repeat([]byte{0xee}, 1<<17)
		tables.Put(&left)
		if err := BackProjectEach(dsts[:n], []Image{frame}, histograms[:n], Run{Kernel: k.name}); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if !bytes.Equal(dsts[i].Pix, want[i]) {
				t.Errorf("%d histograms at once: number %d is projected to something else", n, i)
			}
		}
	}
}
