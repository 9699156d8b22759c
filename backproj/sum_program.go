package backproj

import "slices"

// A saturated sum of bytes is a chain of saturating additions in any order, as none
// of them is negative. So the sums over a footprint are made of sums of runs: for
// each row of pixels the sums of those pixels around each pixel that a row of the
// footprint has, the smaller ones being parts of the larger ones; and of these the
// sums over the rows of the footprint.

// fastBytes is how much memory a program takes if it can: what fits an L1 cache of 32
// KiB with something to spare. But it has at least leastColumns columns, so that the
// pixels at the ends of rows, which are read twice, are few.
const (
	fastBytes    = 24 << 10
	leastColumns = 256
)

// sumBytes is what numbers of bytes to sum are multiples of.
const sumBytes = 64

// batchRows is the number of rows of pixels that are added up together. So a row of
// results is read and written once for all of them.
const batchRows = 4

// A sumProgram is the sums that lead from rows of pixels to rows of results. They
// are of bytes in a slice that holds all these rows:
//
//	lines   batchRows × spans   the pixels; the sums of 2, 4, ... of them
//	runs    batchRows × sets    the sums over each set of pixels in a row
//	sums    ring                of results, over the rows that have come so far
//
// Results of a row are in the ring from the batch with the first row that its
// footprint has to the one with the last.
type sumProgram struct {
	width, height int // of the footprint
	columns       int // the most results in a row
	stride        int // from row to row

	spans, sets, ring int // see above

	// codes are the sums of a batch, for each place of the ring that it may begin at.
	codes []sumCode
}

// newSumProgram returns the program for a footprint, and rows of so many results.
func newSumProgram(f footprint, width int) *sumProgram {
	sets, setOfRow := f.sets()
	steps := planSets(sets)
	p := &sumProgram{
		width: f.width, height: len(f.rows),
		spans: fewestReads(steps), sets: len(sets),
		// In a batch, rows of results are there that end with its first row and that begin
		// with its last.
		ring: (len(f.rows) + 2*batchRows - 2) / batchRows * batchRows,
	}
	most := max(leastColumns, fastBytes/p.rows())
	strips := (width + most - 1) / most
	p.columns = ((width+strips-1)/strips + sumBytes - 1) &^ (sumBytes - 1)
	p.stride = strideFor(p.columns + f.width - 1)
	for at := 0; at < p.ring; at += batchRows {
		p.codes = append(p.codes, p.code(at, steps, setOfRow))
	}
	return p
}

// A setStep says that the sum over a set is that over another set, unless that is
// -1, and the rest.
type setStep struct {
	from int
	rest pixelSet
}

// planSets returns a step for each set: from the largest one before it that it
// contains.
func planSets(sets []pixelSet) (steps []setStep) {
	for i, set := range sets {
		step := setStep{-1, set}
		for j := i - 1; j >= 0 && step.from < 0; j-- {
			if rest, contains := set.without(sets[j]); contains {
				step = setStep{j, rest}
			}
		}
		steps = append(steps, step)
	}
	return steps
}

// fewestReads returns the number of spans with which the steps read the fewest
// bytes. Each span beside the first, the pixels themselves, takes two reads and a
// write.
func fewestReads(steps []setStep) (best int) {
	least := 0
	for spans := 1; spans <= 8; spans++ {
		reads := 3 * (spans - 1)
		for _, step := range steps {
			step.rest.pieces(spans, func(int, int) { reads++ })
		}
		if best == 0 || reads < least {
			best, least = spans, reads
		}
	}
	return best
}

// memory returns how many bytes the rows take. Sums read some more than they need
// beyond the end of a row.
func (p *sumProgram) memory() int {
	return p.rows()*p.stride + maxFootprint + sumBytes
}

func (p *sumProgram) rows() int { return (p.spans+p.sets)*batchRows + p.ring }

// line returns where a row of sums of 1<<span pixels begins. The first is that of
// the pixel that the left end of the footprint is at for the first result.
func (p *sumProgram) line(span, row int) int {
	return (span*batchRows + row) * p.stride
}

// run returns where the sums over a set of a row of pixels begin.
func (p *sumProgram) run(set, row int) int {
	return ((p.spans+set)*batchRows + row) * p.stride
}

// sum returns where a row of the ring begins.
func (p *sumProgram) sum(row int) int {
	return ((p.spans+p.sets)*batchRows + (row+p.ring)%p.ring) * p.stride
}

// code returns the sums of a batch, the first row of which belongs to a place of the
// ring: the last pixels of its results, or the first of those in the following rows.
func (p *sumProgram) code(at int, steps []setStep, setOfRow []int) (code sumCode) {
	for row := range batchRows {
		for span := 1; span < p.spans; span++ {
			half := p.line(span-1, row)
			code.add(p.columns+p.width-1, p.line(span, row), half, half+1<<(span-1))
		}
	}
	// where returns where the sums over a set are. Those over a single piece are there
	// already.
	where := func(set, row int) int {
		var pieces []int
		steps[set].rest.pieces(p.spans, func(span, x int) { pieces = append(pieces, p.line(span, row)+x) })
		if steps[set].from < 0 && len(pieces) == 1 {
			return pieces[0]
		}
		return p.run(set, row)
	}
	for set, step := range steps {
		for row := range batchRows {
			var from []int
			if step.from >= 0 {
				from = append(from, where(step.from, row))
			}
			step.rest.pieces(p.spans, func(span, x int) { from = append(from, p.line(span, row)+x) })
			if len(from) > 1 {
				code.add(p.columns, p.run(set, row), from...)
			}
		}
	}
	first := slices.IndexFunc(setOfRow, func(set int) bool { return set >= 0 })
	for result := 1 - p.height; result < batchRows; result++ {
		var from []int
		begun := result+first < 0 // by an earlier batch
		if begun {
			from = append(from, p.sum(at+result))
		}
		for row := range batchRows {
			if y := row - result; y >= 0 && y < p.height && setOfRow[y] >= 0 {
				from = append(from, where(setOfRow[y], row))
			}
		}
		if len(from) > 1 || len(from) == 1 && !begun {
			code.add(p.columns, p.sum(at+result), from...)
		}
	}
	code.end()
	return code
}

// A sumCode is a sequence of sums, and how many bytes it needs. Each sum is a number
// of bytes, where to write them, how many rows to add up, and where these begin. The
// sequence ends with a 0.
type sumCode struct {
	sums  []int32
	needs int
}

func (c *sumCode) add(n, to int, from ...int) {
	n = (n + sumBytes - 1) &^ (sumBytes - 1)
	c.sums = append(c.sums, int32(n), int32(to), int32(len(from)))
	for _, at := range from {
		c.sums = append(c.sums, int32(at))
	}
	c.needs = max(c.needs, max(to, slices.Max(from))+n)
}

func (c *sumCode) end() { c.sums = append(c.sums, 0) }
