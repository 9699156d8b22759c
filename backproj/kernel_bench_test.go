package backproj

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// benchmarkLayouts are those that BenchmarkKernel measures where they are coded.
var benchmarkLayouts = []Layout{
	{}, {Channels: Hue, Bins: [3]int{16}}, {Channels: HueSaturationValue, Bins: [3]int{16, 8, 8}},
	{Channels: CrCb}, {Channels: YCrCb, Bins: [3]int{8, 8, 8}}, {Channels: BlueGreenRed, Bins: [3]int{8, 8, 8}},
	{Channels: AB}, {Channels: Lab, Bins: [3]int{8, 8, 8}},
	{Channels: Gray}, {Channels: Gray, Bins: [3]int{256}}, {Channels: Saturation}, {Channels: Value},
	{Channels: HueValue}, {Channels: SaturationValue},
}

// BenchmarkKernel measures each function on a smooth image, whose neighbours are
// alike as in a photograph, and on noise.
func BenchmarkKernel(b *testing.B) {
	const n = 1 << 20
	random := rand.New(rand.NewPCG(1, 2))
	smooth, noise := make([]byte, 3*n), make([]byte, 3*n)
	for i := range n {
		for c := range 3 {
			smooth[3*i+c] = byte(i>>12*(c+1) + int(random.Uint32()%24))
			noise[3*i+c] = byte(random.Uint32())
		}
	}
	var table lookupTable
	dst, index, thirds, counts := make([]byte, n), make([]uint16, n), make([]byte, n), new(indexCounts)
	for _, k := range converters() {
		if k.format != (raster.Format{Size: 3}) && k.space != greyPlane {
			continue
		}
		for _, image := range []struct {
			name string
			pix  []byte
		}{{"smooth", smooth}, {"noise", noise}} {
			run := func(function string, call func()) {
				b.Run(k.kernel.name+"/"+spaceNames[k.space]+"/"+function+"/"+image.name, func(b *testing.B) {
					for range b.N {
						call()
					}
					// Gigabytes are those of the image, which is read once.
					perPixel := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / n
					b.ReportMetric(perPixel, "ns/px")
					b.ReportMetric(float64(k.format.Size)/perPixel, "GB/s")
				})
			}
			run("convert", func() { k.convert(index, nil, image.pix, k.format) })
			run("convert+third", func() { k.convert(index, thirds, image.pix, k.format) })
			run("count", func() { k.count(counts, n, image.pix, k.format) })
			if k.project != nil {
				run("project", func() { k.project(dst, image.pix, k.format, &table, open) })
				run("project gated", func() { k.project(dst, image.pix, k.format, &table, gate{32, 255}) })
			}
			for _, layout := range benchmarkLayouts {
				p, err := layout.plan()
				if err != nil {
					b.Fatal(err)
				}
				if !k.converts(p) || !k.codes(p) {
					continue
				}
				book := new(alignedCodebook).codebook()
				cells := make([]byte, p.cells)
				for i := range cells {
					cells[i] = byte(7*i + 1)
				}
				p.fillCodebook(book, cells)
				run(fmt.Sprint("project ", layout.Channels, layout.Bins), func() { k.projectCoded(p.coding, dst, image.pix, k.format, book, &table) })
			}
		}
	}
}
