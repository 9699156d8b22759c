package backproj

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// plainMoments are the definition.
func plainMoments(p patch) (m moments) {
	for y := range p.height {
		for x := range p.width {
			v, x, y := float64(p.pix[p.offset+y*p.stride+x]), float64(x), float64(y)
			m.m00 += v
			m.m10 += v * x
			m.m01 += v * y
			m.m20 += v * x * x
			m.m11 += v * x * y
			m.m02 += v * y * y
		}
	}
	return m
}

// checkMoments compares what each kernel makes of the patch with the definition.
func checkMoments(t *testing.T, p patch) {
	t.Helper()
	want := plainMoments(p)
	for _, p.kernel = range kernels {
		if got := p.moments(); got != want {
			t.Errorf("%s, %d×%d: %v, want %v", p.kernel.name, p.width, p.height, got, want)
		}
		got := p.centroid()
		if got.m00 != want.m00 || got.m10 != want.m10 || got.m01 != want.m01 {
			t.Errorf("%s, %d×%d: centroid %v, want %v", p.kernel.name, p.width, p.height, got, want)
		}
		if got := p.sum(); got != int64(want.m00) {
			t.Errorf("%s, %d×%d: sum %d, want %v", p.kernel.name, p.width, p.height, got, want.m00)
		}
	}
}

func TestMomentsAreThoseOfTheDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	sizes := [][2]int{
		{1, 1}, {7, 1}, {8, 1}, {1, 22}, {9, 23}, {16, 44}, {31, 45}, {65, 257}, {66, 258}, {5, 515}, {1023, 3}, {1025, 24}, {2060, 2},
		{97, 3*stripRows + 1},
	}
	for width := 1; width <= 200; width++ {
		sizes = append(sizes, [2]int{width, stripRows - 1 + width%3})
	}
	for _, size := range sizes {
		width, height := size[0], size[1]
		stride := width + random.IntN(10)
		p := patch{pix: make([]uint8, (height-1)*stride+width), stride: stride, width: width, height: height}
		for i := range p.pix {
			p.pix[i] = uint8(random.Uint32())
		}
		upsideDown := p
		upsideDown.offset, upsideDown.stride = (height-1)*stride, -stride
		t.Run(fmt.Sprint(width, "×", height), func(t *testing.T) {
			checkMoments(t, p)
			checkMoments(t, upsideDown)
		})
	}
}

func TestMomentsOfTheBrightestPixelsDoNotOverflow(t *testing.T) {
	for _, size := range [][2]int{
		{8, columnRows}, {8, mixedRows}, {8 * rowWords, 2}, {stripColumns, stripRows}, {2*stripColumns - 1, 2 * stripRows}, {2060, 1030},
	} {
		width, height := size[0], size[1]
		pix := bytes.Repeat([]byte{255}, width*height)
		checkMoments(t, patch{pix: pix, stride: width, width: width, height: height})
	}
}

// A row that is always the same, as in a Plane whose stride is Repeat, has distance 0
// from the next.
func TestMomentsOfOneRowRepeated(t *testing.T) {
	pix := []byte("the pixels of a row that is longer than a strip")
	checkMoments(t, patch{pix: pix, width: len(pix), height: stripRows + 10})
}

func BenchmarkMoments(b *testing.B) {
	p := patch{pix: make([]uint8, 192*140), stride: 192, width: 140, height: 140}
	for i := range p.pix {
		p.pix[i] = uint8(i * i)
	}
	for _, p.kernel = range kernels {
		b.Run(p.kernel.name+"/centroid", func(b *testing.B) {
			for b.Loop() {
				p.centroid()
			}
		})
		b.Run(p.kernel.name+"/all", func(b *testing.B) {
			for b.Loop() {
				p.moments()
			}
		})
		b.Run(p.kernel.name+"/sum", func(b *testing.B) {
			for b.Loop() {
				p.sum()
			}
		})
	}
}
