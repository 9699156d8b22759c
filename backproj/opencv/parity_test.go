//go:build opencv

package opencv

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/backproj/backproj/backproj"
)

// newHistogram returns a histogram with room for counts and values only.
func newHistogram() *backproj.Histogram {
	return &backproj.Histogram{Counts: make([]int64, Cells), Values: make([]float32, Cells)}
}

// compare fails unless OpenCV and the library, with each of its kernels, agree
// bit for bit on the model's counts and values and on the back projection,
// which goes to a plane like dst.
func compare(t *testing.T, model backproj.Image, mask backproj.Plane, frame backproj.Image, dst backproj.Plane) {
	t.Helper()
	want := newHistogram()
	if err := Fit(want, model, mask); err != nil {
		t.Fatal(err)
	}
	before := bytes.Clone(dst.Pix)
	if err := BackProject(dst, frame, want.Values); err != nil {
		t.Fatal(err)
	}
	for _, kernel := range backproj.Kernels() {
		h, err := backproj.NewHistogram(model, &backproj.Options{Mask: mask, Run: backproj.Run{Kernel: kernel}})
		if err != nil {
			t.Fatal(err)
		}
		if i := differ(h.Counts, want.Counts); i >= 0 {
			t.Fatalf("%s: count of bin %d is %d, OpenCV's %d", kernel, i, h.Counts[i], want.Counts[i])
		}
		for i, v := range h.Values {
			if math.Float32bits(v) != math.Float32bits(want.Values[i]) {
				t.Fatalf("%s: value of bin %d is %v, OpenCV's %v", kernel, i, v, want.Values[i])
			}
		}
		got := dst
		got.Pix = bytes.Clone(before)
		if err := h.BackProject(got, frame); err != nil {
			t.Fatal(err)
		}
		// All of Pix is compared: gaps must stay as they were.
		if i := differ(got.Pix, dst.Pix); i >= 0 {
			t.Fatalf("%s: byte %d of dst is %d, OpenCV's %d", kernel, i, got.Pix[i], dst.Pix[i])
		}
	}
}

// differ returns where two slices of equal length first differ, or -1.
func differ[T comparable](a, b []T) int {
	if slices.Equal(a, b) {
		return -1
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i
}

// allColours returns an image of all 2^24 colours.
func allColours(order backproj.Order) backproj.Image {
	size := order.Channels()
	pix := make([]byte, size<<24)
	for c := range 1 << 24 {
		p := pix[c*size:][:size]
		p[0], p[1], p[2] = byte(c), byte(c>>8), byte(c>>16)
		if size == 4 {
			p[3] = byte(c * 7) // must not matter
		}
	}
	return backproj.Image{Pix: pix, Width: 1 << 12, Height: 1 << 12, Order: order}
}

func TestAllColoursAsOpenCV(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 3*300*300)
	skin := make([]byte, 3*100*100)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	for i := range skin {
		skin[i] = byte([]float64{120, 150, 210}[i%3] + 20*random.NormFloat64())
	}
	dst := backproj.Plane{Pix: make([]byte, 1<<24), Width: 1 << 12, Height: 1 << 12}
	for _, order := range []backproj.Order{backproj.BGR, backproj.RGB, backproj.BGRA, backproj.RGBA} {
		colours := allColours(order)
		for _, model := range []struct {
			name  string
			image backproj.Image
		}{
			{"one colour", backproj.Image{Pix: []byte{200, 60, 30}, Width: 1, Height: 1}},
			{"skin", backproj.Image{Pix: skin, Width: 100, Height: 100}},
			{"noise", backproj.Image{Pix: noise, Width: 300, Height: 300}},
			{"grey", backproj.Image{Pix: bytes.Repeat([]byte{128}, 3*64), Width: 8, Height: 8}},
			{"all colours", colours}, // no bin is empty: the shift is not 0
		} {
			t.Run(fmt.Sprintf("%d/%s", order, model.name), func(t *testing.T) {
				compare(t, model.image, backproj.Plane{}, colours, dst)
			})
		}
	}
}

// randomImage returns an image of random layout, order and pixels, and the
// smallest Pix that holds it, or somewhat more.
func randomImage(random *rand.Rand, width, height int) backproj.Image {
	order := backproj.Order(random.IntN(4))
	channel := []int{1, 1, -1, 2, width * height, -width * height}[random.IntN(6)]
	pixel := []int{order.Channels(), order.Channels(), 3, 4, 5, 8}[random.IntN(6)]
	if channel > 2 || channel < -2 {
		pixel = 1
	}
	m := backproj.Image{Width: width, Height: height, Order: order, ChannelStride: channel}
	m.PixelStride, m.Stride = randomStrides(random, width, pixel)
	m.Pix, m.Offset = memory(random, [][2]int{{height, m.Stride}, {width, m.PixelStride}, {3, channel}})
	return m
}

// randomPlane does as randomImage for a plane whose pixels are apart.
func randomPlane(random *rand.Rand, width, height int) backproj.Plane {
	p := backproj.Plane{Width: width, Height: height}
	p.PixelStride, p.Stride = randomStrides(random, width, []int{1, 1, 2, 3}[random.IntN(4)])
	p.Pix, p.Offset = memory(random, [][2]int{{height, p.Stride}, {width, p.PixelStride}})
	return p
}

// randomStrides returns strides that keep pixels apart that lie at least pixel
// apart.
func randomStrides(random *rand.Rand, width, pixel int) (pixels, rows int) {
	rows = width*pixel + []int{0, 0, 1, 3, 4, 64}[random.IntN(6)]
	if random.IntN(4) == 0 {
		rows = -rows
	}
	if random.IntN(4) == 0 {
		pixel = -pixel
	}
	return pixel, rows
}

// memory returns random bytes for an array of these lengths and strides, and
// where in them its element 0 is.
func memory(random *rand.Rand, axes [][2]int) (pix []byte, offset int) {
	last := 0
	for _, axis := range axes {
		reach := (axis[0] - 1) * axis[1]
		offset += max(0, -reach)
		last += max(0, reach)
	}
	offset += []int{0, 1, 7}[random.IntN(3)]
	pix = make([]byte, offset+last+1+[]int{0, 1, 100}[random.IntN(3)])
	for i := range pix {
		pix[i] = byte(random.Uint32())
	}
	return pix, offset
}

func TestRandomLayoutsAsOpenCV(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 2000 {
		width, height := 1+random.IntN(70), 1+random.IntN(20)
		model := randomImage(random, 1+random.IntN(40), 1+random.IntN(40))
		var mask backproj.Plane
		if random.IntN(2) == 0 {
			mask = randomPlane(random, model.Width, model.Height)
			for i := range mask.Pix {
				mask.Pix[i] *= byte(random.IntN(2))
			}
		}
		frame := randomImage(random, width, height)
		dst := randomPlane(random, width, height)
		compare(t, model, mask, frame, dst)
		if t.Failed() {
			t.Fatalf("round %d", i)
		}
	}
}

func TestRepeatedRowsAndPixelsAsOpenCV(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	pix, _ := memory(random, [][2]int{{300, 1}})
	for _, strides := range [][3]int{
		{backproj.Repeat, 3, 1}, {30, backproj.Repeat, 1}, {30, 3, backproj.Repeat},
		{backproj.Repeat, backproj.Repeat, backproj.Repeat}, {1, 1, 1}, {3, 1, 1},
	} {
		image := backproj.Image{Pix: pix, Width: 10, Height: 9,
			Stride: strides[0], PixelStride: strides[1], ChannelStride: strides[2]}
		mask := backproj.Plane{Pix: pix, Width: 10, Height: 9, Stride: strides[0], PixelStride: strides[1]}
		dst := backproj.Plane{Pix: make([]byte, 90), Width: 10, Height: 9}
		compare(t, image, mask, image, dst)
	}
}

// An image of more pixels than OpenCV gets at a time is cut into parts, in
// rows and, if need be, within them.
func TestPartsTogetherAreTheImage(t *testing.T) {
	defer func(n int) { partPixels = n }(partPixels)
	random := rand.New(rand.NewPCG(7, 8))
	for _, partPixels = range []int{1, 7, 64, 100} {
		for range 50 {
			model := randomImage(random, 1+random.IntN(20), 1+random.IntN(20))
			mask := randomPlane(random, model.Width, model.Height)
			frame := randomImage(random, 1+random.IntN(20), 1+random.IntN(20))
			compare(t, model, mask, frame, randomPlane(random, frame.Width, frame.Height))
		}
	}
}
