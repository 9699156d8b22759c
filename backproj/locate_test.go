package backproj

import (
	"math"
	"math/rand/v2"
	"testing"
)

// expectFirst fails unless Locate finds the window of that size that trying
// all in turn finds, in random numbers of which many are the same.
func expectFirst(t *testing.T, random *rand.Rand, w, h, width, height int) {
	t.Helper()
	prob := Plane{Pix: make([]byte, 2*w*h+5), Width: w, Height: h, Offset: 3, PixelStride: 2}
	for i := range prob.Pix {
		prob.Pix[i] = byte(random.IntN(3))
	}
	bestX, bestY, best := 0, 0, int64(-1)
	for y := range h - height + 1 {
		for x := range w - width + 1 {
			var sum int64
			for dy := range height {
				for dx := range width {
					sum += int64(prob.Pix[3+2*((y+dy)*w+x+dx)])
				}
			}
			if sum > best {
				bestX, bestY, best = x, y, sum
			}
		}
	}
	for _, threads := range []int{1, 2, 3, 7} {
		x, y, sum, err := Locate(prob, width, height, Run{Threads: threads})
		if err != nil || x != bestX || y != bestY || sum != best {
			t.Fatalf("%d×%d in %d×%d, %d threads: (%d, %d) %d, %v, want (%d, %d) %d",
				width, height, w, h, threads, x, y, sum, err, bestX, bestY, best)
		}
	}
}

func TestLocateFindsTheFirstOfTheGreatestSums(t *testing.T) {
	random := rand.New(rand.NewPCG(12, 0))
	for range 300 {
		w, h := 1+random.IntN(12), 1+random.IntN(12)
		expectFirst(t, random, w, h, 1+random.IntN(w), 1+random.IntN(h))
	}
}

func TestLocateFindsTheFirstWithManyThreads(t *testing.T) {
	random := rand.New(rand.NewPCG(12, 2))
	for range 3 {
		expectFirst(t, random, 900, 1200, 1+random.IntN(3), 1+random.IntN(3))
	}
	// All windows are alike, in every band: the first is the first of all.
	flat := Plane{Pix: make([]byte, 2000*1000), Width: 2000, Height: 1000}
	if x, y, sum, err := Locate(flat, 7, 5, Run{Threads: 4}); x != 0 || y != 0 || sum != 0 || err != nil {
		t.Errorf("(%d, %d) %d, %v", x, y, sum, err)
	}
}

func TestLocateFindsTheFirstInLongRows(t *testing.T) {
	random := rand.New(rand.NewPCG(12, 1))
	expectFirst(t, random, longRow+9, 3, 3, 2)
	expectFirst(t, random, longRow+9, 3, longRow, 1)
}

func TestLocateRefusesPlanesThatNoMemoryHolds(t *testing.T) {
	pixel := Plane{Pix: make([]byte, 1), Width: math.MaxInt, Height: 1<<24 + 1, Stride: Repeat, PixelStride: Repeat}
	if _, _, _, err := Locate(pixel, 1, 1, Run{}); err == nil {
		t.Error("no error")
	}
}

func TestLocateRefusesWindowsThatDoNotFit(t *testing.T) {
	prob := Plane{Pix: make([]byte, 20), Width: 5, Height: 4}
	for _, size := range [][2]int{{0, 1}, {1, 0}, {6, 1}, {1, 5}, {-1, 1}} {
		if _, _, _, err := Locate(prob, size[0], size[1], Run{}); err == nil {
			t.Errorf("%v: no error", size)
		}
	}
	if _, _, _, err := Locate(Plane{Width: 5, Height: 4}, 1, 1, Run{}); err == nil {
		t.Error("a plane without Pix: no error")
	}
}
