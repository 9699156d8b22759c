// Package emit holds the code that the generators of the kernels share.
//
// A kernel processes a row in batches: as many pixels as a vector register has
// bytes. The CPU gets two kinds of work from a batch, vector arithmetic that
// converts its pixels and scalar loads that look their results up, and the
// kernels are software pipelined so that it has both at all times: while one
// batch is converted, an earlier one is looked up. To that end a stage of the
// pipeline is not emitted at once, but returned as a list of steps, functions
// that emit a few instructions each, which Interleave merges with the steps of
// the other stages.
//
// In Go's assembly the destination comes last, and the sources are in the
// reverse of Intel's order: VPSUBB(a, b, c) is c = b - a, and
// VPUNPCKLBW(high, low, c) interleaves the bytes of low and high to words.
package emit

// Interleave emits several lists of steps. Each keeps its order, and all are
// spread evenly over the result: a CPU cannot look far enough ahead to find the
// instructions of another stage behind all those of the first.
func Interleave(lists ...[]func()) {
	done := make([]int, len(lists))
	for {
		next, least := -1, 2.0
		for i, list := range lists {
			if at := (float64(done[i]) + 0.5) / float64(len(list)); done[i] < len(list) && at < least {
				next, least = i, at
			}
		}
		if next < 0 {
			return
		}
		lists[next][done[next]]()
		done[next]++
	}
}
