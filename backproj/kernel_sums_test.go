package backproj

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// A rowSum is a sum of rows, each of which begins at an offset of memory. It is written
// to one, or it is a result.
type rowSum struct {
	columns, to int
	rows        []int
}

// code returns the sums as kernels take them.
func code(columns int, sums ...rowSum) (code sumCode) {
	code.columns = columns
	for _, s := range sums {
		code.add(s.columns, s.to, s.rows...)
	}
	code.end()
	return code
}

// plainSum does a sum byte by byte.
func plainSum(memory []uint8, results *[batchRows][]uint8, s rowSum) {
	columns := (s.columns + sumBytes - 1) / sumBytes * sumBytes
	var to []uint8
	if s.to < 0 {
		to = results[^s.to]
	} else {
		to = memory[s.to:][:columns]
	}
	for i := range to {
		sum := 0
		for _, at := range s.rows {
			sum += int(memory[at+i])
		}
		to[i] = uint8(min(sum, 255))
	}
}

// resultsOf returns results that have so many columns, filled with a byte that sums
// have to overwrite.
func resultsOf(columns int) (results [batchRows][]uint8) {
	for i := range results {
		results[i] = bytes.Repeat([]uint8{0xa5}, columns)
	}
	return results
}

// dim returns n random bytes, of which a few add up to less than 255.
func dim(random *rand.Rand, n int) []uint8 {
	b := make([]uint8, n)
	most := 1 + random.IntN(255)
	for i := range b {
		b[i] = uint8(max(0, random.IntN(2*most)-most))
	}
	return b
}

func TestKernelsAddUpRowsOfAnyNumberLengthAndAlignment(t *testing.T) {
	const size = 1 << 13
	random := rand.New(rand.NewPCG(1, 0))
	for count := 1; count <= 2*mostRows; count++ {
		for columns := 1; columns <= 600; columns += 1 + random.IntN(9) {
			before := dim(random, size)
			// Sums are written to the beginning of memory, and rows begin anywhere behind that.
			s := rowSum{columns: columns, to: random.IntN(64)}
			for range count {
				s.rows = append(s.rows, 1024+random.IntN(size-2048))
			}
			if random.IntN(2) == 0 {
				s.rows[0] = s.to
			}
			c := code(columns, s)
			for _, k := range kernels {
				got, want := slices.Clone(before), slices.Clone(before)
				results := resultsOf(sumBytes)
				c.columns = sumBytes
				k.addUp(got, &results, &c)
				plainSum(want, nil, s)
				if !bytes.Equal(got, want) {
					t.Fatalf("%s: %d rows of %d columns: memory differs", k.name, count, columns)
				}
			}
		}
	}
}

func TestKernelsWriteResultsOfAnyLength(t *testing.T) {
	const size, most = 1 << 12, 448
	random := rand.New(rand.NewPCG(2, 0))
	memory := dim(random, size)
	for columns := sumBytes; columns <= most; columns++ {
		var sums []rowSum
		for result := range batchRows {
			s := rowSum{columns: most, to: resultPlace(result)}
			for range 1 + random.IntN(mostRows) {
				s.rows = append(s.rows, random.IntN(size-most))
			}
			sums = append(sums, s)
		}
		c := code(most, sums...)
		for _, k := range kernels {
			before := slices.Clone(memory)
			all, want := bytes.Repeat([]uint8{0xa5}, batchRows*600), resultsOf(columns)
			var got [batchRows][]uint8
			for i := range got {
				got[i] = all[600*i+random.IntN(100):][:columns]
			}
			k.addUp(before, &got, &c)
			for i, s := range sums {
				plainSum(memory, &want, s)
				if !bytes.Equal(got[i], want[i]) {
					t.Fatalf("%s: result of %d rows, %d columns: %v, want %v", k.name, len(s.rows), columns, got[i], want[i])
				}
				for j := range got[i] {
					got[i][j] = 0xa5
				}
			}
			if bytes.Count(all, []byte{0xa5}) != len(all) {
				t.Fatalf("%s: %d columns: wrote outside the results", k.name, columns)
			}
			if !bytes.Equal(before, memory) {
				t.Fatalf("%s: %d columns: wrote to memory", k.name, columns)
			}
		}
	}
}

func TestASumThatIsOneOfTheNextOnesRowsIsThereBefore(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 0))
	before := dim(random, 4096)
	sums := []rowSum{
		{columns: 200, to: 0, rows: []int{1024, 1500}},
		{columns: 200, to: 256, rows: []int{0, 600, 2000}},
		{columns: 200, to: resultPlace(3), rows: []int{256, 3}},
		{columns: 200, to: 0, rows: []int{0, 256}},
		{columns: 200, to: resultPlace(7), rows: []int{1}},
	}
	c := code(256, sums...)
	for _, k := range kernels {
		got, want := slices.Clone(before), slices.Clone(before)
		gotResults, wantResults := resultsOf(199), resultsOf(199)
		k.addUp(got, &gotResults, &c)
		for _, s := range sums {
			plainSum(want, &wantResults, s)
		}
		if !bytes.Equal(got, want) || fmt.Sprint(gotResults) != fmt.Sprint(wantResults) {
			t.Errorf("%s: sums of sums differ", k.name)
		}
	}
}

// pairs has all pairs of bytes one after the other.
func pairs() []uint8 {
	b := make([]uint8, 2<<16)
	for i := range 1 << 16 {
		b[2*i], b[2*i+1] = uint8(i>>8), uint8(i)
	}
	return b
}

func TestKernelsSaturateEveryPairOfBytes(t *testing.T) {
	const n = 2 << 16
	all := pairs()
	for _, k := range kernels {
		memory := append(slices.Clone(all), make([]uint8, 2*n)...)
		results := resultsOf(sumBytes)
		// Each byte, and the one behind it.
		c := code(sumBytes, rowSum{columns: n, to: n, rows: []int{0, 1}})
		k.addUp(memory, &results, &c)
		for i := range n - 1 {
			if want := uint8(min(255, int(all[i])+int(all[i+1]))); memory[n+i] != want {
				t.Fatalf("%s: addUp: %d + %d is %d", k.name, all[i], all[i+1], memory[n+i])
			}
		}
		// The same, as two steps to the left and to the right of 0.
		clear(memory)
		copy(memory[sumBytes:], all)
		g := growth{line: sumBytes, run: n + sumBytes + 64, columns: n, steps: 1, needs: len(memory)}
		k.grow(memory, &g)
		for i := range n - 1 {
			if want := uint8(min(255, int(all[i])+int(all[i+1]))); memory[g.run+i+1] != want {
				t.Fatalf("%s: grow: %d + %d is %d", k.name, all[i], all[i+1], memory[g.run+i+1])
			}
		}
	}
}

// plainGrowth does a growth byte by byte.
func plainGrowth(memory []uint8, g *growth) {
	pixels := slices.Clone(memory)
	for row := range batchRows {
		to := g.run + row*g.runStride
		for step := 1; step <= mostSteps; step++ {
			if g.steps>>(step-1)&1 == 0 {
				continue
			}
			for i := range g.columns {
				// After step 2k there are k pixels on either side.
				sum := 0
				for x := -(step + 1) / 2; x <= step/2; x++ {
					sum += int(pixels[g.line+row*g.lineStride+i+x])
				}
				memory[to+i] = uint8(min(sum, 255))
			}
			to += g.setStride
		}
	}
}

// growths returns a growth with each step alone, some with several, and one with all.
func growths(random *rand.Rand) (growths []growth) {
	for i := range mostSteps + 100 {
		steps := uint32(1) << i
		switch {
		case i == mostSteps:
			steps = 1<<mostSteps - 1
		case i == mostSteps+1:
			steps = 0
		case i > mostSteps:
			steps = random.Uint32() & random.Uint32() & (1<<mostSteps - 1)
		}
		columns := sumBytes * (1 + random.IntN(5))
		g := growth{
			line: sumBytes, lineStride: columns + sumBytes*(1+random.IntN(2)), columns: columns, steps: steps,
			runStride: columns + sumBytes*random.IntN(2),
		}
		g.setStride = batchRows * g.runStride
		g.run = g.line + batchRows*g.lineStride + sumBytes
		g.needs = g.run + mostSteps*g.setStride
		growths = append(growths, g)
	}
	return growths
}

func TestKernelsGrowSumsByAnySteps(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 0))
	for _, g := range growths(random) {
		before := dim(random, g.needs)
		want := slices.Clone(before)
		plainGrowth(want, &g)
		for _, k := range kernels {
			got := slices.Clone(before)
			k.grow(got, &g)
			if !bytes.Equal(got, want) {
				t.Fatalf("%s: %+v: memory differs", k.name, g)
			}
		}
	}
}

func TestKernelsPanicIfSumsDoNotFit(t *testing.T) {
	memory := make([]uint8, 1024)
	c := code(256, rowSum{columns: 256, to: 0, rows: []int{512, 768}}, rowSum{columns: 256, to: resultPlace(0), rows: []int{0}})
	g := growth{line: 64, run: 512, columns: 64, steps: 3, setStride: 64, needs: 640}
	for _, k := range kernels {
		expectPanic(t, k.name+"/memory", func() {
			results := resultsOf(256)
			k.addUp(memory[:1023:1024], &results, &c)
		})
		expectPanic(t, k.name+"/long result", func() {
			results := resultsOf(256)
			results[0] = make([]uint8, 257)
			k.addUp(memory, &results, &c)
		})
		expectPanic(t, k.name+"/grow", func() { k.grow(memory[:639:1024], &g) })
	}
}
