package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Count emits the body of a function that counts the pixels of a row by index.
// The parameter counts points to 32-bit counts. n must be a multiple of the
// batch: a last batch that overlaps would count pixels twice.
//
// The function convert emits the conversion of a batch, interleaved with the
// given steps, and returns two vectors of indices.
//
// As in Project, each iteration counts the pixels of two batches before. Counts
// wait for the cache and, where neighbours have one colour, for each other; the
// vector instructions go on in the meantime.
func Count(r *Row, convert func(counts []func()) (first, second Op)) {
	q := newQueue(r.batch)
	Load(Param("counts"), Table)
	enqueue := func(first, second Op) {
		q.put(first, second)
		q.swap()
	}
	enqueue(convert(nil))
	r.Next("one")
	enqueue(convert(nil))
	Label("batch")
	r.Next("last")
	enqueue(convert(q.counts()))
	JMP(LabelRef("batch"))

	Label("last")
	Interleave(q.counts())
	Label("one")
	q.swap()
	Interleave(q.counts())
	VZEROUPPER()
	RET()
}

// counts returns the steps that count the older indices.
func (q *queue) counts() (steps []func()) {
	for i := 0; i < q.batch; i += 2 {
		steps = append(steps, func() {
			q.loadPair(i, false)
			INCL(Mem{Base: Table, Index: reg.RDX, Scale: 4})
			INCL(Mem{Base: Table, Index: reg.RCX, Scale: 4})
		})
	}
	return steps
}
