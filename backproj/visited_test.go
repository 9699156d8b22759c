package backproj

import (
	"image"
	"math/rand/v2"
	"testing"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// A recorded is a source of pixels that counts how often it wrote each.
type recorded struct {
	width int
	times []uint8
}

func pixelAt(x, y int) uint8 { return uint8(x*7 ^ y*13) }

func (s *recorded) write(dst raster.Raster, x, y int) {
	for j := range dst.Height {
		row := dst.Place(0, j, dst.Width, nil)
		for i := range row {
			s.times[(y+j)*s.width+x+i]++
			row[i] = pixelAt(x+i, y+j)
		}
	}
}

// wander calls f with windows of a size that move across the frame by random steps.
func wander(random *rand.Rand, frame image.Rectangle, size image.Point, most int, f func(window image.Rectangle)) {
	at := image.Pt(random.IntN(frame.Max.X-size.X+1), random.IntN(frame.Max.Y-size.Y+1))
	for range 30 {
		f(image.Rectangle{at, at.Add(size)})
		at.X = min(max(at.X+random.IntN(2*most+1)-most, 0), frame.Max.X-size.X)
		at.Y = min(max(at.Y+random.IntN(2*most+1)-most, 0), frame.Max.Y-size.Y)
	}
}

func checkPatch(t *testing.T, p patch, window image.Rectangle) {
	t.Helper()
	for y := range p.height {
		for x := range p.width {
			if got, want := p.pix[p.offset+y*p.stride+x], pixelAt(window.Min.X+x, window.Min.Y+y); got != want {
				t.Fatalf("window %v: pixel (%d, %d) is %d, want %d", window, x, y, got, want)
			}
		}
	}
}

func TestEachPixelThatWindowsVisitIsComputedOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for range 200 {
		frame := image.Rect(0, 0, 40+random.IntN(300), 40+random.IntN(200))
		source := &recorded{frame.Dx(), make([]uint8, frame.Dx()*frame.Dy())}
		size := image.Pt(1+random.IntN(40), 1+random.IntN(40))
		v := &visited{source: source, frame: frame}
		rows := make([]bool, frame.Dy())
		// A window that moves by less than its size touches the one before.
		wander(random, frame, size, max(1, min(size.X, size.Y)/2), func(window image.Rectangle) {
			checkPatch(t, v.patch(window), window)
			for y := window.Min.Y; y < window.Max.Y; y++ {
				rows[y] = true
			}
		})
		for i, n := range source.times {
			if y := i / frame.Dx(); n > 1 || n > 0 && !rows[y] {
				t.Fatalf("%v, windows of %v: pixel (%d, %d) was computed %d times, its row visited: %t", frame, size, i%frame.Dx(), y, n, rows[y])
			}
		}
	}
}

func TestWindowsMayWanderFartherThanMemoryIsKept(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	frame := image.Rect(0, 0, 4000, 3000)
	v := &visited{source: &recorded{frame.Dx(), make([]uint8, frame.Dx()*frame.Dy())}, frame: frame}
	wander(random, frame, image.Pt(350, 280), 900, func(window image.Rectangle) {
		checkPatch(t, v.patch(window), window)
		if len(v.pix) > maxVisited {
			t.Fatalf("window %v: %d bytes are kept, more than %d", window, len(v.pix), maxVisited)
		}
	})
	// A window that needs more gets it.
	window := image.Rect(100, 100, 3000, 2500)
	checkPatch(t, v.patch(window), window)
}

func TestAPlaneWhosePixelsAdjoinIsNotCopied(t *testing.T) {
	prob := Plane{Pix: make([]byte, 200*100), Width: 200, Height: 100}
	prob.Pix[50*200+80] = 255
	window := image.Rect(50, 30, 110, 80)
	v, err := prob.visit(window, Run{})
	if err != nil {
		t.Fatal(err)
	}
	defer v.release()
	v.camShift(window, Criteria{})
	if len(v.pix) > 0 {
		t.Errorf("%d bytes were copied", len(v.pix))
	}
}
