package backproj

import (
	"math/bits"
	"slices"
)

// No byte is negative, so that min(a+b+c, 255) = min(min(a+b, 255)+c, 255): a saturated
// sum is a chain of saturating additions, in any order. So the sums over a footprint are
// made of sums within rows: for each row of pixels the sums of those pixels around each
// pixel that a row of the footprint has, the smaller ones being parts of the larger ones;
// and of these the sums over the rows of the footprint.

// A program takes up to fastBytes of memory, so that it stays in any L2 cache. Within
// that the longest rows are the fastest, as frames are then read in order. They have at
// least leastColumns, so that the pixels at their ends, which are read twice, are few,
// unless that takes more than mostBytes.
const (
	fastBytes    = 128 << 10
	leastColumns = 256
	mostBytes    = 400 << 10
)

// batchRows is the number of rows of pixels that are added up together. So a row of
// sums is read and written once for all of them.
const batchRows = 8

// A sumProgram is the sums that lead from rows of pixels to rows of results. They
// are of bytes in memory that has all these rows:
//
//	lines  spans × batchRows  the pixels; the sums of 2, 4, ... of them
//	runs   runs × batchRows   the sums over sets of pixels of a row
//	sums   ring               of results, over the rows that have come so far
//	       batchRows          results, unless they are written elsewhere at once
//
// A row of results is in the ring from the batch with the first row of pixels that it
// is a sum of up to the one with the last.
type sumProgram struct {
	footprint
	spans, runs, ring int // see above
	columns           int // the most results in a row

	// Distances from row to row, and the column where the pixels of a line begin.
	lineStride, runStride, lineColumn int

	// In each batch first sums are made to grow, then the other sums within rows follow,
	// and at last, for each place of the ring that the batch may begin at, those over rows.
	growth  growth
	perRow  sumCode
	perRing []sumCode

	lanes laneProgram // instead of all these, where there are no vector instructions

	// only is the column of the footprint's only pixel, for which none of these are
	// needed, or -1.
	only int
}

// newSumProgram returns the program for a footprint, and rows of so many results.
func newSumProgram(f footprint, width int) *sumProgram {
	f.rows = slices.Clone(f.rows) // which are lent
	plan := f.plan()
	p := &sumProgram{
		footprint: f, spans: plan.spans, runs: plan.runs,
		// After a row of pixels, rows of results have begun that lack 1 to len(f.rows)-1 more.
		// A batch completes results before it begins those that take their places.
		ring: max(len(f.rows)-1+batchRows-1, batchRows) / batchRows * batchRows,
		// The pixel in the middle, which most sums have, is aligned.
		lineColumn: -f.x & (sumBytes - 1),
		only:       -1,
	}
	if len(f.rows) == 1 && f.rows[0].size() == 1 {
		p.only = plan.sets[0].pieces[0].x
	}
	rows := (p.spans+p.runs+1)*batchRows + p.ring
	most := max(sumBytes, min(max(leastColumns, fastBytes/rows), mostBytes/rows))
	strips := (width + most - 1) / most
	p.columns = ((width+strips-1)/strips + sumBytes - 1) &^ (sumBytes - 1)
	p.lanes = p.laneProgram(p.columns)
	p.lineStride = strideFor(p.lineColumn + p.columns + f.width - 1)
	p.runStride = strideFor(p.columns)
	p.growth = p.grow(plan.steps)
	p.perRow = p.addRows(&plan)
	for at := 0; at < p.ring; at += batchRows {
		p.perRing = append(p.perRing, p.addBatch(at, &plan))
	}
	return p
}

// memory returns how many bytes the rows take. Sums read some more than they need
// beyond the end of a row.
func (p *sumProgram) memory() int { return p.result(batchRows) + maxFootprint + sumBytes }

// line returns where a row of sums of 1<<span pixels begins. The first is that of
// the pixel that the left end of the footprint is at for the first result.
func (p *sumProgram) line(span, row int) int {
	return (span*batchRows+row)*p.lineStride + p.lineColumn
}

// run returns where the sums over a set of a row of pixels begin.
func (p *sumProgram) run(run, row int) int {
	return p.spans*batchRows*p.lineStride + (run*batchRows+row)*p.runStride
}

// sum returns where a row of the ring begins.
func (p *sumProgram) sum(row int) int { return p.run(p.runs, (row+p.ring)%p.ring) }

// result returns where a row of results begins.
func (p *sumProgram) result(row int) int { return p.sum(p.ring-1) + (1+row)*p.runStride }

// place returns where the sums over a set of a row of pixels are.
func (p *sumProgram) place(set *setPlan, row int) int {
	if set.run < 0 {
		return p.line(set.pieces[0].span, row) + set.pieces[0].x
	}
	return p.run(set.run, row)
}

// grow returns the growth with these steps.
func (p *sumProgram) grow(steps uint32) growth {
	g := growth{
		line: p.line(0, 0) + p.x, lineStride: p.lineStride,
		run: p.run(0, 0), runStride: p.runStride, setStride: p.run(1, 0) - p.run(0, 0),
		columns: p.columns, steps: steps,
	}
	sets := bits.OnesCount32(steps)
	// Kernels read the next vector of a row too, as they shift its pixels.
	g.needs = max(g.line+(batchRows-1)*g.lineStride+sumBytes, g.run+(batchRows-1)*g.runStride+(sets-1)*g.setStride) + g.columns
	return g
}

// addRows returns the sums of a batch within rows that are not made to grow.
func (p *sumProgram) addRows(plan *footprintPlan) (code sumCode) {
	for span := 1; span < p.spans; span++ {
		for row := range batchRows {
			// From the beginning of the row on, where it is aligned.
			to, half := p.line(span, row)-p.lineColumn, p.line(span-1, row)-p.lineColumn
			code.add(p.lineColumn+p.columns+p.width-1, to, half, half+1<<(span-1))
		}
	}
	for i := range plan.sets {
		set := &plan.sets[i]
		if set.grown || set.run < 0 {
			continue
		}
		for row := range batchRows {
			var rows []int
			if set.from >= 0 {
				rows = append(rows, p.place(&plan.sets[set.from], row))
			}
			for _, piece := range set.pieces {
				rows = append(rows, p.line(piece.span, row)+piece.x)
			}
			code.add(p.columns, p.run(set.run, row), rows...)
		}
	}
	code.end()
	return code
}

// addBatch returns the sums of a batch over its rows, the first of which is the first
// row of pixels of the results at a place of the ring.
func (p *sumProgram) addBatch(at int, plan *footprintPlan) (code sumCode) {
	height := len(p.rows)
	code.columns = p.columns
	code.numbers = make([]int32, 0, (height+batchRows-1)*(sumHeader+mostRows)+1)
	var memory [mostRows]int
	for first := 1 - height; first < batchRows; first++ {
		// These results are over rows of the batch from first on.
		rows := memory[:0]
		if first < 0 {
			rows = append(rows, p.sum(at+first))
		}
		for row := max(first, 0); row < min(first+height, batchRows); row++ {
			if set := plan.setOfRow[row-first]; set >= 0 {
				rows = append(rows, p.place(&plan.sets[set], row))
			}
		}
		if last := first + height - 1; last < batchRows {
			code.add(p.columns, resultPlace(last), rows...)
		} else if first >= 0 || len(rows) > 1 {
			code.add(p.columns, p.sum(at+first), rows...)
		}
	}
	code.end()
	return code
}
