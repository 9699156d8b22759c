package backproj

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestKernelsConvertEveryColourByTheFormula(t *testing.T) {
	const block = 1 << 16
	for s := range spaces {
		t.Run(spaceNames[s], func(t *testing.T) {
			t.Parallel()
			wantIndex, wantThird := make([]uint16, 1<<24), make([]uint8, 1<<24)
			for c := range wantIndex {
				wantIndex[c], wantThird[c] = spaceFormula(s, c&255, c>>8&255, c>>16)
			}
			for _, k := range converters() {
				if k.space != s {
					continue
				}
				src := make([]byte, block*k.format.Size)
				got, alone, thirds := make([]uint16, block), make([]uint16, block), make([]uint8, block)
				colours(src, k.format, 0, block)
				for first := 0; first < k.end(); first += block {
					setRed(src, k.format, first>>16)
					k.convert(got, thirds, src, k.format)
					k.convert(alone, nil, src, k.format)
					for i := range got {
						c := first + i
						if k.format.Size == 1 {
							c = c & 255 * 0x010101
						}
						index, third := openCVOf(s, got[i], thirds[i])
						if index != wantIndex[c] || third != wantThird[c] || alone[i] != got[i] {
							t.Fatalf("%v: colour %#06x: index %#04x, third component %d, index alone %#04x; want %#04x and %d",
								k, c, index, third, alone[i], wantIndex[c], wantThird[c])
						}
					}
				}
			}
		})
	}
}

func TestKernelsProjectByTheIndex(t *testing.T) {
	var table lookupTable
	random := rand.New(rand.NewPCG(1, 2))
	for i := range table {
		table[i] = byte(random.Uint32())
	}
	const n = 1 << 16
	for _, k := range converters() {
		if k.project == nil {
			continue
		}
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			src := make([]byte, n*k.format.Size)
			index, got, want := make([]uint16, n), make([]byte, n), make([]byte, n)
			colours(src, k.format, 0, n)
			for first := 0; first < k.end(); first += n {
				setRed(src, k.format, first>>16)
				k.convert(index, nil, src, k.format)
				k.project(got, src, k.format, &table, open)
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

func TestKernelsCountByTheIndex(t *testing.T) {
	const n = 1<<16 + 37 // not a multiple of any batch
	for _, k := range converters() {
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			src := make([]byte, n*k.format.Size)
			index := make([]uint16, n)
			got, want := new(indexCounts), new(indexCounts)
			for first := 0; first < k.end(); first += n {
				colours(src, k.format, first, n)
				k.count(got, n, src, k.format)
				k.convert(index, nil, src, k.format)
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

func TestKernelsGateByTheThirdComponent(t *testing.T) {
	const n = 1 << 16
	for _, k := range converters() {
		if k.project == nil {
			continue
		}
		table := randomTable(k.space)
		src := make([]byte, n*k.format.Size)
		index, thirds, got := make([]uint16, n), make([]uint8, n), make([]byte, n)
		for i, gate := range []gate{
			open, {0, 0}, {0, 254}, {1, 255}, {255, 255}, {32, 255}, {100, 100}, {90, 200}, {0, 127}, {128, 255}, {226, 100}, {240, 5},
		} {
			if gate.lo > gate.hi && k.space != saturationValue {
				continue // only hues wrap around
			}
			for first := i << 16; first < 1<<24; first += 37 * n {
				colours(src, k.format, first, n)
				k.convert(index, thirds, src, k.format)
				k.project(got, src, k.format, table, gate)
				for i, x := range index {
					want := table[x]
					if third := thirds[i]; third-gate.lo > gate.hi-gate.lo {
						want = 0
					}
					if got[i] != want {
						t.Fatalf("%v %v: colour %#06x gives %d, want %d", k, gate, first+i, got[i], want)
					}
				}
			}
		}
	}
}

func TestKernelsWriteNothingOutsideDst(t *testing.T) {
	const guard = 0xa5
	for _, k := range converters() {
		if k.project == nil {
			continue
		}
		table := randomTable(k.space)
		for width := 1; width <= 300; width++ {
			// The last pixel has no fourth byte.
			src := make([]byte, k.format.Bytes(width))
			colours(src, k.format, width*12345, width)
			buffer := bytes.Repeat([]byte{guard}, width+128)
			dst := buffer[64:][:width:width]
			k.project(dst, src, k.format, table, open)
			for i, c := range dst {
				b, g, r := colour(src[i*k.format.Size:], k.format)
				index, _ := spaceFormula(k.space, b, g, r)
				if want := table[index]; c != want {
					t.Fatalf("%v width %d: pixel %d is %d, want %d", k, width, i, c, want)
				}
			}
			for i, c := range buffer {
				if (i < 64 || i >= 64+width) && c != guard {
					t.Fatalf("%v width %d: wrote outside dst", k, width)
				}
			}
		}
	}
}

func TestKernelsPanicWithoutATable(t *testing.T) {
	const n = 100
	for _, k := range converters() {
		src, dst := make([]byte, n*k.format.Size), make([]byte, n)
		if k.project != nil {
			expectPanic(t, fmt.Sprint(k, "/project"), func() { k.project(dst, src, k.format, nil, open) })
			expectPanic(t, fmt.Sprint(k, "/project gated"), func() { k.project(dst, src, k.format, nil, gate{32, 255}) })
		}
		if k.projectWithin != nil {
			expectPanic(t, fmt.Sprint(k, "/projectWithin"), func() { k.projectWithin(dst, src, k.format, nil, nil, open, gate{32, 255}) })
		}
		for c := range codings {
			if k.supports[c] {
				expectPanic(t, fmt.Sprint(k, "/coding ", c), func() { k.projectCoded(c, dst, src, k.format, nil, new(lookupTable)) })
			}
		}
		if k.supports[tripleCoding] {
			expectPanic(t, fmt.Sprint(k, "/tripleCoding"), func() { k.projectCoded(tripleCoding, dst, src, k.format, new(codebook), nil) })
		}
	}
}

func TestKernelsPanicIfARowIsTooShort(t *testing.T) {
	for _, k := range converters() {
		for _, n := range []int{1, 2, 31, 33, 63, 65, 100, 128} {
			name := fmt.Sprintf("%v/%d", k, n)
			src := make([]byte, k.format.Bytes(n)-1, n*k.format.Size+64) // whatever its capacity
			dst := make([]byte, n)
			expectPanic(t, name+"/convert", func() { k.convert(make([]uint16, n), nil, src, k.format) })
			expectPanic(t, name+"/convert with third components", func() { k.convert(make([]uint16, n), make([]byte, n), src, k.format) })
			expectPanic(t, name+"/count", func() { k.count(new(indexCounts), n, src, k.format) })
			if k.project != nil {
				expectPanic(t, name+"/project", func() { k.project(dst, src, k.format, new(lookupTable), open) })
				expectPanic(t, name+"/project gated", func() { k.project(dst, src, k.format, new(lookupTable), gate{32, 255}) })
			}
			if k.projectWithin != nil {
				expectPanic(t, name+"/projectWithin", func() { k.projectWithin(dst, src, k.format, nil, new(lookupTable), open, gate{32, 255}) })
			}
			for c := range codings {
				if k.supports[c] {
					expectPanic(t, fmt.Sprint(name, "/coding ", c), func() { k.projectCoded(c, dst, src, k.format, new(codebook), new(lookupTable)) })
				}
			}
		}
	}
}

func TestKernelsAcceptEmptyRows(t *testing.T) {
	for _, k := range converters() {
		k.convert(nil, nil, nil, k.format)
		k.convert([]uint16{}, []uint8{}, nil, k.format)
		k.count(new(indexCounts), 0, nil, k.format)
		if k.project != nil {
			k.project(nil, nil, k.format, new(lookupTable), open)
			k.project(nil, nil, k.format, new(lookupTable), gate{32, 255})
		}
		if k.projectWithin != nil {
			k.projectWithin(nil, nil, k.format, nil, new(lookupTable), open, gate{32, 255})
		}
		for c := range codings {
			if k.supports[c] {
				k.projectCoded(c, nil, nil, k.format, new(codebook), new(lookupTable))
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

// randomTable returns a random table for a space, in which OpenCV's hue and the hue
// byte of the same colour have the same row.
func randomTable(s space) *lookupTable {
	table := new(lookupTable)
	random := rand.New(rand.NewPCG(3, 4))
	for i := range table {
		table[i] = byte(random.Uint32())
	}
	for hue := range 256 {
		if spaceTraits[s].model == hsvModel && spaceTraits[s].places[0] == 0 && validHueByte(hue) {
			copy(table[hue<<8:][:256], table[hueOf(hue)<<8:])
		}
	}
	table[spaceTraits[s].rejected] = 0
	return table
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
