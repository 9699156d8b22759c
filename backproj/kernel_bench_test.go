package backproj

import (
	"math/rand/v2"
	"testing"

	"github.com/backproj/backproj/backproj/internal/raster"
)

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
	dst, index, values, counts := make([]byte, n), make([]uint16, n), make([]byte, n), new(indexCounts)
	for _, k := range kernels {
		for _, image := range []struct {
			name string
			pix  []byte
		}{{"smooth", smooth}, {"noise", noise}} {
			// Gigabytes are those of the image, which is read once.
			report := func(b *testing.B) {
				perPixel := float64(b.Elapsed().Nanoseconds()) / float64(b.N) / n
				b.ReportMetric(perPixel, "ns/px")
				b.ReportMetric(3/perPixel, "GB/s")
			}
			b.Run(k.name+"/convert/"+image.name, func(b *testing.B) {
				for range b.N {
					k.convert(index, nil, image.pix, raster.Format{Size: 3})
				}
				report(b)
			})
			b.Run(k.name+"/convert+values/"+image.name, func(b *testing.B) {
				for range b.N {
					k.convert(index, values, image.pix, raster.Format{Size: 3})
				}
				report(b)
			})
			b.Run(k.name+"/count/"+image.name, func(b *testing.B) {
				for range b.N {
					k.count(counts, n, image.pix, raster.Format{Size: 3})
				}
				report(b)
			})
			b.Run(k.name+"/project/"+image.name, func(b *testing.B) {
				for range b.N {
					k.project(dst, image.pix, raster.Format{Size: 3}, &table, open)
				}
				report(b)
			})
			b.Run(k.name+"/project gated/"+image.name, func(b *testing.B) {
				for range b.N {
					k.project(dst, image.pix, raster.Format{Size: 3}, &table, gate{32, 255})
				}
				report(b)
			})
		}
	}
}
