package backproj

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"sync"
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

// channelFormulas says which components of a colour model channels are.
var channelFormulas = map[Channels]struct {
	model      colourModel
	components []int
}{
	HueSaturation:      {hsvModel, []int{0, 1}},
	Hue:                {hsvModel, []int{0}},
	HueSaturationValue: {hsvModel, []int{0, 1, 2}},
	Saturation:         {hsvModel, []int{1}},
	Value:              {hsvModel, []int{2}},
	HueValue:           {hsvModel, []int{0, 2}},
	SaturationValue:    {hsvModel, []int{1, 2}},
	Gray:               {greyModel, []int{0}},
	CrCb:               {yCrCbModel, []int{1, 2}},
	YCrCb:              {yCrCbModel, []int{0, 1, 2}},
	BlueGreenRed:       {bgrModel, []int{0, 1, 2}},
	AB:                 {labModel, []int{1, 2}},
	Lab:                {labModel, []int{0, 1, 2}},
}

// offsetsFormula returns, for each component of the layout's colour model, what its
// values add to the number of a cell, or so negative a number that all sums with it are
// negative.
func offsetsFormula(l Layout) (offsets [3][256]int32) {
	channels := channelFormulas[l.Channels]
	stride := int32(1)
	for c := len(channels.components) - 1; c >= 0; c-- {
		component := channels.components[c]
		lo, hi := l.Ranges[c][0], l.Ranges[c][1]
		if lo == 0 && hi == 0 {
			hi = 256
			if channels.model == hsvModel && component == 0 {
				hi = 180
			}
		}
		bins := l.Bins[c]
		if bins == 0 {
			bins = 32
		}
		for value := range 256 {
			offsets[component][value] = math.MinInt32 / 4
			if bin := binFormula(value, bins, lo, hi); bin >= 0 {
				offsets[component][value] = int32(bin) * stride
			}
		}
		stride *= int32(bins)
	}
	if l.InRange == nil {
		return offsets
	}
	for component := range offsets {
		if channels.model == greyModel && component > 0 {
			break
		}
		lo, hi := l.InRange.Lo[component], l.InRange.Hi[component]
		for value := range 256 {
			in := value >= int(lo) && value <= int(hi)
			if lo > hi {
				in = value >= int(lo) || value <= int(hi)
			}
			if !in {
				offsets[component][value] = math.MinInt32 / 4
			}
		}
	}
	return offsets
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

	// Other channels, with and without a coding and bounds.
	{Channels: Saturation},
	{Channels: Saturation, Bins: [3]int{256}, InRange: &Bounds{[3]uint8{160, 20, 30}, [3]uint8{20, 200, 250}}},
	{Channels: Value, Bins: [3]int{77}},
	{Channels: Value, InRange: &Bounds{[3]uint8{160, 20, 30}, [3]uint8{20, 200, 250}}},
	{Channels: HueValue},
	{Channels: HueValue, Bins: [3]int{180, 256}, InRange: &Bounds{[3]uint8{10, 20, 30}, [3]uint8{150, 200, 250}}},
	{Channels: SaturationValue, Bins: [3]int{16, 16}},
	{Channels: SaturationValue, Bins: [3]int{256, 256}, InRange: &Bounds{[3]uint8{150, 20, 30}, [3]uint8{150, 200, 250}}},
	{Channels: SaturationValue, InRange: &Bounds{[3]uint8{255, 0, 0}, [3]uint8{255, 255, 255}}},
	{Channels: Gray},
	{Channels: Gray, Bins: [3]int{256}, Ranges: [3][2]float32{{3, 250}}, InRange: &Bounds{Lo: [3]uint8{20}, Hi: [3]uint8{230}}},
	{Channels: CrCb},
	{Channels: CrCb, Bins: [3]int{256, 256}},
	{Channels: CrCb, Bins: [3]int{20, 30}, InRange: &Bounds{[3]uint8{0, 133, 77}, [3]uint8{255, 173, 127}}},
	{Channels: CrCb, Bins: [3]int{16, 16}, InRange: &Bounds{[3]uint8{60, 0, 0}, [3]uint8{200, 255, 255}}},
	{Channels: YCrCb},
	{Channels: YCrCb, Bins: [3]int{8, 16, 16}},
	{Channels: YCrCb, Bins: [3]int{4, 15, 7}, InRange: &Bounds{[3]uint8{20, 100, 77}, [3]uint8{230, 173, 140}}},
	{Channels: AB},
	{Channels: AB, Bins: [3]int{256, 256}},
	{Channels: AB, Bins: [3]int{20, 30}, InRange: &Bounds{[3]uint8{50, 100, 77}, [3]uint8{240, 173, 190}}},
	{Channels: Lab, Bins: [3]int{100, 64, 64}},
	{Channels: Lab, Bins: [3]int{8, 16, 16}, InRange: &Bounds{[3]uint8{20, 100, 77}, [3]uint8{230, 173, 140}}},
	{Channels: BlueGreenRed, Bins: [3]int{8, 8, 8}},
	{Channels: BlueGreenRed, Bins: [3]int{100, 100, 100}},
	{Channels: BlueGreenRed, Bins: [3]int{7, 15, 5}, Ranges: [3][2]float32{{}, {10, 200}}, InRange: &Bounds{[3]uint8{20, 30, 40}, [3]uint8{230, 220, 210}}},
}

func TestLayoutsHaveTheCodingThatFitsThem(t *testing.T) {
	all := &Bounds{Hi: [3]uint8{255, 255, 255}}
	bright := &Bounds{Lo: [3]uint8{0, 0, 32}, Hi: all.Hi}
	colourful := &Bounds{Lo: [3]uint8{0, 60, 32}, Hi: all.Hi}
	for _, test := range []struct {
		layout Layout
		want   coding
	}{
		{Layout{}, pairCoding},
		{Layout{InRange: bright}, pairCoding},
		{Layout{InRange: colourful}, noCoding}, // 33 classes of saturation
		{Layout{Bins: [3]int{32, 31}, InRange: colourful}, pairCoding},
		{Layout{Bins: [3]int{180, 256}}, noCoding},
		{Layout{Bins: [3]int{8, 128}}, pairCoding},
		{Layout{Bins: [3]int{2, 256}}, noCoding},
		{Layout{Channels: Hue, Bins: [3]int{256}, InRange: colourful}, firstCoding},
		{Layout{Channels: HueSaturationValue, Bins: [3]int{256, 16, 16}}, tripleCoding},
		{Layout{Channels: HueSaturationValue, Bins: [3]int{256, 16, 16}, Ranges: [3][2]float32{{0, 170}}}, noCoding},
		{Layout{Channels: HueSaturationValue}, noCoding},
		{Layout{Channels: Saturation}, secondCoding},
		{Layout{Channels: Saturation, InRange: colourful}, secondCoding},
		{Layout{Channels: Saturation, InRange: &Bounds{Lo: [3]uint8{1}, Hi: all.Hi}}, noCoding},
		{Layout{Channels: Value, Bins: [3]int{256}}, secondCoding},
		{Layout{Channels: Gray, InRange: &Bounds{Lo: [3]uint8{20}, Hi: [3]uint8{230}}}, secondCoding},
		{Layout{Channels: HueValue}, pairCoding},
		{Layout{Channels: SaturationValue}, pairCoding},
		{Layout{Channels: CrCb}, pairCoding},
		{Layout{Channels: CrCb, Bins: [3]int{256, 256}}, noCoding},
		{Layout{Channels: YCrCb, Bins: [3]int{16, 16, 16}}, tripleCoding},
		{Layout{Channels: AB}, pairCoding},
		{Layout{Channels: Lab, Bins: [3]int{16, 16, 16}}, tripleCoding},
		{Layout{Channels: BlueGreenRed, Bins: [3]int{8, 8, 8}}, tripleCoding},
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

// modelOfColours returns the components of each colour 0xRRGGBB in a colour model.
func modelOfColours(m colourModel) [][3]uint8 {
	components := make([][3]uint8, 1<<24)
	for c := range components {
		components[c] = modelFormula(m, c&255, c>>8&255, c>>16)
	}
	return components
}

// cellsOfColours returns the cell of each colour, or -1.
func cellsOfColours(l Layout, components [][3]uint8) []int32 {
	offsets := offsetsFormula(l)
	cells := make([]int32, len(components))
	for i, c := range components {
		cells[i] = max(-1, offsets[0][c[0]]+offsets[1][c[1]]+offsets[2][c[2]])
	}
	return cells
}

// TestEveryKernelPutsEveryColourIntoTheFormulasCellOfEveryLayout takes pixels of each order.
// With -short, a layout has all colours in one order, and each sixteenth line of them in the
// others: kernels convert colours of all orders to the same index, as other tests show.
func TestEveryKernelPutsEveryColourIntoTheFormulasCellOfEveryLayout(t *testing.T) {
	var models [colourModels]func() [][3]uint8
	for m := range models {
		models[m] = sync.OnceValue(func() [][3]uint8 { return modelOfColours(colourModel(m)) })
	}
	images := make([]Image, 4)
	for order := range images {
		format := formats[order]
		images[order] = Image{Width: 1 << 12, Height: 1 << 12, Order: Order(order), Pix: make([]byte, format.Size<<24)}
		colours(images[order].Pix, format, 0, 1<<24)
	}
	for i, layout := range layouts {
		t.Run(fmt.Sprintf("%+v", layout), func(t *testing.T) {
			t.Parallel()
			cells := cellsOfColours(layout, models[channelFormulas[layout.Channels].model]())
			all := newCellsOfImage(t, layout, cells, 1)
			some := all
			if testing.Short() {
				some = newCellsOfImage(t, layout, cells, 16)
			}
			for _, kernel := range Kernels() {
				t.Run(kernel, func(t *testing.T) {
					for order, image := range images {
						if order == i%len(images) {
							all.check(t, kernel, image)
						} else {
							some.check(t, kernel, image)
						}
					}
				})
			}
		})
	}
}

// cellsOfImage are the cells that the colours of some lines of an image of all colours fall
// into.
type cellsOfImage struct {
	layout Layout
	every  int // the number of lines of which one is taken
	cells  []int32
	counts []int64

	// What a cell's pixels give differs from one projection to the next, so that together
	// they show which cell was looked up.
	projections [2][]byte
	got         []byte
}

// newCellsOfImage takes one of every so many lines, of the cells of all colours.
func newCellsOfImage(t *testing.T, layout Layout, cells []int32, every int) *cellsOfImage {
	n, err := layout.Cells()
	if err != nil {
		t.Fatal(err)
	}
	c := &cellsOfImage{layout: layout, every: every, cells: cells, counts: make([]int64, n)}
	if every > 1 {
		c.cells = nil
		for y := 0; y < 1<<12; y += every {
			c.cells = append(c.cells, cells[y<<12:][:1<<12]...)
		}
	}
	c.got = make([]byte, len(c.cells))
	for i := range c.projections {
		c.projections[i] = make([]byte, len(c.cells))
	}
	for i, cell := range c.cells {
		if cell >= 0 {
			c.counts[cell]++
			c.projections[0][i], c.projections[1][i] = uint8(cell+1), uint8((cell+1)>>8)
		}
	}
	return c
}

// check compares what a kernel counts and projects of an image of all colours.
func (c *cellsOfImage) check(t *testing.T, kernel string, image Image) {
	t.Helper()
	image.Stride = c.every * image.Width * formats[image.Order].Size
	image.Height /= c.every
	h, err := NewHistogram(image, &Options{Layout: c.layout, Peak: Raw, Run: Run{Kernel: kernel}})
	if err != nil {
		t.Fatal(err)
	}
	for cell, n := range c.counts {
		if h.Counts[cell] != n {
			t.Fatalf("order %v, cell %d: count %d, want %d", image.Order, cell, h.Counts[cell], n)
		}
	}
	got := c.got
	for i, want := range c.projections {
		for cell := range h.Values {
			h.Values[cell] = float32((cell+1)>>(8*i)&255) + 0.25
		}
		if err := h.Tabulate(1); err != nil {
			t.Fatal(err)
		}
		if err := h.BackProject(Plane{Pix: got, Width: image.Width, Height: image.Height}, image); err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(got, want) {
			continue
		}
		for p := range got {
			if got[p] != want[p] {
				colour := p>>12*c.every<<12 | p&(1<<12-1)
				t.Fatalf("order %v: colour %#06x of cell %d gives %d, want %d", image.Order, colour, c.cells[p], got[p], want[p])
			}
		}
	}
}

func TestErrorsOfInvalidLayoutsNameTheField(t *testing.T) {
	nan := float32(math.NaN())
	for _, test := range []struct {
		layout Layout
		want   string
	}{
		{Layout{Channels: 99}, "field Channels: 99"},
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
