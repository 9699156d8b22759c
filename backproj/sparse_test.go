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
						k.projectWithin(got, src, k.format, nil, table, thirds, seconds)
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
			skipped := k.projectWithin(dst, src, k.format, nil, table, open, gate{100, 200})
			if row.most && skipped < n/2 || !row.most && skipped != 0 || skipped > n {
				t.Errorf("%v: %s: skipped %d of %d pixels", k, row.name, skipped, n)
			}
		}
	}
}

func TestKernelsProjectWithinARangeByACodebook(t *testing.T) {
	const n = 1 << 16
	for _, k := range converters() {
		if k.projectWithin == nil || !k.supports[pairCoding] {
			continue
		}
		src, got, want := make([]byte, n*k.format.Size), make([]byte, n), make([]byte, n)
		for _, bounds := range []*Bounds{nil, {Lo: [3]uint8{0, 0, 32}, Hi: [3]uint8{180, 255, 230}}} {
			p, err := Layout{InRange: bounds}.plan()
			if err != nil {
				t.Fatal(err)
			}
			for _, seconds := range ranges {
				cells := noise(7, p.cells)
				for second, offset := range p.second {
					for row := 0; row < p.cells && !seconds.accepts(uint8(second)); row += 32 {
						cells[row+int(offset)] = 0
					}
				}
				book := new(alignedCodebook).codebook()
				p.fillCodebook(book, cells)
				for first := 0; first < 1<<24; first += 7 * n {
					colours(src, k.format, first, n)
					k.projectCoded(pairCoding, want, src, k.format, book, nil)
					k.projectWithin(got, src, k.format, book, nil, p.gate, seconds)
					if !bytes.Equal(got, want) {
						t.Fatalf("%v, %v: colours from %#06x: results differ from those of projectCoded", k, seconds, first)
					}
				}
			}
		}
	}
}

func TestLookupsKnowTheRangeOfSeconds(t *testing.T) {
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
		_, seconds, _ := table.used(hueSaturation)
		if got := within(&seconds); got != test.want {
			t.Errorf("%#04x: %v, want %v", test.indices, got, test.want)
		}
	}
}

// TestLargeFramesProjectAlikeByAllKernels has frames whose parts are skipped, projected
// and mixed, so that kernels change from one to the other, and histograms with many bins
// and with few that are used.
func TestLargeFramesProjectAlikeByAllKernels(t *testing.T) {
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
	for _, test := range []struct {
		name   string
		layout Layout
		used   func(first, second int) bool
	}{
		{"all bins", Layout{Bins: [3]int{180, 256}}, func(int, int) bool { return true }},
		{"strong colours", Layout{Bins: [3]int{180, 256}}, func(_, s int) bool { return s >= 100 && s < 230 }},
		{"pale colours", Layout{Bins: [3]int{180, 256}}, func(_, s int) bool { return s < 60 }},
		{"six hues", Layout{Bins: [3]int{180, 256}}, func(h, s int) bool { return h > 173 && s >= 140 && s < 240 }},
		{"a hundred hues", Layout{Bins: [3]int{180, 256}}, func(h, s int) bool { return h < 100 && s > 200 && s < 208 }},
		{"one bin", Layout{Bins: [3]int{180, 256}}, func(h, s int) bool { return h == 4 && s == 0 }},
		{"no bin", Layout{Bins: [3]int{180, 256}}, func(int, int) bool { return false }},
		{"few bins of 32×32", Layout{}, func(h, s int) bool { return h < 3 && s > 20 && s < 30 }},
		{"ranges", Layout{Bins: [3]int{90, 100}, Ranges: [3][2]float32{{10, 150}, {30, 200}}}, func(h, _ int) bool { return h > 80 }},
		{"a gate", Layout{Bins: [3]int{180, 256}, InRange: &Bounds{Lo: [3]uint8{170, 60, 20}, Hi: [3]uint8{5, 120, 250}}}, func(int, int) bool { return true }},
		{"Cr and Cb", Layout{Channels: CrCb, Bins: [3]int{256, 256}}, func(r, b int) bool { return r > 150 && r < 160 && b < 40 }},
	} {
		histogram, err := NewHistogram(frame, &Options{Layout: test.layout})
		if err != nil {
			t.Fatal(test.name, err)
		}
		bins := [2]int{32, 32}
		if test.layout.Bins[0] > 0 {
			bins = [2]int{test.layout.Bins[0], test.layout.Bins[1]}
		}
		for i := range histogram.Values {
			histogram.Values[i] = 0
			if test.used(i/bins[1], i%bins[1]) {
				histogram.Values[i] = float32(1 + i%255)
			}
		}
		histogram.Table = nil
		results := map[string][]byte{}
		for _, k := range kernels {
			histogram.Run = Run{Kernel: k.name}
			dst := Plane{Pix: make([]byte, w*h), Width: w, Height: h}
			if err := histogram.BackProject(dst, frame); err != nil {
				t.Fatal(test.name, err)
			}
			results[k.name] = dst.Pix
		}
		for name, pix := range results {
			if !bytes.Equal(pix, results["generic"]) {
				t.Errorf("%s: the kernel %s differs from generic", test.name, name)
			}
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
