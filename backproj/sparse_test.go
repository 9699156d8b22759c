package backproj

import (
	"bytes"
	"testing"
)

// ranges are gates of saturations: no bound, one, and both.
var ranges = []gate{open, {0, 0}, {0, 34}, {0, 200}, {1, 255}, {16, 255}, {153, 229}, {127, 128}, {240, 254}, {255, 255}}

func TestKernelsProjectWithinARangeAsWithoutIt(t *testing.T) {
	const n = 1 << 16
	for _, k := range converters() {
		if k.projectWithin == nil {
			continue
		}
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			src, got, want := make([]byte, n*k.format.Size), make([]byte, n), make([]byte, n)
			for _, seconds := range ranges {
				table := tableWithin(k.space, seconds)
				for _, thirds := range []gate{open, {32, 255}, {90, 200}} {
					for first := 0; first < 1<<24; first += n {
						if thirds != open && first>>16%37 != 0 {
							continue
						}
						colours(src, k.format, first, n)
						k.project(want, src, k.format, table, thirds)
						k.projectWithin(got, src, k.format, table, thirds, seconds)
						if !bytes.Equal(got, want) {
							t.Fatalf("%v, %v: colours from %#06x: results differ from those of project", seconds, thirds, first)
						}
					}
				}
			}
		})
	}
}

func TestKernelsCountWhatTheySkip(t *testing.T) {
	const n = 1 << 12
	dst := make([]byte, n)
	for _, k := range converters() {
		if k.projectWithin == nil {
			continue
		}
		table := tableWithin(k.space, gate{100, 200})
		for _, row := range []struct {
			name  string
			pixel [4]byte
			most  bool // are to be skipped
		}{
			{"grey", [4]byte{90, 90, 90, 0}, true},
			{"black", [4]byte{0, 0, 0, 0}, true},
			{"pure red", [4]byte{0, 0, 250, 0}, true},
			{"a saturation of 150", [4]byte{103, 103, 250, 0}, false},
		} {
			src := bytes.Repeat(row.pixel[:k.format.Size], n)
			skipped := k.projectWithin(dst, src, k.format, table, open, gate{100, 200})
			if row.most && skipped < n/2 || !row.most && skipped != 0 || skipped > n {
				t.Errorf("%v: %s: skipped %d of %d pixels", k, row.name, skipped, n)
			}
		}
	}
}

func TestTablesKnowTheRangeOfTheirSeconds(t *testing.T) {
	for _, test := range []struct {
		indices []uint16
		want    gate
	}{
		{[]uint16{0x0000}, gate{0, 0}},
		{[]uint16{0x00ff}, gate{255, 255}},
		{[]uint16{0x0507, 0x0a58, 0xf010}, gate{7, 0x58}},
		{[]uint16{0x0507, 0xc8ff}, gate{7, 7}}, // 0xc8 is no hue byte
		{nil, gate{0, 0}},
	} {
		table := new(lookupTable)
		for _, index := range test.indices {
			table[index] = 1
		}
		if got := table.seconds(hueSaturation); got != test.want {
			t.Errorf("%#04x: %v, want %v", test.indices, got, test.want)
		}
	}
}

// TestFramesProjectAlikeWhereverPixelsAreSkipped has frames whose parts are skipped,
// projected and mixed, so that kernels change from one to the other.
func TestFramesProjectAlikeWhereverPixelsAreSkipped(t *testing.T) {
	const w, h = 700, 400
	frame := Image{Pix: noise(5, 3*w*h), Width: w, Height: h}
	for y := range h {
		for x := range w {
			pixel := frame.Pix[3*(y*w+x):][:3]
			if y/50%2 == 0 || x/90%3 == 0 {
				pixel[1], pixel[2] = pixel[0], pixel[0]
			}
		}
	}
	layout := Layout{Bins: [3]int{180, 256}, InRange: &Bounds{Lo: [3]uint8{0, 60, 20}, Hi: [3]uint8{180, 220, 255}}}
	histogram, err := NewHistogram(frame, &Options{Layout: layout})
	if err != nil {
		t.Fatal(err)
	}
	results := map[string][]byte{}
	for _, k := range kernels {
		histogram.Run = Run{Kernel: k.name}
		dst := Plane{Pix: make([]byte, w*h), Width: w, Height: h}
		if err := histogram.BackProject(dst, frame); err != nil {
			t.Fatal(err)
		}
		results[k.name] = dst.Pix
		if !bytes.Equal(dst.Pix, results[kernels[0].name]) {
			t.Errorf("the kernels %s and %s differ", k.name, kernels[0].name)
		}
	}
}

// tableWithin returns a random table that is 0 outside a range of second components.
func tableWithin(s space, seconds gate) *lookupTable {
	table := randomTable(s)
	for i := range table {
		if !seconds.accepts(uint8(i)) {
			table[i] = 0
		}
	}
	return table
}
