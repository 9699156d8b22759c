package backproj

import "slices"

// A footprintPlan says how to add up the rows of a footprint.
type footprintPlan struct {
	sets     []setPlan // each from those before it
	setOfRow []int     // -1 for a row without pixels

	spans int    // sums of 1, 2, 4, ... 1<<(spans-1) pixels are there
	runs  int    // the number of sets that have a row of sums for each row of pixels
	steps uint32 // of the growth
}

// A setPlan says how to add up the pixels of a set.
type setPlan struct {
	run    int     // its row of sums; -1 if its only piece is there already
	grown  bool    // by the growth, otherwise from what follows
	from   int     // the set whose sums are part of its sums; -1 if there is none
	pieces []piece // the rest
}

// Rough costs of 64 bytes of a row. CPUs read two vectors, or one that is in two cache
// lines, in less time than they write one.
const (
	readCost      = 2
	unalignedCost = 4
	writeCost     = 3
	stepCost      = 2 // of a growth
)

// mostSpans is enough for the longest run of pixels.
const mostSpans = 8

// plan returns how to add up the rows of the footprint, at the least cost.
func (f *footprint) plan() (best footprintPlan) {
	sets, setOfRow := f.sets()
	least := 0
	var unused []setPlan // by any plan
	for spans := 1; spans <= mostSpans; spans++ {
		for _, grows := range []bool{true, false} {
			if unused == nil {
				unused = make([]setPlan, len(sets))
			}
			clear(unused)
			p := footprintPlan{sets: unused, setOfRow: setOfRow, spans: spans}
			cost := (spans - 1) * (readCost + unalignedCost + writeCost)
			if grows {
				cost += f.planGrowth(&p, sets)
			}
			cost += f.planOthers(&p, sets)
			if best.sets == nil || cost < least {
				unused, best, least = best.sets, p, cost
			}
		}
	}
	return best
}

// planGrowth plans the sets that a growth makes, and returns its cost.
func (f *footprint) planGrowth(p *footprintPlan, sets []pixelSet) (cost int) {
	var set pixelSet
	for step := range mostSteps + 1 {
		x := f.x + grownColumn(step)
		if x < 0 || x >= f.width {
			break
		}
		set.add(x)
		if i := slices.Index(sets, set); i >= 0 && step > 0 {
			p.sets[i] = setPlan{grown: true, run: p.runs}
			p.runs++
			p.steps |= 1 << (step - 1)
			cost = readCost + step*stepCost + p.runs*writeCost
		}
	}
	return cost
}

// planOthers plans the other sets, and returns their cost.
func (f *footprint) planOthers(p *footprintPlan, sets []pixelSet) (cost int) {
	for i, all := range sets {
		set := &p.sets[i]
		if set.grown {
			continue
		}
		*set = setPlan{run: -1, from: -1}
		rest := all
		for j := i - 1; j >= 0 && set.from < 0; j-- {
			if without, contained := all.without(sets[j]); contained {
				set.from, rest = j, without
			}
		}
		set.pieces = rest.pieces(p.spans)
		reads := 0
		for _, piece := range set.pieces {
			reads += f.cost(piece)
		}
		// A single piece that many rows of the footprint have is better copied if it is
		// not aligned.
		uses := countOf(p.setOfRow, i)
		if set.from < 0 && len(set.pieces) == 1 && uses*reads <= reads+writeCost+uses*readCost {
			continue
		}
		if set.from >= 0 {
			reads += readCost
		}
		cost += reads + writeCost
		set.run = p.runs
		p.runs++
	}
	return cost
}

// cost returns the cost of reading a piece. The pixel in the middle is aligned.
func (f *footprint) cost(p piece) int {
	if (p.x-f.x)%sumBytes == 0 {
		return readCost
	}
	return unalignedCost
}

func countOf(numbers []int, n int) (count int) {
	for _, number := range numbers {
		if number == n {
			count++
		}
	}
	return count
}
