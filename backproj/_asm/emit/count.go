package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Count emits the body of a function that adds the pixels of a row to the Table,
// of 32-bit counts by index, given what emits a turn, mixed with the steps that
// it is given, and returns the vectors of indices. The row must be of whole
// turns: what overlaps would be counted twice.
//
// As in Project, a turn counts the pixels of two turns before: while the counts
// wait for each other, those of neighbours of one colour, and for the cache, the
// vector instructions go on.
func Count(r *Row, turn func(counts []func()) (first, second Op)) {
	q := newQueue(r.turn)
	Load(Param("counts"), Table)
	hand := func(first, second Op) {
		q.put(first, second)
		q.swap()
	}
	hand(turn(nil))
	r.Forward("one")
	hand(turn(nil))
	Label("turn")
	r.Forward("last")
	hand(turn(q.counts()))
	JMP(LabelRef("turn"))

	Label("last")
	Mix(q.counts())
	Label("one")
	q.swap()
	Mix(q.counts())
	VZEROUPPER()
	RET()
}

// counts returns the steps that count the older indices.
func (q *queue) counts() (steps []func()) {
	for i := 0; i < q.turn; i += 2 {
		steps = append(steps, func() {
			q.two(i, false)
			INCL(Mem{Base: Table, Index: reg.RDX, Scale: 4})
			INCL(Mem{Base: Table, Index: reg.RCX, Scale: 4})
		})
	}
	return steps
}
