package backproj

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// plainDiscSum is the definition.
func plainDiscSum(prob []uint8, width, height int, disc Plane) []uint8 {
	sums := make([]uint8, width*height)
	for i := range sums {
		sum := 0
		for j, in := range disc.Pix[:disc.Width*disc.Height] {
			if in != 0 {
				x := reflected(i%width+j%disc.Width-disc.Width/2, width)
				y := reflected(i/width+j/disc.Width-disc.Height/2, height)
				sum += int(prob[y*width+x])
			}
		}
		sums[i] = uint8(min(sum, 255))
	}
	return sums
}

// discs are ellipses, rectangles, crosses, and random pixels.
func discs(random *rand.Rand) (discs []Plane) {
	for range 60 {
		width, height := 1+random.IntN(24), 1+random.IntN(24)
		discs = append(discs, Ellipse(width, height))
		for kind := range 3 {
			p := Plane{Pix: make([]uint8, width*height), Width: width, Height: height}
			for i := range p.Pix {
				switch {
				case kind == 0, kind == 1 && (i%width == width/2 || i/width == height/2), kind == 2 && random.IntN(3) == 0:
					p.Pix[i] = 1
				}
			}
			p.Pix[random.IntN(len(p.Pix))] = 1
			discs = append(discs, p)
		}
	}
	return discs
}

func TestDiscSumsAreThoseOfTheDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for _, k := range kernels {
		for _, disc := range discs(random) {
			width, height := 1+random.IntN(90), 1+random.IntN(60)
			if random.IntN(8) == 0 {
				width += 1000
			}
			prob := make([]uint8, width*height)
			most := 1 + random.IntN(255)
			for i := range prob {
				prob[i] = uint8(max(0, random.IntN(2*most)-most))
			}
			got := make([]uint8, len(prob))
			plane := Plane{Pix: prob, Width: width, Height: height}
			if err := DiscSum(Plane{Pix: got, Width: width, Height: height}, plane, &RegionOptions{Disc: disc, Run: Run{Kernel: k.name, Threads: 1 + random.IntN(3)}}); err != nil {
				t.Fatal(err)
			}
			if want := plainDiscSum(prob, width, height, disc); !bytes.Equal(got, want) {
				i := 0
				for got[i] == want[i] {
					i++
				}
				t.Fatalf("%s: %d×%d, disc %d×%d %v: (%d, %d) is %d, want %d", k.name, width, height, disc.Width, disc.Height, disc.Pix, i%width, i/width, got[i], want[i])
			}
		}
	}
}

func BenchmarkDiscSum(b *testing.B) {
	const width, height = 1920, 1080
	random := rand.New(rand.NewPCG(1, 0))
	prob, dst := Plane{Pix: make([]uint8, width*height), Width: width, Height: height}, Plane{Pix: make([]uint8, width*height), Width: width, Height: height}
	for i := range prob.Pix {
		prob.Pix[i] = uint8(random.IntN(4))
	}
	for _, k := range kernels {
		for _, size := range []int{5, 11, 31} {
			b.Run(fmt.Sprint(k.name, "/", size), func(b *testing.B) {
				disc := Ellipse(size, size)
				for b.Loop() {
					if err := DiscSum(dst, prob, &RegionOptions{Disc: disc, Run: Run{Kernel: k.name, Threads: 1}}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
