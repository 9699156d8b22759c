package raster

import (
	"bytes"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestStridesStandForDistances(t *testing.T) {
	for _, distance := range []int{0, 1, -1, 3, math.MaxInt, math.MinInt + 1} {
		if got := Distance(Stride(distance), 7); got != distance {
			t.Errorf("distance %d: its stride %d stands for %d", distance, Stride(distance), got)
		}
	}
	if got := Distance(0, 7); got != 7 {
		t.Errorf("stride 0 stands for %d, want the default of 7", got)
	}
}

// plane returns a raster of one component whose bytes begin at 0.
func plane(width, height, pixel, row int) Raster {
	first, last := 0, 0
	for _, reach := range []int{(width - 1) * pixel, (height - 1) * row} {
		first, last = first+min(0, reach), last+max(0, reach)
	}
	return Raster{
		Pix: make([]byte, last-first+1), Offset: -first, Width: width, Height: height,
		Pixel: pixel, Row: row, Components: 1,
	}
}

func TestPixelsOverlapIfTwoOfThemAreOneByte(t *testing.T) {
	for width := 1; width < 6; width++ {
		for height := 1; height < 6; height++ {
			for pixel := -7; pixel <= 7; pixel++ {
				for row := -13; row <= 13; row++ {
					r := plane(width, height, pixel, row)
					if err := r.Check(); err != nil {
						t.Fatal(err)
					}
					seen, want := make(map[int]bool), false
					for y := range height {
						for x := range width {
							at := r.Offset + y*row + x*pixel
							want = want || seen[at]
							seen[at] = true
						}
					}
					if got := r.Overlaps(); got != want {
						t.Fatalf("%d×%d pixels %d apart in rows %d apart: overlap %t, want %t", width, height, pixel, row, got, want)
					}
				}
			}
		}
	}
	for _, empty := range []Raster{{Width: 5}, {Height: 5}} {
		if empty.Overlaps() {
			t.Errorf("%d×%d: overlaps", empty.Width, empty.Height)
		}
	}
}

func TestCheckFindsWhatIsNotWithinPix(t *testing.T) {
	for _, test := range []struct {
		name   string
		raster Raster
		want   string
	}{
		{"within", plane(4, 3, 2, 9), ""},
		{"one byte less", func() Raster { r := plane(4, 3, 2, 9); r.Pix = r.Pix[1:]; return r }(), "field Pix: 24 bytes"},
		{"one byte lower", func() Raster { r := plane(4, 3, 2, -9); r.Offset--; return r }(), "takes bytes -1 to 23"},
		{"no pixels", Raster{Width: 4}, ""},
		{"a negative width", Raster{Width: -4, Height: 3}, "field Width"},
		{"a negative height", Raster{Width: 4, Height: -3}, "field Height"},
		{"a row beyond all memory", Raster{Width: 1, Height: 3, Row: math.MaxInt, Components: 1}, "beyond all memory"},
	} {
		err := test.raster.Check()
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

// images are of the same 5×4 pixels of 3 bytes in several arrangements.
func images() (packed []byte, rasters []Raster) {
	const w, h = 5, 4
	random := rand.New(rand.NewPCG(1, 0))
	packed = make([]byte, 3*w*h)
	for i := range packed {
		packed[i] = byte(random.Uint32())
	}
	for _, r := range []Raster{
		{Row: 3 * w, Pixel: 3, Component: 1},
		{Row: 4*w + 3, Pixel: 4, Component: 1},
		{Row: -3 * w, Pixel: 3, Component: 1},
		{Row: 3 * w, Pixel: -3, Component: -1},
		{Row: 3 * w, Pixel: 3, Component: -1},
		{Row: w, Pixel: 1, Component: w * h},
		{Row: 3, Pixel: 3 * h, Component: 1},
		{Row: 7 * w, Pixel: 7, Component: 2},
	} {
		for _, r.RedFirst = range []bool{false, true} {
			first, last := 0, 0
			for _, reach := range []int{(w - 1) * r.Pixel, (h - 1) * r.Row, 2 * r.Component} {
				first, last = first+min(0, reach), last+max(0, reach)
			}
			r.Pix, r.Offset = make([]byte, last-first+1), -first
			r.Width, r.Height, r.Components = w, h, 3
			for i, b := range packed {
				c := i % 3
				if r.RedFirst {
					c = 2 - c
				}
				r.Pix[r.Offset+i/3/w*r.Row+i/3%w*r.Pixel+c*r.Component] = b
			}
			rasters = append(rasters, r)
		}
	}
	return packed, rasters
}

func TestReadersReadThePixelsOfAnyArrangement(t *testing.T) {
	packed, rasters := images()
	for _, r := range rasters {
		for n := 1; n <= r.Width; n++ {
			reader := NewReader(r, n)
			for y := range r.Height {
				for x := range r.Width - n + 1 {
					run := reader.Run(x, y, n)
					for i := range n {
						p := bytes.Clone(run[i*reader.Format.Size:][:3])
						if reader.Format.RedFirst {
							p[0], p[2] = p[2], p[0]
						}
						if want := packed[3*(y*r.Width+x+i):][:3]; !bytes.Equal(p, want) {
							t.Fatalf("%+v: pixel (%d, %d) is %v, want %v", r, x+i, y, p, want)
						}
					}
				}
			}
		}
		if got, err := r.AppendBGR([]byte{1}); err != nil || !bytes.Equal(got[1:], packed) {
			t.Errorf("%+v: appends %v, %v", r, got, err)
		}
	}
}

func TestAPartHasThePixelsOfItsRectangle(t *testing.T) {
	packed, rasters := images()
	want := append(bytes.Clone(packed[3*(1*5+2):][:6]), packed[3*(2*5+2):][:6]...)
	for _, r := range rasters {
		if got, err := r.Crop(2, 1, 2, 2).AppendBGR(nil); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%+v: crop is %v, %v, want %v", r, got, err, want)
		}
		if got, err := r.Rows(1, 3).Crop(2, 0, 2, 2).AppendBGR(nil); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%+v: rows are %v, %v, want %v", r, got, err, want)
		}
	}
}

func TestBytesArriveAtThePixelsOfAPlane(t *testing.T) {
	const w, h = 5, 4
	for _, strides := range [][2]int{{1, w}, {1, 9}, {1, -w}, {2, 2 * w}, {-1, w}, {h, 1}, {-3, -20}} {
		r := plane(w, h, strides[0], strides[1])
		var want []byte
		scratch := make([]byte, w)
		for y := range h {
			bytes := r.Place(1, y, w-1, scratch)
			for i := range bytes {
				bytes[i] = byte(10*y + i)
			}
			if !r.Adjoins() {
				r.Scatter(1, y, bytes)
			}
			want = append(append(want, 0), byte(10*y), byte(10*y+1), byte(10*y+2), byte(10*y+3))
		}
		if got := r.AppendBytes(nil); !bytes.Equal(got, want) {
			t.Errorf("pixels %d and rows %d apart: %v, want %v", strides[0], strides[1], got, want)
		}
		if r.Packed(1) != (strides == [2]int{1, w}) {
			t.Errorf("pixels %d and rows %d apart: packed %t", strides[0], strides[1], r.Packed(1))
		}
	}
}
