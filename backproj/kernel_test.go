package backproj

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// hsvFormula is OpenCV's conversion in plain steps. It shares no code with the
// package.
func hsvFormula(b, g, r int) (hue, saturation int) {
	half := func(numerator, denominator int) int { // rounds to nearest, ties to even
		if denominator == 0 {
			return 0
		}
		q, rest := numerator/denominator, numerator%denominator
		if 2*rest > denominator || 2*rest == denominator && q%2 == 1 {
			q++
		}
		return q
	}
	v := max(b, g, r)
	d := v - min(b, g, r)
	var n int
	switch {
	case v == r:
		n = g - b
	case v == g:
		n = b - r + 2*d
	default:
		n = r - g + 4*d
	}
	saturation = (d*half(255*4096, v) + 2048) >> 12
	hue = (n*half(180*4096, 6*d) + 2048) >> 12
	if hue < 0 {
		hue += 180
	}
	return hue, saturation
}

// formats are the four formats of pixels that kernels read.
var formats = []raster.Format{
	{Size: 3}, {Size: 3, RedFirst: true}, {Size: 4}, {Size: 4, RedFirst: true},
}

// colours writes n pixels to src, whose colours 0xRRGGBB are the numbers from first
// on.
func colours(src []byte, format raster.Format, first, n int) {
	for i := range n {
		c := first + i
		p := src[i*format.Size:]
		p[0], p[1], p[2] = byte(c), byte(c>>8), byte(c>>16)
		if format.RedFirst {
			p[0], p[2] = p[2], p[0]
		}
		if len(p) > 3 && format.Size == 4 {
			p[3] = byte(c * 7) // kernels must ignore it
		}
	}
}

func TestKernelsConvertEveryColourByTheFormula(t *testing.T) {
	const block = 1 << 16
	want := make([]uint16, 1<<24)
	for c := range want {
		h, s := hsvFormula(c&255, c>>8&255, c>>16)
		want[c] = uint16(h<<8 | s)
	}
	for _, k := range kernels {
		for _, format := range formats {
			t.Run(fmt.Sprintf("%s/%+v", k.name, format), func(t *testing.T) {
				src := make([]byte, block*format.Size)
				got, alone, values := make([]uint16, block), make([]uint16, block), make([]uint8, block)
				for first := 0; first < len(want); first += block {
					colours(src, format, first, block)
					k.convert(got, values, src, format)
					k.convert(alone, nil, src, format)
					for i, index := range got {
						c := first + i
						if index = openCVIndex(index); index != want[c] || openCVIndex(alone[i]) != index {
							t.Fatalf("colour %#06x: index %#04x, without values %#04x, want %#04x", c, index, alone[i], want[c])
						}
						if v := uint8(max(c&255, c>>8&255, c>>16)); values[i] != v {
							t.Fatalf("colour %#06x: value %d, want %d", c, values[i], v)
						}
					}
				}
			})
		}
	}
}

// openCVIndex returns OpenCV's hue<<8 | saturation for an index.
func openCVIndex(index uint16) uint16 {
	return uint16(hueOf(int(index>>8)))<<8 | index&0xff
}

func TestKernelsProjectByTheIndex(t *testing.T) {
	var table lookupTable
	random := rand.New(rand.NewPCG(1, 2))
	for i := range table {
		table[i] = byte(random.Uint32())
	}
	const n = 1 << 16
	for _, k := range kernels {
		for _, format := range formats {
			t.Run(fmt.Sprintf("%s/%+v", k.name, format), func(t *testing.T) {
				src := make([]byte, n*format.Size)
				index, got, want := make([]uint16, n), make([]byte, n), make([]byte, n)
				for first := 0; first < 1<<24; first += n {
					colours(src, format, first, n)
					k.convert(index, nil, src, format)
					k.project(got, src, format, &table, open)
					for i, x := range index {
						want[i] = table[x]
					}
					if !bytes.Equal(got, want) {
						t.Fatalf("colours from %#06x: results differ from table[index]", first)
					}
				}
			})
		}
	}
}

func TestKernelsCountByTheIndex(t *testing.T) {
	const n = 1<<16 + 37 // not a multiple of any batch
	for _, k := range kernels {
		for _, format := range formats {
			t.Run(fmt.Sprintf("%s/%+v", k.name, format), func(t *testing.T) {
				src := make([]byte, n*format.Size)
				index := make([]uint16, n)
				got, want := new(indexCounts), new(indexCounts)
				for first := 0; first < 1<<24; first += n {
					colours(src, format, first, n)
					k.count(got, n, src, format)
					k.convert(index, nil, src, format)
					for _, x := range index {
						want[x]++
					}
					if *got != *want {
						t.Fatalf("colours from %#06x: counts differ from those of the indices", first)
					}
				}
			})
		}
	}
}

func TestKernelsGateByTheValue(t *testing.T) {
	const n = 1 << 16
	table := randomTable()
	for _, k := range kernels {
		for _, format := range formats {
			src := make([]byte, n*format.Size)
			index, values, got := make([]uint16, n), make([]uint8, n), make([]byte, n)
			for i, gate := range []gate{open, {0, 0}, {0, 254}, {1, 255}, {255, 255}, {32, 255}, {100, 100}, {90, 200}, {0, 127}, {128, 255}} {
				for first := i << 16; first < 1<<24; first += 37 * n {
					colours(src, format, first, n)
					k.convert(index, values, src, format)
					k.project(got, src, format, table, gate)
					for i, x := range index {
						want := table[x]
						if v := values[i]; v < gate.lo || v > gate.hi {
							want = 0
						}
						if got[i] != want {
							t.Fatalf("%s %+v %v: colour %#06x gives %d, want %d", k.name, format, gate, first+i, got[i], want)
						}
					}
				}
			}
		}
	}
}

func TestKernelsWriteNothingOutsideDst(t *testing.T) {
	var table lookupTable
	for i := range table {
		table[i] = byte(hueOf(i>>8) + i)
	}
	const guard = 0xa5
	for _, k := range kernels {
		for _, format := range formats {
			for width := 1; width <= 300; width++ {
				// The last pixel has no fourth byte.
				src := make([]byte, (width-1)*format.Size+3)
				colours(src, format, width*12345, width)
				buffer := bytes.Repeat([]byte{guard}, width+128)
				dst := buffer[64:][:width:width]
				k.project(dst, src, format, &table, open)
				for i, c := range dst {
					h, s := hsvFormula(colour(src[i*format.Size:], format))
					if want := byte(h + s); c != want {
						t.Fatalf("%s %+v width %d: pixel %d is %d, want %d", k.name, format, width, i, c, want)
					}
				}
				for i, c := range buffer {
					if (i < 64 || i >= 64+width) && c != guard {
						t.Fatalf("%s %+v width %d: wrote outside dst", k.name, format, width)
					}
				}
			}
		}
	}
}

func TestKernelsPanicWithoutATable(t *testing.T) {
	const n = 100
	for _, k := range kernels {
		for _, format := range formats {
			name := fmt.Sprintf("%s/%+v", k.name, format)
			src, dst := make([]byte, n*format.Size), make([]byte, n)
			expectPanic(t, name+"/project", func() { k.project(dst, src, format, nil, open) })
			expectPanic(t, name+"/project gated", func() { k.project(dst, src, format, nil, gate{32, 255}) })
			for c := range codings {
				if k.supports[c] {
					expectPanic(t, fmt.Sprint(name, "/coding ", c), func() { k.projectCoded(c, dst, src, format, nil, new(lookupTable)) })
				}
			}
			if k.supports[hsvCoding] {
				expectPanic(t, name+"/hsvCoding", func() { k.projectCoded(hsvCoding, dst, src, format, new(codebook), nil) })
			}
		}
	}
}

func TestKernelsPanicIfARowIsTooShort(t *testing.T) {
	for _, k := range kernels {
		for _, format := range formats {
			for _, n := range []int{1, 2, 31, 33, 63, 65, 100, 128} {
				name := fmt.Sprintf("%s/%+v/%d", k.name, format, n)
				src := make([]byte, (n-1)*format.Size+2, n*format.Size+64) // whatever its capacity
				dst := make([]byte, n)
				expectPanic(t, name+"/convert", func() { k.convert(make([]uint16, n), nil, src, format) })
				expectPanic(t, name+"/convert with values", func() { k.convert(make([]uint16, n), make([]byte, n), src, format) })
				expectPanic(t, name+"/count", func() { k.count(new(indexCounts), n, src, format) })
				expectPanic(t, name+"/project", func() { k.project(dst, src, format, new(lookupTable), open) })
				expectPanic(t, name+"/project gated", func() { k.project(dst, src, format, new(lookupTable), gate{32, 255}) })
				for c := range codings {
					if k.supports[c] {
						expectPanic(t, fmt.Sprint(name, "/coding ", c), func() { k.projectCoded(c, dst, src, format, new(codebook), new(lookupTable)) })
					}
				}
			}
		}
	}
}

func TestKernelsAcceptEmptyRows(t *testing.T) {
	for _, k := range kernels {
		for _, format := range formats {
			k.convert(nil, nil, nil, format)
			k.convert([]uint16{}, []uint8{}, nil, format)
			k.count(new(indexCounts), 0, nil, format)
			k.project(nil, nil, format, new(lookupTable), open)
			k.project(nil, nil, format, new(lookupTable), gate{32, 255})
			for c := range codings {
				if k.supports[c] {
					k.projectCoded(c, nil, nil, format, new(codebook), new(lookupTable))
				}
			}
		}
	}
}

// expectPanic fails the test, but goes on, unless the call panics.
func expectPanic(t *testing.T, name string, call func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if recover() == nil {
			t.Errorf("%s: returned instead of panicking", name)
		}
	}()
	call()
}

// randomTable returns a table of random rows in which OpenCV's hue and the hue byte
// of the same colour have the same row.
func randomTable() *lookupTable {
	table := new(lookupTable)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range table {
		table[i] = byte(random.Uint32())
	}
	for hue := range 256 {
		if validHueByte(hue) {
			copy(table[hue<<8:][:256], table[hueOf(hue)<<8:])
		}
	}
	table[rejected] = 0
	return table
}

// colour returns blue, green and red of the pixel at the beginning of p.
func colour(p []byte, format raster.Format) (b, g, r int) {
	if format.RedFirst {
		return int(p[2]), int(p[1]), int(p[0])
	}
	return int(p[0]), int(p[1]), int(p[2])
}

func TestKernelNamedListsTheChoices(t *testing.T) {
	if k, err := kernelNamed(""); err != nil || k != kernels[0] {
		t.Errorf("kernelNamed(\"\") = %v, %v, want the fastest", k, err)
	}
	_, err := kernelNamed("sse9")
	want := `backproj: no kernel "sse9" on this machine, which has ` + strings.Join(Kernels(), ", ")
	if err == nil || err.Error() != want {
		t.Errorf("kernelNamed(sse9): %v, want %s", err, want)
	}
}

// TestReciprocalsAreExactForEveryEstimate computes each reciprocal as the AVX2
// kernel does, from every estimate that a CPU may give: the manuals promise a
// relative error of at most 1.5·2^-12. Other tests see the estimates of one CPU
// only.
func TestReciprocalsAreExactForEveryEstimate(t *testing.T) {
	for x := 4; x < 256; x++ {
		exact := 1 / float64(x)
		r := float32(exact * (1 - 1.5/4096))
		last := float32(exact * (1 + 1.5/4096))
		for ; r <= last; r = math.Nextafter32(r, 1) {
			// Products of two float32 are exact in float64, so each conversion
			// rounds as the CPU does. RoundToEven stands for the addition of
			// 3·2^22.
			rest := float32(2 - float64(x)*float64(r))
			reciprocal := func(numerator float32) int32 {
				return int32(math.RoundToEven(float64(float32(float64(numerator)*float64(r))) * float64(rest)))
			}
			if got := reciprocal(180 << 12 / 6); got != hueReciprocal[x] {
				t.Fatalf("hue: 1/%d estimated as %v gives %d, want %d", x, r, got, hueReciprocal[x])
			}
			if got := reciprocal(255 << 12); x >= 16 && got != saturationReciprocal[x] {
				t.Fatalf("saturation: 1/%d estimated as %v gives %d, want %d", x, r, got, saturationReciprocal[x])
			}
		}
	}
}
