package backproj

import (
	"fmt"
	"slices"
)

const (
	// sumBytes is what numbers of bytes to add up are multiples of.
	sumBytes = 64

	// mostRows is the greatest number of rows that kernels add up at a time.
	mostRows = batchRows + 1

	// sumHeader is how many numbers of a sum come before those of its rows.
	sumHeader = 3

	// mostSteps is the greatest number of steps of a growth, as vectors can be shifted by
	// 15 bytes at most.
	mostSteps = 30
)

// A sumCode is a sequence of sums of rows of bytes. Each sum has numbers in this order:
//
//	the number of columns, a multiple of sumBytes
//	where to write the sums: an offset in memory, or resultPlace
//	the number of rows, from 1 to mostRows
//	the offset of each row
//
// The sequence ends with a 0.
type sumCode struct {
	numbers []int32
	needs   int // the number of bytes in memory
	columns int // the greatest number of columns of a result; 0 if there is none
}

// resultPlace is the place of a result that is not in memory. It is negative.
func resultPlace(result int) int { return ^result }

// add appends the sum of some rows.
func (c *sumCode) add(columns, to int, rows ...int) {
	n := (columns + sumBytes - 1) &^ (sumBytes - 1)
	for len(rows) > mostRows {
		c.add(n, to, rows[:mostRows]...)
		rows = append([]int{to}, rows[mostRows:]...)
	}
	c.numbers = append(c.numbers, int32(n), int32(to), int32(len(rows)))
	for _, at := range rows {
		c.numbers = append(c.numbers, int32(at))
	}
	c.needs = max(c.needs, max(to, slices.Max(rows))+n)
}

func (c *sumCode) end() { c.numbers = append(c.numbers, 0) }

// check panics unless the code's sums are within memory and the results.
func (c *sumCode) check(memory []uint8, results *[batchRows][]uint8) {
	_ = memory[c.needs-1]
	for i := range results {
		if n := len(results[i]); c.columns > 0 && (n < sumBytes || n > c.columns) {
			panic(fmt.Sprintf("backproj: a result has %d columns, not from %d to %d", n, sumBytes, c.columns))
		}
	}
}

// A growth makes sums over sets of adjacent pixels of each row of a batch. They begin
// with a single pixel. Step 1 adds the pixel to the left of it, step 2 the pixel to the
// right of it, step 3 the next one to the left, and so on.
type growth struct {
	// line is the offset in memory of the pixels that the sums of the first row begin with,
	// and lineStride the distance to the next row. They are fastest if they are multiples of
	// sumBytes, as are those that follow.
	line, lineStride int

	// run is where to write the first sums of the first row, runStride the distance to the
	// next row, and setStride that to the next sums of the same row.
	run, runStride, setStride int

	columns int    // a multiple of sumBytes
	steps   uint32 // bit i: write the sums after step i+1
	needs   int    // the number of bytes in memory
}

// grownColumn returns the column of the pixel that a step of a growth adds, from that
// of the pixel which it begins with.
func grownColumn(step int) int {
	if step%2 == 1 {
		return -(step + 1) / 2
	}
	return step / 2
}
