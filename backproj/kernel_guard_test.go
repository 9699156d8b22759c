//go:build unix

package backproj

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"unsafe"
)

// guarded returns pages of memory between two pages that cannot be accessed.
func guarded(t *testing.T, pages int) []byte {
	t.Helper()
	page := syscall.Getpagesize()
	all, err := syscall.Mmap(-1, 0, (pages+2)*page, syscall.PROT_READ|syscall.PROT_WRITE,
		syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Skipf("cannot map memory: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(all); err != nil {
			t.Error(err)
		}
	})
	for _, guard := range [][]byte{all[:page], all[(pages+1)*page:]} {
		if err := syscall.Mprotect(guard, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return all[page : (pages+1)*page]
}

// TestKernelsAccessNothingOutsideTheirRows puts rows at the beginning and at the
// end of guarded memory, where an access outside the row is a fault.
func TestKernelsAccessNothingOutsideTheirRows(t *testing.T) {
	src, out, wide, thirds := guarded(t, 1), guarded(t, 1), guarded(t, 1), guarded(t, 1)
	words := wordsOf(wide)
	for _, k := range converters() {
		t.Run(k.String(), func(t *testing.T) {
			table := randomTable(k.space)
			for width := 1; width <= 300; width++ {
				for _, atEnd := range []bool{false, true} {
					place := func(b []byte, n int) []byte {
						if atEnd {
							return b[len(b)-n:]
						}
						return b[:n:n]
					}
					s := place(src, k.format.Bytes(width))
					colours(s, k.format, width*54321, width)
					index := words[:width:width]
					if atEnd {
						index = words[len(words)-width:]
					}
					checkRow(t, k, s, place(out, width), index, place(thirds, width), table)
				}
			}
		})
	}
}

// TestMomentsReadNothingOutsideTheirPatch puts patches at the beginning and at the
// end of guarded memory, with the upper or the lower row first.
func TestMomentsReadNothingOutsideTheirPatch(t *testing.T) {
	memory := guarded(t, 4)
	for i := range memory {
		memory[i] = byte(i * i)
	}
	for width := 1; width <= 140; width++ {
		for _, height := range []int{1, 2, 29} {
			stride := width + width%3
			size := (height-1)*stride + width
			for _, pix := range [][]byte{memory[:size:size], memory[len(memory)-size:]} {
				checkMoments(t, patch{pix: pix, stride: stride, width: width, height: height})
				checkMoments(t, patch{pix: pix, offset: size - width, stride: -stride, width: width, height: height})
			}
		}
	}
}

// TestKernelsAcceptAnyAlignment has rows begin at each address modulo 64.
func TestKernelsAcceptAnyAlignment(t *testing.T) {
	src, dst := make([]byte, 4096), make([]byte, 1024)
	thirds, words := make([]byte, 1024), make([]uint16, 1024)
	for _, k := range converters() {
		table := randomTable(k.space)
		for start := range 64 {
			width := 64 + 3*start
			s := src[start:][:k.format.Bytes(width)]
			colours(s, k.format, start*7654321&0xffffff, width)
			for _, other := range []int{0, start, 63 - start} {
				checkRow(t, k, s, dst[other:][:width], words[other:][:width], thirds[other:][:width], table)
			}
		}
	}
}

// checkRow compares the results of all functions of a conversion with the formula.
func checkRow(t *testing.T, k converter, src, dst []byte, index []uint16, thirds []byte, table *lookupTable) {
	t.Helper()
	clear(dst)
	if k.project != nil {
		k.project(dst, src, k.format, table, open)
	}
	clear(index)
	k.convert(index, nil, src, k.format)
	alone := slices.Clone(index)
	clear(index)
	clear(thirds)
	k.convert(index, thirds, src, k.format)
	for i := range dst {
		b, g, r := colour(src[i*k.format.Size:], k.format)
		want, wantThird := spaceFormula(k.space, b, g, r)
		got, third := openCVOf(k.space, index[i], thirds[i])
		if got != want || alone[i] != index[i] || third != wantThird || k.project != nil && dst[i] != table[want] {
			t.Fatalf("%v width %d pixel %d: index %#04x, index alone %#04x, third component %d, projected to %d",
				k, len(dst), i, index[i], alone[i], thirds[i], dst[i])
		}
	}
	checkWithin(t, k, src, dst)
	checkCounts(t, k, src, index)
	checkCodings(t, k, src, dst, index, thirds)
}

// checkWithin compares what is projected within a range of second components.
func checkWithin(t *testing.T, k converter, src, dst []byte) {
	t.Helper()
	if k.projectWithin == nil {
		return
	}
	seconds := gate{100, 200}
	table := tableWithin(k.space, seconds)
	clear(dst)
	k.projectWithin(dst, src, k.format, nil, table, open, seconds)
	for i, got := range dst {
		b, g, r := colour(src[i*k.format.Size:], k.format)
		if index, _ := spaceFormula(k.space, b, g, r); got != table[index] {
			t.Fatalf("%v width %d pixel %d: projected to %d within a range", k, len(dst), i, got)
		}
	}
}

// checkCounts compares the counts with the indices. To look at all counts takes longer
// than all else, so that is done for some rows: in others, what should not have been
// counted would be missing elsewhere.
func checkCounts(t *testing.T, k converter, src []byte, index []uint16) {
	t.Helper()
	k.count(&rowCounts, len(index), src, k.format)
	for _, x := range index {
		rowCounts[x]--
	}
	wrong := len(index)%16 == 0 && rowCounts != indexCounts{}
	for _, x := range index {
		wrong = wrong || rowCounts[x] != 0
	}
	if wrong {
		t.Fatalf("%v width %d: counts differ from those of the indices", k, len(index))
	}
}

// rowCounts are 0 before and after each row.
var rowCounts indexCounts

// checkCodings compares projectCoded, for each coding that is supported, with a lookup
// of each pixel's cell.
func checkCodings(t *testing.T, k converter, src, dst []byte, index []uint16, thirds []byte) {
	t.Helper()
	for _, c := range codedCases() {
		p := c.plan
		if !k.converts(p) || !k.codes(p) {
			continue
		}
		clear(dst)
		k.projectCoded(p.coding, dst, src, k.format, c.book, &c.table)
		for i, got := range dst {
			want := byte(0)
			if cell := p.first[index[i]>>8] + p.second[uint8(index[i])] + p.third[thirds[i]]; cell >= 0 {
				want = c.cells[cell]
			}
			if got != want {
				t.Fatalf("%v width %d pixel %d, layout %+v: %d, want %d", k, len(dst), i, c.layout, got, want)
			}
		}
	}
}

// A codedCase is a layout with a coding, what its cells give, and the data that kernels
// look it up in.
type codedCase struct {
	layout Layout
	plan   *plan
	cells  []byte
	table  lookupTable
	book   *codebook
}

// codedCases has one for each of codedLayouts. To make them takes longer than to project
// a row.
var codedCases = sync.OnceValue(func() (all []*codedCase) {
	for _, layout := range codedLayouts {
		p, err := layout.plan()
		if err != nil {
			panic(err)
		}
		c := &codedCase{layout: layout, plan: p, cells: make([]byte, p.cells), book: new(alignedCodebook).codebook()}
		for i := range c.cells {
			c.cells[i] = byte(7*i + 1)
		}
		if p.coding == tripleCoding {
			p.fillTripleTable(&c.table, c.cells)
		}
		p.fillCodebook(c.book, c.cells)
		all = append(all, c)
	}
	return all
})

// codedLayouts have the codings, with bounds and without.
var codedLayouts = []Layout{
	{},
	{Bins: [3]int{20, 20}, InRange: &Bounds{Lo: [3]uint8{0, 30, 40}, Hi: [3]uint8{170, 255, 255}}},
	{Channels: Hue},
	{Channels: Hue, InRange: &Bounds{Lo: [3]uint8{0, 60, 32}, Hi: [3]uint8{180, 255, 255}}},
	{Channels: Hue, InRange: &Bounds{Lo: [3]uint8{0, 40, 0}, Hi: [3]uint8{180, 210, 255}}},
	{Channels: HueSaturationValue, Bins: [3]int{16, 16, 16}},
	{Channels: HueSaturationValue, Bins: [3]int{16, 8, 8}},
	{Channels: HueSaturationValue, Bins: [3]int{8, 7, 1}, InRange: &Bounds{Lo: [3]uint8{170, 30, 20}, Hi: [3]uint8{10, 210, 230}}},
	{Channels: HueSaturationValue, Bins: [3]int{256, 2, 1}},
	{Channels: Saturation},
	{Channels: Saturation, InRange: &Bounds{Lo: [3]uint8{0, 40, 20}, Hi: [3]uint8{180, 210, 230}}},
	{Channels: Value, Bins: [3]int{200}, InRange: &Bounds{Lo: [3]uint8{170, 0, 20}, Hi: [3]uint8{10, 255, 230}}},
	{Channels: HueValue},
	{Channels: HueValue, Bins: [3]int{16, 8}, InRange: &Bounds{Lo: [3]uint8{170, 30, 20}, Hi: [3]uint8{10, 210, 230}}},
	{Channels: SaturationValue},
	{Channels: SaturationValue, Bins: [3]int{16, 8}, InRange: &Bounds{Lo: [3]uint8{170, 30, 20}, Hi: [3]uint8{10, 210, 230}}},
	{Channels: Gray},
	{Channels: Gray, Bins: [3]int{64}},
	{Channels: Gray, Bins: [3]int{128}},
	{Channels: Gray, Bins: [3]int{256}, InRange: &Bounds{Lo: [3]uint8{20}, Hi: [3]uint8{230}}},
	{Channels: CrCb},
	{Channels: CrCb, Bins: [3]int{16, 8}, InRange: &Bounds{Lo: [3]uint8{20, 133, 77}, Hi: [3]uint8{230, 173, 127}}},
	{Channels: YCrCb, Bins: [3]int{16, 16, 16}},
	{Channels: YCrCb, Bins: [3]int{4, 15, 7}, InRange: &Bounds{Lo: [3]uint8{20, 133, 77}, Hi: [3]uint8{230, 173, 127}}},
	{Channels: AB},
	{Channels: AB, Bins: [3]int{16, 8}, InRange: &Bounds{Lo: [3]uint8{20, 113, 77}, Hi: [3]uint8{230, 173, 147}}},
	{Channels: Lab, Bins: [3]int{16, 16, 16}},
	{Channels: BlueGreenRed, Bins: [3]int{8, 8, 8}},
	{Channels: BlueGreenRed, Bins: [3]int{7, 15, 5}, InRange: &Bounds{Lo: [3]uint8{20, 30, 40}, Hi: [3]uint8{230, 220, 210}}},
}

// wordsOf returns the memory of b as words.
func wordsOf(b []byte) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(&b[0])), len(b)/2)
}

// TestSumsAccessNothingOutsideTheirRows puts what sums need at the beginning and at the
// end of guarded memory, and so the results.
func TestSumsAccessNothingOutsideTheirRows(t *testing.T) {
	const most = 320
	memory, out := guarded(t, 2), guarded(t, 1)
	random := rand.New(rand.NewPCG(5, 0))
	copy(memory, dim(random, len(memory)))
	for columns := sumBytes; columns <= most; columns++ {
		// The last row ends where memory does, and the first begins with it.
		var sums []rowSum
		for count := 1; count <= mostRows; count++ {
			s := rowSum{columns: most, to: resultPlace(0), rows: []int{most + 1, 0}}
			for len(s.rows) < count {
				s.rows = append(s.rows, random.IntN(most+1))
			}
			s.rows = s.rows[:count]
			sums = append(sums, s)
		}
		sums = append(sums, rowSum{columns: most, to: 0, rows: []int{0, most + 1}})
		for _, s := range sums {
			c := code(most, s)
			for _, k := range kernels {
				for _, atEnd := range []bool{false, true} {
					place := func(b []uint8, n int) []uint8 {
						if atEnd {
							return b[len(b)-n:]
						}
						return b[:n:n]
					}
					got := place(memory, c.needs)
					want := slices.Clone(got)
					results, wanted := resultsOf(columns), resultsOf(columns)
					results[0] = place(out, columns)
					k.addUp(got, &results, &c)
					plainSum(want, &wanted, s)
					if !bytes.Equal(got, want) || s.to < 0 && !bytes.Equal(results[0], wanted[0]) {
						t.Fatalf("%s: %d columns, %+v: sums differ", k.name, columns, s)
					}
				}
			}
		}
	}
}

// TestGrowthAccessesNothingOutsideItsRows puts what growths need at the beginning and
// at the end of guarded memory.
func TestGrowthAccessesNothingOutsideItsRows(t *testing.T) {
	memory := guarded(t, 40)
	random := rand.New(rand.NewPCG(6, 0))
	copy(memory, dim(random, len(memory)))
	for steps := range mostSteps {
		for _, linesLast := range []bool{false, true} {
			g := growth{line: sumBytes, lineStride: 3 * sumBytes, runStride: 2 * sumBytes, columns: 2 * sumBytes, steps: 1 << steps}
			lines, runs := batchRows*g.lineStride, batchRows*g.runStride
			g.run, g.needs = sumBytes+lines, sumBytes+lines+runs
			if linesLast {
				// After the pixels of the last row there is one more vector.
				g.run, g.line, g.needs = 0, runs+sumBytes, runs+sumBytes+lines
			}
			for _, k := range kernels {
				for _, got := range [][]uint8{memory[:g.needs:g.needs], memory[len(memory)-g.needs:]} {
					want := slices.Clone(got)
					k.grow(got, &g)
					plainGrowth(want, &g)
					if !bytes.Equal(got, want) {
						t.Fatalf("%s: %+v: memory differs", k.name, g)
					}
				}
			}
		}
	}
}

// TestRegionsTouchNothingOutsideTheirRows puts rows at the beginning and at the end
// of guarded memory.
func TestRegionsTouchNothingOutsideTheirRows(t *testing.T) {
	src, dst, numbers := guarded(t, 1), guarded(t, 1), guarded(t, 1)
	for _, k := range kernels {
		for n := 1; n <= 150; n++ {
			for _, size := range []int{3, 4} {
				k.cut(dst[:n*size], src[:n*size], numbers[:n], size, 9)
				k.cut(dst[len(dst)-n*size:], src[len(src)-n*size:], numbers[len(numbers)-n:], size, 9)
			}
			k.binarize(numbers[:n], 9)
			k.binarize(numbers[len(numbers)-n:], 9)
		}
	}
}
