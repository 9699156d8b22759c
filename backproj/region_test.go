package backproj

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// Each number is compared with each level, in rows of all lengths around batches.
func TestBinarizeAndCutTellGreaterNumbers(t *testing.T) {
	for _, k := range kernels {
		for level := range 256 {
			n := 1 + level%101
			if level%7 == 0 {
				n = 256 + level%33
			}
			numbers, want := make([]uint8, n), make([]uint8, n)
			for i := range numbers {
				numbers[i] = uint8(i*3 + level - n)
				if int(numbers[i]) > level {
					want[i] = 255
				}
			}
			for _, size := range []int{3, 4} {
				src, dst := make([]uint8, size*n), make([]uint8, size*n)
				for i := range src {
					src[i] = uint8(i + 1)
				}
				k.cut(dst, src, numbers, size, uint8(level))
				for i, got := range dst {
					if got != src[i]&want[i/size] {
						t.Fatalf("%s, level %d: byte %d of %d pixels of %d is %d, want %d", k.name, level, i, n, size, got, src[i]&want[i/size])
					}
				}
			}
			if k.binarize(numbers, uint8(level)); !bytes.Equal(numbers, want) {
				t.Fatalf("%s, level %d: %v, want %v", k.name, level, numbers, want)
			}
		}
	}
}

// TestCutTakesRowsOfAnyAlignment has rows of a result begin at each address modulo 64.
func TestCutTakesRowsOfAnyAlignment(t *testing.T) {
	const level, guard = 9, 0xa5
	random := rand.New(rand.NewPCG(9, 0))
	src, numbers, memory := make([]uint8, 4*150), make([]uint8, 150), make([]uint8, 64+4*150+64)
	for i := range src {
		src[i] = uint8(1 + random.IntN(255))
	}
	for _, k := range kernels {
		for at := range 64 {
			for n := 1; n <= 150; n += 1 + n%3 {
				for i := range numbers {
					numbers[i] = uint8(random.IntN(4) * level)
					if at%3 == 0 && i%100 > 30 {
						numbers[i] = level // so that there are long gaps
					}
				}
				for _, size := range []int{3, 4} {
					for i := range memory {
						memory[i] = guard
					}
					k.cut(memory[at:][:size*n], src[:size*n], numbers[:n], size, level)
					for i, got := range memory {
						want := uint8(guard)
						if pixel := i - at; pixel >= 0 && pixel < size*n {
							want = 0
							if numbers[pixel/size] > level {
								want = src[pixel]
							}
						}
						if got != want {
							t.Fatalf("%s: %d pixels of %d bytes at %d: byte %d is %d, want %d", k.name, n, size, at, i-at, got, want)
						}
					}
				}
			}
		}
	}
}

// A region is what the definition says of a back projection and its sums.
func TestRegionsAreThoseOfTheDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 0))
	for i, disc := range append([]Plane{{}}, discs(random)...) {
		h, packed, prob, _, err := randomShift(random)
		if err != nil {
			t.Fatal(err)
		}
		width, height := packed.Width, packed.Height
		frame, channels := packed, 3
		switch i % 4 {
		case 1: // four channels
			channels = 4
			frame = Image{Pix: make([]byte, 4*width*height), Width: width, Height: height, Order: BGRA}
		case 2: // upside down, and red first
			frame = Image{Pix: make([]byte, 3*width*height), Width: width, Height: height, Order: RGB, Offset: 3 * width * (height - 1), Stride: -3 * width}
		case 3: // planar
			frame = Image{Pix: make([]byte, 3*width*height), Width: width, Height: height, PixelStride: 1, Stride: width, ChannelStride: width * height}
		}
		from, err := frame.channels()
		if err != nil {
			t.Fatal(err)
		}
		for y := range height {
			for x := range width {
				p := packed.Pix[3*(y*width+x):][:3]
				at := from.Offset + y*from.Row + x*from.Pixel
				for c := range 3 {
					of := c
					if frame.Order == RGB {
						of = 2 - c
					}
					frame.Pix[at+c*from.Component] = p[of]
				}
				if channels == 4 {
					frame.Pix[at+3] = uint8(x ^ y)
				}
			}
		}
		sums := prob.pix
		if disc.Pix != nil {
			sums = plainDiscSum(prob.pix, width, height, disc)
		}
		top := random.IntN(height)
		rows := random.IntN(height - top + 1)
		options := &RegionOptions{Disc: disc, Threshold: uint8(random.IntN(256)), Top: top, Run: Run{Threads: 1 + random.IntN(3), Kernel: Kernels()[random.IntN(len(Kernels()))]}}
		mask := make([]uint8, width*rows)
		cut := make([]byte, channels*width*rows)
		for i := range mask {
			if sums[top*width+i] > options.Threshold {
				mask[i] = 255
				y, x := top+i/width, i%width
				for c := range channels {
					cut[channels*i+c] = from.Pix[from.Offset+y*from.Row+x*from.Pixel+c*from.Component]
				}
			}
		}
		got := make([]uint8, width*rows)
		check := func(what string, err error, got, want []byte) {
			t.Helper()
			if err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%s of case %d, %d×%d from row %d on: %v, %v, want %v", what, i, width, rows, top, err, got, want)
			}
		}
		dst := Plane{Pix: got, Width: width, Height: rows}
		check("sums", h.DiscSum(dst, frame, options), got, sums[top*width:][:len(got)])
		check("mask", h.Segment(dst, frame, options), got, mask)
		plane := Plane{Pix: prob.pix, Width: width, Height: height}
		check("mask of a plane", Segment(dst, plane, options), got, mask)
		sparse := make([]uint8, 2*width*rows)
		if err := Segment(Plane{Pix: sparse, Width: width, Height: rows, PixelStride: 2, Stride: 2 * width}, plane, options); err != nil {
			t.Fatal(err)
		}
		for i, m := range mask {
			if sparse[2*i] != m || sparse[2*i+1] != 0 {
				t.Fatalf("mask with gaps of case %d: %v, want %v", i, sparse, mask)
			}
		}
		pixels := make([]byte, channels*width*rows)
		image := Image{Pix: pixels, Width: width, Height: rows, Order: frame.Order}
		check("cut", h.CutOut(image, frame, options), pixels, cut)
		check("cut by a plane", CutOut(image, frame, plane, options), pixels, cut)
	}
}

func TestAnImageInPartsHasTheLevelOfTheWhole(t *testing.T) {
	const width, height = 37, 23
	random := rand.New(rand.NewPCG(2, 0))
	for range 200 {
		whole := Plane{Pix: make([]byte, width*height), Width: width, Height: height}
		dark, bright := random.IntN(100), 100+random.IntN(100)
		for i := range whole.Pix {
			whole.Pix[i] = uint8([]int{dark, bright}[random.IntN(2)] + random.IntN(56))
		}
		var counts ValueCounts
		for y := 0; y < height; {
			rows := min(1+random.IntN(9), height-y)
			left := random.IntN(width)
			for _, part := range []Plane{
				{Pix: whole.Pix, Width: left, Height: rows, Offset: y * width, Stride: width},
				{Pix: whole.Pix, Width: width - left, Height: rows, Offset: y*width + left, Stride: width},
			} {
				if err := counts.Add(part); err != nil {
					t.Fatal(err)
				}
			}
			y += rows
		}
		want, err := Otsu(whole)
		if err != nil {
			t.Fatal(err)
		}
		if got := counts.Otsu(); got != want || got < uint8(dark) {
			t.Fatalf("level %d of the parts, %d of the whole, whose darker half begins at %d", got, want, dark)
		}
	}
}

func BenchmarkCutOut(b *testing.B) {
	const width, height = 1920, 1080
	random := rand.New(rand.NewPCG(1, 0))
	frame := Image{Pix: make([]byte, 3*width*height), Width: width, Height: height}
	for i := range frame.Pix {
		frame.Pix[i] = byte(random.IntN(40))
	}
	for y := range 400 {
		for x := range 500 {
			copy(frame.Pix[3*((y+400)*width+x+800):], []byte{20, 200, byte(200 + random.IntN(50))})
		}
	}
	model, err := frame.Crop(800, 400, 110, 110)
	if err != nil {
		b.Fatal(err)
	}
	dst := Image{Pix: make([]byte, 3*width*height), Width: width, Height: height}
	mask := Plane{Pix: make([]byte, width*height), Width: width, Height: height}
	for _, k := range kernels {
		hist, err := NewHistogram(model, &Options{Layout: Layout{Bins: [3]int{180, 256}}})
		if err != nil {
			b.Fatal(err)
		}
		for _, size := range []int{1, 5, 31} {
			options := &RegionOptions{Disc: Ellipse(size, size), Threshold: 50, Run: Run{Kernel: k.name, Threads: 1}}
			b.Run(fmt.Sprint(k.name, "/", size), func(b *testing.B) {
				for b.Loop() {
					if err := hist.CutOut(dst, frame, options); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(fmt.Sprint(k.name, "/mask/", size), func(b *testing.B) {
				for b.Loop() {
					if err := hist.Segment(mask, frame, options); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
