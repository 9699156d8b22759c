package backproj

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"testing"
)

// plainDiscSum is the definition.
func plainDiscSum(prob []uint8, width, height int, disc Plane) []uint8 {
	sums := make([]uint8, 0, width*height)
	var columns, rows []int // of the disc's pixels, from the pixel itself
	for j, in := range disc.Pix[:disc.Width*disc.Height] {
		if in != 0 {
			columns, rows = append(columns, j%disc.Width-disc.Width/2), append(rows, j/disc.Width-disc.Height/2)
		}
	}
	for y := range height {
		for x := range width {
			sum := 0
			for i, column := range columns {
				sum += int(prob[mirrored(y+rows[i], height)*width+mirrored(x+column, width)])
			}
			sums = append(sums, uint8(min(sum, 255)))
		}
	}
	return sums
}

// mirrored returns the index from 0 up to n that stands for any other: they go up from
// 0 to n-1 and down again, and so on in both directions.
func mirrored(i, n int) int {
	if i >= 0 && i < n || n == 1 {
		return min(max(i, 0), n-1)
	}
	period := 2 * (n - 1)
	i = (i%period + period) % period
	return min(i, period-i)
}

// discs are ellipses, rectangles, crosses, and random pixels.
func discs(random *rand.Rand) (discs []Plane) {
	for range 60 {
		width, height := 1+random.IntN(24), 1+random.IntN(24)
		discs = append(discs, Ellipse(width, height), rectangle(width, height), cross(width, height), scattered(random, width, height))
	}
	return discs
}

func rectangle(width, height int) Plane {
	return Plane{Pix: bytes.Repeat([]uint8{1}, width*height), Width: width, Height: height}
}

func cross(width, height int) Plane {
	p := rectangle(width, height)
	for i := range p.Pix {
		if i%width != width/2 && i/width != height/2 {
			p.Pix[i] = 0
		}
	}
	return p
}

// scattered returns a plane in which some of its pixels are not 0, and some of its rows
// and columns have none.
func scattered(random *rand.Rand, width, height int) Plane {
	p := Plane{Pix: make([]uint8, width*height), Width: width, Height: height}
	rows, columns, one := 1+random.IntN(3), 1+random.IntN(2), 1+random.IntN(4)
	skip := func(n, of int) []bool {
		skipped := make([]bool, n)
		for i := 0; i < n; {
			for j, length := 0, 1+random.IntN(1+n/4); j < length && i < n; i, j = i+1, j+1 {
				skipped[i] = random.IntN(of) != 0 || j == 0 && of > 1
			}
		}
		return skipped
	}
	noRow, noColumn := skip(height, rows), skip(width, columns)
	for i := range p.Pix {
		if !noRow[i/width] && !noColumn[i%width] && random.IntN(one) == 0 {
			p.Pix[i] = uint8(1 + random.IntN(255))
		}
	}
	p.Pix[random.IntN(len(p.Pix))] = 1
	return p
}

// expectDiscSum fails unless all kernels add up the disc's pixels as the definition
// says.
func expectDiscSum(t *testing.T, random *rand.Rand, width, height int, disc Plane) {
	t.Helper()
	prob := dim(random, width*height)
	want := plainDiscSum(prob, width, height, disc)
	for _, k := range kernels {
		got := bytes.Repeat([]uint8{0xa5}, len(prob))
		options := &RegionOptions{Disc: disc, Run: Run{Kernel: k.name, Threads: 1 + random.IntN(3)}}
		if err := DiscSum(planeOf(got, width), planeOf(prob, width), options); err != nil {
			t.Fatal(err)
		}
		if i := differs(got, want); i >= 0 {
			t.Fatalf("%s: %d×%d, disc %d×%d: (%d, %d) is %d, want %d",
				k.name, width, height, disc.Width, disc.Height, i%width, i/width, got[i], want[i])
		}
	}
}

// planeOf returns the plane of packed rows.
func planeOf(pix []uint8, width int) Plane {
	return Plane{Pix: pix, Width: width, Height: len(pix) / width}
}

// differs returns the index of the first byte that differs, or -1.
func differs(a, b []uint8) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return -1
}

func TestDiscSumsAreThoseOfTheDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for _, disc := range discs(random) {
		width, height := 1+random.IntN(90), 1+random.IntN(60)
		if random.IntN(8) == 0 {
			width += 1000
		}
		expectDiscSum(t, random, width, height, disc)
	}
}

// Planes are often smaller than the disc.
func TestDiscSumsOfEveryEllipseRectangleAndCross(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 0))
	step := 1
	if testing.Short() {
		step = 3
	}
	for width := 1; width <= 41; width += step {
		for height := 1; height <= 41; height += step {
			for _, disc := range []Plane{Ellipse(width, height), rectangle(width, height), cross(width, height)} {
				expectDiscSum(t, random, 1+random.IntN(40), 1+random.IntN(12), disc)
			}
		}
	}
}

func TestDiscSumsOfLargeDiscsWithHoles(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 0))
	count := 40
	if testing.Short() {
		count = 5
	}
	for i := range count {
		width, height := 1+random.IntN(maxFootprint), 1+random.IntN(maxFootprint)
		switch i {
		case 0:
			width, height = maxFootprint, maxFootprint
		case 1:
			width, height = maxFootprint, 1
		case 2:
			width, height = 1, maxFootprint
		}
		expectDiscSum(t, random, 1+random.IntN(400), 1+random.IntN(9), scattered(random, width, height))
		expectDiscSum(t, random, 1+random.IntN(9), 1+random.IntN(40), Ellipse(width, height))
	}
}

// A disc of one pixel moves a plane. It may be far from the middle.
// TestDiscSumsOfBrightPlanes has sums as great as there can be, where numbers that hold
// them would overflow first, and discs around the greatest width of a laneProgram.
func TestDiscSumsOfBrightPlanes(t *testing.T) {
	for _, size := range [][2]int{{255, 1}, {16, 16}, {128, 2}, {128, 5}, {129, 3}, {1, 255}, {60, 30}, {127, 127}} {
		disc := rectangle(size[0], size[1])
		for _, width := range []int{1, 130, 700} {
			const height = 9
			prob := bytes.Repeat([]uint8{255}, width*height)
			// Some pixels are dark, so that some sums are of few bright ones.
			clear(prob[width*4 : width*4+width/2])
			want := plainDiscSum(prob, width, height, disc)
			for _, k := range kernels {
				got := make([]uint8, len(prob))
				if err := DiscSum(planeOf(got, width), planeOf(prob, width), &RegionOptions{Disc: disc, Run: Run{Kernel: k.name}}); err != nil {
					t.Fatal(err)
				}
				if i := differs(got, want); i >= 0 {
					t.Fatalf("%s: width %d, disc %d×%d: (%d, %d) is %d, want %d",
						k.name, width, disc.Width, disc.Height, i%width, i/width, got[i], want[i])
				}
			}
		}
	}
}

func TestDiscsOfOnePixelMoveThePlane(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 0))
	for range 100 {
		disc := Plane{Width: 1 + random.IntN(60), Height: 1 + random.IntN(60)}
		disc.Pix = make([]uint8, disc.Width*disc.Height)
		disc.Pix[random.IntN(len(disc.Pix))] = 1
		expectDiscSum(t, random, 1+random.IntN(300), 1+random.IntN(30), disc)
	}
}

// apart returns a plane with the pixels of a packed one, which may lie apart and in
// reverse order. All bytes between them are the filler.
func apart(random *rand.Rand, packed Plane, filler uint8) Plane {
	p := Plane{Width: packed.Width, Height: packed.Height, PixelStride: 1 + random.IntN(3)}
	p.Stride = p.PixelStride*p.Width + random.IntN(9)
	p.Pix = bytes.Repeat([]uint8{filler}, p.Stride*p.Height)
	if random.IntN(2) == 0 {
		p.Offset, p.PixelStride = p.Offset+(p.Width-1)*p.PixelStride, -p.PixelStride
	}
	if random.IntN(2) == 0 {
		p.Offset, p.Stride = p.Offset+(p.Height-1)*p.Stride, -p.Stride
	}
	p.put(packed.Pix)
	return p
}

// put writes the pixels of a packed plane.
func (p Plane) put(packed []uint8) {
	for i, pixel := range packed {
		p.Pix[p.Offset+i/p.Width*p.Stride+i%p.Width*p.PixelStride] = pixel
	}
}

func TestDiscSumsOfPlanesWithAnyStrides(t *testing.T) {
	const width, height, filler = 150, 20, 0xa5
	random := rand.New(rand.NewPCG(5, 0))
	for i := range 200 {
		disc := scattered(random, 1+random.IntN(9), 1+random.IntN(9))
		prob := planeOf(dim(random, width*height), width)
		dst := apart(random, planeOf(make([]uint8, width*height), width), filler)
		want := dst
		want.Pix = bytes.Clone(dst.Pix)
		want.put(plainDiscSum(prob.Pix, width, height, disc))
		options := &RegionOptions{Disc: apart(random, disc, filler), Run: Run{Kernel: kernels[i%len(kernels)].name}}
		if err := DiscSum(dst, apart(random, prob, filler), options); err != nil {
			t.Fatal(err)
		}
		if i := differs(dst.Pix, want.Pix); i >= 0 {
			dst.Pix = nil
			t.Fatalf("%+v: byte %d differs", dst, i)
		}
	}
}

// Work is split into bands of rows, as many as there are goroutines.
func TestBandsHaveTheRowsOfTheWhole(t *testing.T) {
	const width, height = 90, 70
	random := rand.New(rand.NewPCG(6, 0))
	for range 20 {
		prob := planeOf(dim(random, width*height), width)
		disc := scattered(random, 1+random.IntN(40), 1+random.IntN(40))
		want := plainDiscSum(prob.Pix, width, height, disc)
		f, err := disc.footprint(new(footprintBuffer))
		if err != nil {
			t.Fatal(err)
		}
		pixels, err := prob.raster()
		if err != nil {
			t.Fatal(err)
		}
		for workers := 1; workers <= 64; workers++ {
			got := make([]uint8, width*height)
			to, err := planeOf(got, width).raster()
			if err != nil {
				t.Fatal(err)
			}
			parallel(height, workers, func(y0, y1 int) {
				a := f.program(width).newAdder(kernels[workers%len(kernels)], pixels, nil)
				defer a.release()
				a.band(y0, y1, to, to.Write)
			})
			if i := differs(got, want); i >= 0 {
				t.Fatalf("%d bands, disc %d×%d: (%d, %d) is %d, want %d",
					workers, disc.Width, disc.Height, i%width, i/width, got[i], want[i])
			}
		}
	}
}

func TestDiscSumsDoNotDependOnThreads(t *testing.T) {
	const width, height = 700, 500
	random := rand.New(rand.NewPCG(7, 0))
	prob := planeOf(dim(random, width*height), width)
	disc := Ellipse(9, 9)
	want := plainDiscSum(prob.Pix, width, height, disc)
	for threads := range 9 {
		got := make([]uint8, width*height)
		options := &RegionOptions{Disc: disc, Run: Run{Kernel: "generic", Threads: threads}} // the one that uses most threads
		if err := DiscSum(planeOf(got, width), prob, options); err != nil {
			t.Fatal(err)
		}
		if i := differs(got, want); i >= 0 {
			t.Fatalf("%d threads: (%d, %d) is %d, want %d", threads, i%width, i/width, got[i], want[i])
		}
	}
}

func TestTheRowsOfADiscTakeLittleMemory(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 0))
	for _, disc := range []Plane{
		Ellipse(5, 5), Ellipse(31, 31), Ellipse(63, 63), Ellipse(255, 255), rectangle(255, 255), cross(255, 255),
		scattered(random, 255, 255), {Pix: dim(random, 255*255), Width: 255, Height: 255},
	} {
		f, err := disc.footprint(new(footprintBuffer))
		if err != nil {
			t.Fatal(err)
		}
		for _, width := range []int{1, 64, 1920, 8192, 1 << 20} {
			p := f.program(width)
			var lanes laneMemory
			if p.lanes.sets != nil {
				lanes.reserve(&p.lanes, len(p.rows), p.lanes.columns)
			}
			if n := p.memory() + 8*len(lanes.words); n > 900<<10 {
				t.Errorf("%d columns, disc %d×%d: %d bytes", width, disc.Width, disc.Height, n)
			}
		}
	}
}

// TestEllipsesAreThoseOfOpenCV compares a checksum of ellipses of many sizes with that
// of the elements that OpenCV 4.13, 4.14 and 5.0 return.
func TestEllipsesAreThoseOfOpenCV(t *testing.T) {
	sum := uint32(0)
	add := func(width, height int) { sum = crc32.Update(sum, crc32.IEEETable, Ellipse(width, height).Pix) }
	for n := 1; n <= maxFootprint; n++ {
		add(n, n)
	}
	for width := 1; width <= 64; width++ {
		for height := 1; height <= 64; height++ {
			add(width, height)
		}
	}
	for _, n := range []int{1, 2, 3, 100, 101, 254, 255} {
		for m := 1; m <= maxFootprint; m++ {
			add(n, m)
			add(m, n)
		}
	}
	if want := uint32(0xbddb038c); sum != want {
		t.Errorf("checksum %#x, want %#x", sum, want)
	}
}

func TestEllipsesOfOtherSizesAreEmpty(t *testing.T) {
	for _, size := range [][2]int{{0, 5}, {5, 0}, {-1, 5}, {5, -1}, {256, 5}, {5, 256}} {
		if e := Ellipse(size[0], size[1]); e.Pix != nil || e.Width != 0 || e.Height != 0 {
			t.Errorf("%v: %d×%d", size, e.Width, e.Height)
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
