package backproj

import (
	"bytes"
	"testing"
)

// FuzzChannels counts and projects an image by a layout of any channels, by each kernel.
func FuzzChannels(f *testing.F) {
	pix := make([]byte, 3*97)
	for i := range pix {
		pix[i] = byte(i * i * 7)
	}
	for channels := range channelSets {
		f.Add(pix, uint8(97), uint8(channels), uint8(channels), uint8(31), uint8(7), uint8(0), []byte{})
		f.Add(pix, uint8(40), uint8(channels+1), uint8(channels), uint8(255), uint8(3), uint8(8), []byte{160, 20, 30, 20, 200, 250})
		f.Add(pix, uint8(5), uint8(channels+2), uint8(channels), uint8(15), uint8(255), uint8(1), []byte{0, 133, 77, 255, 173, 127})
	}
	f.Fuzz(func(t *testing.T, pix []byte, width, order, channels, first, second, third uint8, bounds []byte) {
		l := Layout{
			Channels: Channels(int(channels) % len(channelSets)),
			Bins:     [3]int{int(first) + 1, int(second) + 1, int(third)%16 + 1},
		}
		if len(bounds) >= 6 {
			l.InRange = &Bounds{[3]uint8(bounds[:3]), [3]uint8(bounds[3:])}
		}
		o := Order(order % 5)
		if o == Mono && l.Channels != Gray {
			o = BGR
		}
		image := imageOf(pix, int(width), o)
		if _, err := l.Cells(); err != nil || image.Width == 0 || image.Height == 0 {
			return
		}
		cells := make([]int32, image.Width*image.Height)
		offsets, model := offsetsFormula(l), channelFormulas[l.Channels].model
		for i := range cells {
			b, g, r := colourOf(image, i)
			c := modelFormula(model, b, g, r)
			cells[i] = max(-1, offsets[0][c[0]]+offsets[1][c[1]]+offsets[2][c[2]])
		}
		for _, name := range Kernels() {
			expectCells(t, name, l, image, cells)
		}
	})
}

// colourOf returns blue, green and red of a pixel of a packed image.
func colourOf(m Image, i int) (b, g, r int) {
	p := m.Pix[i*m.Order.Channels():]
	switch m.Order {
	case Mono:
		return int(p[0]), int(p[0]), int(p[0])
	case RGB, RGBA:
		return int(p[2]), int(p[1]), int(p[0])
	}
	return int(p[0]), int(p[1]), int(p[2])
}

// expectCells fails unless a kernel counts the pixels of an image in these cells, and
// projects them to what these have. -1 is no cell.
func expectCells(t *testing.T, kernel string, l Layout, image Image, cells []int32) {
	t.Helper()
	h, err := NewHistogram(image, &Options{Layout: l, Peak: Raw, Run: Run{Kernel: kernel}})
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range cells {
		if cell >= 0 {
			h.Counts[cell]--
		}
	}
	for cell, n := range h.Counts {
		if n != 0 {
			t.Fatalf("%s, %+v: %d pixels too many in cell %d", kernel, l, n, cell)
		}
	}
	for cell := range h.Values {
		h.Values[cell] = float32(cell%255 + 1)
	}
	want := make([]byte, len(cells))
	for i, cell := range cells {
		if cell >= 0 {
			want[i] = byte(cell%255 + 1)
		}
	}
	for _, h.Table = range [][]uint8{nil, h.Table} {
		if h.Table != nil {
			if err := h.Tabulate(1); err != nil {
				t.Fatal(err)
			}
		}
		got := make([]byte, len(cells))
		if err := h.BackProject(Plane{Pix: got, Width: image.Width, Height: image.Height}, image); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("%s, %+v, table %t: projected to %v, want %v", kernel, l, h.Table != nil, got, want)
		}
	}
}
