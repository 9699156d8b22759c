package backproj

import (
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

func TestMomentsAreThoseOfTheDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for _, size := range [][2]int{
		{1, 1}, {7, 1}, {8, 1}, {1, 22}, {9, 23}, {16, 44}, {31, 45}, {65, 257}, {66, 258}, {5, 515}, {1023, 3}, {1025, 24}, {2060, 2},
	} {
		for _, least := range []int{0, 255} {
			width, height := size[0], size[1]
			stride := width + random.IntN(10)
			p := patch{pix: make([]uint8, (height-1)*stride+width), stride: stride, width: width, height: height}
			for i := range p.pix {
				p.pix[i] = uint8(least + random.IntN(256-least))
			}
			if least == 0 { // the last row first
				p.offset, p.stride = (height-1)*stride, -stride
			}
			t.Run(fmt.Sprint(width, "×", height, " of ", least, " and more"), func(t *testing.T) {
				want := plainMoments(p)
				if got := p.moments(); got != want {
					t.Errorf("%v, want %v", got, want)
				}
				want.m20, want.m11, want.m02 = 0, 0, 0
				if got := p.centroid(); got != want {
					t.Errorf("centroid: %v, want %v", got, want)
				}
				if got := p.sum(); got != int64(want.m00) {
					t.Errorf("sum %d, want %v", got, want.m00)
				}
			})
		}
	}
}

func BenchmarkMoments(b *testing.B) {
	p := patch{pix: make([]uint8, 192*140), stride: 192, width: 140, height: 140}
	for i := range p.pix {
		p.pix[i] = uint8(i * i)
	}
	b.Run("centroid", func(b *testing.B) {
		for b.Loop() {
			p.centroid()
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			p.moments()
		}
	})
	b.Run("sum", func(b *testing.B) {
		for b.Loop() {
			p.sum()
		}
	})
}
