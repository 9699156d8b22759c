package backproj

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
)

// binFormula is OpenCV's bin of a value on a uniform axis, or -1.
func binFormula(value int, bins int, lo, hi float32) int {
	if float64(value) < float64(lo) || float64(value) >= float64(hi) {
		return -1
	}
	a := float64(bins) / (float64(hi) - float64(lo))
	return min(max(int(math.Floor(float64(float64(value)*a)-float64(a*float64(lo)))), 0), bins-1)
}

// binsFormula is the number of bins of a channel.
func binsFormula(l Layout, channel int) int {
	if l.Bins[channel] == 0 {
		return 32
	}
	return l.Bins[channel]
}

// cellOfChannel is the bin that a value of a channel falls into, 0 if the
// histogram is not over that channel, or -1 for what is not counted.
func cellOfChannel(l Layout, channel, value int) int32 {
	if l.InRange != nil {
		lo, hi := int(l.InRange.Lo[channel]), int(l.InRange.Hi[channel])
		in := value >= lo && value <= hi
		if channel == 0 && lo > hi {
			in = value >= lo || value <= hi
		}
		if !in {
			return -1
		}
	}
	if channel >= l.Channels.dimensions() {
		return 0
	}
	lo, hi := l.Ranges[channel][0], l.Ranges[channel][1]
	if lo == 0 && hi == 0 {
		hi = [3]float32{180, 256, 256}[channel]
	}
	return int32(binFormula(value, binsFormula(l, channel), lo, hi))
}

var layouts = []Layout{
	{},
	{Bins: [3]int{1, 1}},
	{Bins: [3]int{7, 3}},
	{Bins: [3]int{180, 256}},
	{Bins: [3]int{30, 32}, Ranges: [3][2]float32{{20, 60}, {50.5, 200.25}}},
	{Channels: Hue, Bins: [3]int{16}},
	{Channels: Hue, Bins: [3]int{180}, InRange: &Bounds{[3]uint8{0, 60, 32}, [3]uint8{180, 255, 255}}},
	{Channels: Hue, Bins: [3]int{256}, Ranges: [3][2]float32{{-10, 300}}},
	{InRange: &Bounds{[3]uint8{170, 0, 0}, [3]uint8{10, 255, 255}}},
	{InRange: &Bounds{[3]uint8{30, 40, 50}, [3]uint8{30, 40, 50}}},
	{Channels: HueSaturationValue, Bins: [3]int{16, 16, 16}},
	{Channels: HueSaturationValue, Bins: [3]int{30, 7, 256}, Ranges: [3][2]float32{{}, {}, {10, 99.5}}},
	{Channels: HueSaturationValue, InRange: &Bounds{[3]uint8{170, 60, 32}, [3]uint8{10, 255, 200}}},

	// Each coding, with and without classes for what is in no bin.
	{Channels: Hue, Bins: [3]int{16}, InRange: &Bounds{[3]uint8{0, 60, 32}, [3]uint8{180, 255, 255}}},
	{Bins: [3]int{16, 16}},
	{Bins: [3]int{8, 128}},
	{Bins: [3]int{180, 4}},
	{Bins: [3]int{256, 2}, InRange: &Bounds{Lo: [3]uint8{0, 0, 90}, Hi: [3]uint8{255, 255, 91}}},
	{Bins: [3]int{30, 30}, InRange: &Bounds{[3]uint8{0, 20, 70}, [3]uint8{20, 254, 255}}},
	{Bins: [3]int{40, 9}, Ranges: [3][2]float32{{0, 360}, {10, 300}}, InRange: &Bounds{Hi: [3]uint8{100, 255, 255}}},
	{Channels: HueSaturationValue, Bins: [3]int{180, 2, 2}},
	{Channels: HueSaturationValue, Bins: [3]int{16, 15, 15}, InRange: &Bounds{[3]uint8{10, 20, 30}, [3]uint8{150, 200, 250}}},
	{Channels: HueSaturationValue, Bins: [3]int{9, 1, 200}, Ranges: [3][2]float32{{-10, 200}, {3, 4}, {0.5, 300}}},
}

func TestLayoutsHaveTheCodingThatFitsThem(t *testing.T) {
	all := &Bounds{Hi: [3]uint8{255, 255, 255}}
	bright := &Bounds{Lo: [3]uint8{0, 0, 32}, Hi: all.Hi}
	colourful := &Bounds{Lo: [3]uint8{0, 60, 32}, Hi: all.Hi}
	for _, test := range []struct {
		layout Layout
		want   coding
	}{
		{Layout{}, hueSaturationCoding},
		{Layout{InRange: bright}, hueSaturationCoding},
		{Layout{InRange: colourful}, noCoding}, // 33 classes of saturation
		{Layout{Bins: [3]int{32, 31}, InRange: colourful}, hueSaturationCoding},
		{Layout{Bins: [3]int{180, 256}}, noCoding},
		{Layout{Bins: [3]int{8, 128}}, hueSaturationCoding},
		{Layout{Bins: [3]int{2, 256}}, noCoding},
		{Layout{Channels: Hue, Bins: [3]int{256}, InRange: colourful}, hueCoding},
		{Layout{Channels: HueSaturationValue, Bins: [3]int{256, 16, 16}}, hsvCoding},
		{Layout{Channels: HueSaturationValue, Bins: [3]int{256, 16, 16}, Ranges: [3][2]float32{{0, 170}}}, noCoding},
		{Layout{Channels: HueSaturationValue}, noCoding},
	} {
		p, err := test.layout.plan()
		if err != nil {
			t.Fatal(err)
		}
		if p.coding != test.want {
			t.Errorf("%+v: coding %d, want %d", test.layout, p.coding, test.want)
		}
	}
}

// hsvOfColours returns the hue, saturation and value of each colour 0xRRGGBB.
func hsvOfColours() [][3]uint8 {
	hsv := make([][3]uint8, 1<<24)
	for c := range hsv {
		b, g, r := c&255, c>>8&255, c>>16
		hue, saturation := hsvFormula(b, g, r)
		hsv[c] = [3]uint8{uint8(hue), uint8(saturation), uint8(max(b, g, r))}
	}
	return hsv
}

// cellsOfColours returns the cell of each colour, or -1.
func cellsOfColours(l Layout, hsv [][3]uint8) []int32 {
	// The formula, once for each value of a channel.
	var offsets [3][256]int32
	stride := int32(1)
	for c := 2; c >= 0; c-- {
		for value := range 256 {
			offsets[c][value] = cellOfChannel(l, c, value) * stride
			if offsets[c][value] < 0 {
				offsets[c][value] = math.MinInt32 / 4
			}
		}
		if c < l.Channels.dimensions() {
			stride *= int32(binsFormula(l, c))
		}
	}
	cells := make([]int32, len(hsv))
	for i, p := range hsv {
		cells[i] = max(-1, offsets[0][p[0]]+offsets[1][p[1]]+offsets[2][p[2]])
	}
	return cells
}

func TestEveryKernelPutsEveryColourIntoTheFormulasCellOfEveryLayout(t *testing.T) {
	hsv := hsvOfColours()
	images := make([]Image, 4)
	for order := range images {
		format := formats[order]
		images[order] = Image{Width: 1 << 12, Height: 1 << 12, Order: Order(order), Pix: make([]byte, format.Size<<24)}
		colours(images[order].Pix, format, 0, 1<<24)
	}
	for _, layout := range layouts {
		t.Run(fmt.Sprintf("%+v", layout), func(t *testing.T) {
			t.Parallel()
			cells := cellsOfColours(layout, hsv)
			n, err := layout.Cells()
			if err != nil {
				t.Fatal(err)
			}
			counts := make([]int64, n)
			// What a cell's pixels give differs from one projection to the
			// next, so that together they show which cell was looked up.
			var wants [2][]byte
			for i := range wants {
				wants[i] = make([]byte, len(cells))
			}
			for i, cell := range cells {
				if cell >= 0 {
					counts[cell]++
					wants[0][i], wants[1][i] = uint8(cell+1), uint8((cell+1)>>8)
				}
			}
			got := make([]byte, len(cells))
			dst := Plane{Pix: got, Width: 1 << 12, Height: 1 << 12}
			for _, kernel := range Kernels() {
				for _, image := range images {
					h, err := NewHistogram(image, &Options{Layout: layout, Peak: Raw, Run: Run{Kernel: kernel}})
					if err != nil {
						t.Fatal(err)
					}
					for cell, n := range counts {
						if h.Counts[cell] != n {
							t.Fatalf("%s, order %d, cell %d: count %d, want %d", kernel, image.Order, cell, h.Counts[cell], n)
						}
					}
					for i, want := range wants {
						for cell := range h.Values {
							h.Values[cell] = float32((cell+1)>>(8*i)&255) + 0.25
						}
						if err := h.Tabulate(1); err != nil {
							t.Fatal(err)
						}
						if err := h.BackProject(dst, image); err != nil {
							t.Fatal(err)
						}
						if bytes.Equal(got, want) {
							continue
						}
						for c := range got {
							if got[c] != want[c] {
								t.Fatalf("%s, order %d: colour %#06x of cell %d gives %d, want %d", kernel, image.Order, c, cells[c], got[c], want[c])
							}
						}
					}
				}
			}
		})
	}
}

func TestErrorsOfInvalidLayoutsNameTheField(t *testing.T) {
	nan := float32(math.NaN())
	for _, test := range []struct {
		layout Layout
		want   string
	}{
		{Layout{Channels: 3}, "field Channels: 3"},
		{Layout{Channels: -1}, "field Channels: -1"},
		{Layout{Bins: [3]int{257, 1}}, "field Bins: 257"},
		{Layout{Bins: [3]int{8, -1}}, "field Bins: -1"},
		{Layout{Channels: HueSaturationValue, Bins: [3]int{256, 256, 17}}, "field Bins: 1114112 in all"},
		{Layout{Ranges: [3][2]float32{{5, 5}}}, "field Ranges: 5 to 5"},
		{Layout{Ranges: [3][2]float32{{}, {9, 3}}}, "field Ranges: 9 to 3"},
		{Layout{Ranges: [3][2]float32{{nan, 3}}}, "field Ranges: NaN to 3"},
		{Layout{Ranges: [3][2]float32{{0, float32(math.Inf(1))}}}, "field Ranges: 0 to +Inf"},
		{Layout{InRange: &Bounds{Lo: [3]uint8{0, 9, 0}, Hi: [3]uint8{180, 8, 255}}}, "field InRange"},
		{Layout{InRange: &Bounds{Lo: [3]uint8{0, 0, 9}, Hi: [3]uint8{180, 255, 8}}}, "field InRange"},
	} {
		_, err := test.layout.Cells()
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: %v, want %s", test.layout, err, test.want)
		}
		if _, err := NewHistogram(Image{Pix: make([]byte, 3), Width: 1, Height: 1}, &Options{Layout: test.layout}); err == nil {
			t.Errorf("%+v: NewHistogram gives no error", test.layout)
		}
	}
}

func TestLayoutsAreEqualIfTheirBinsAre(t *testing.T) {
	all := &Bounds{Hi: [3]uint8{255, 255, 255}}
	for _, test := range []struct {
		a, b Layout
		want bool
	}{
		{Layout{}, Layout{Bins: [3]int{32, 32}, Ranges: [3][2]float32{{0, 180}, {0, 256}}, InRange: all}, true},
		{Layout{Channels: Hue}, Layout{Channels: Hue, Bins: [3]int{0, 7, 7}, Ranges: [3][2]float32{{}, {1, 2}}}, true},
		{Layout{InRange: &Bounds{Lo: [3]uint8{1, 2, 3}, Hi: all.Hi}}, Layout{InRange: &Bounds{Lo: [3]uint8{1, 2, 3}, Hi: all.Hi}}, true},
		{Layout{}, Layout{Channels: Hue}, false},
		{Layout{}, Layout{Bins: [3]int{32, 31}}, false},
		{Layout{}, Layout{Ranges: [3][2]float32{{0, 179}}}, false},
		{Layout{}, Layout{InRange: &Bounds{Hi: [3]uint8{255, 255, 254}}}, false},
	} {
		if test.a.Equal(test.b) != test.want || test.b.Equal(test.a) != test.want {
			t.Errorf("%+v and %+v: want %t", test.a, test.b, test.want)
		}
	}
}
