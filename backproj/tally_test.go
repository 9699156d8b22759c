package backproj

import (
	"bytes"
	"math"
	"testing"
)

// A tally counts in 32 bits, and carries before a count overflows.
func TestATallyCountsMorePixelsThan32BitsHold(t *testing.T) {
	const before int64 = math.MaxUint32 - 5 // black pixels, to which 30 are added
	const want = before + 30
	for _, test := range []struct {
		name   string
		layout Layout
		pixels int // as newTally is told
	}{
		{"by cell", Layout{}, 10},
		{"by cell, of many", Layout{Bins: [3]int{180, 256}}, 10},
		{"by cell, in four tables", Layout{Channels: BlueGreenRed, Bins: [3]int{8, 8, 8}}, manyPixels},
		{"by cell, in four tables, of indices", Layout{Channels: HueSaturationValue, Bins: [3]int{8, 8, 8}}, manyPixels},
		{"by index", Layout{}, manyPixels},
		{"by index, with a gate", Layout{InRange: &Bounds{Hi: [3]uint8{255, 255, 9}}}, manyPixels},
	} {
		p, err := test.layout.plan()
		if err != nil {
			t.Fatal(err)
		}
		tally := newTally(p, test.pixels)
		switch tally.pending = before; {
		case tally.indices != nil:
			tally.indices[0] = uint32(before)
		case len(tally.fours) > 0:
			tally.fours[0][3] = uint32(before)
		default:
			tally.cells[0] = uint32(before)
		}
		image, err := Image{Pix: bytes.Repeat([]byte{0}, 3*10), Width: 10, Height: 1}.raster()
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			p.count(kernels[0], tally, image, nil)
		}
		counts := make([]int64, p.cells)
		tally.addTo(counts)
		tally.release()
		if counts[0] != want {
			t.Errorf("%s: %d pixels are black, want %d", test.name, counts[0], want)
		}
	}
}
