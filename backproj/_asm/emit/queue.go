package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Table is the register that holds the address of the table that indices
// address.
var Table = reg.RSI

// A queue holds the indices of two batches on the stack. They are read an
// iteration after they were written, when the stores have long completed.
type queue struct {
	batch        int // pixels of a batch
	older, newer reg.GPVirtual
}

func newQueue(batch int) queue {
	q := queue{batch, GP64(), GP64()}
	frame := AllocLocal(2*2*batch + batch)
	// Aligned to a vector, so that none crosses a cache line.
	LEAQ(frame.Offset(batch-1), q.older)
	ANDQ(I8(-batch), q.older)
	LEAQ(Mem{Base: q.older, Disp: 2 * batch}, q.newer)
	return q
}

// put overwrites the older indices with those of a batch, in two vectors.
func (q *queue) put(first, second Op) {
	move := func(from, to Op) { VMOVDQA(from, to) }
	if q.batch == 64 {
		move = func(from, to Op) { VMOVDQA64(from, to) }
	}
	move(first, Mem{Base: q.older})
	move(second, Mem{Base: q.older, Disp: q.batch})
}

// swap exchanges the roles of the older and the newer indices.
func (q *queue) swap() { XCHGQ(q.older, q.newer) }

// loadPair loads older indices i and i+1 into RDX and RCX, by a single load.
func (q *queue) loadPair(i int, signed bool) {
	at := Mem{Base: q.older, Disp: 2 * i}
	if signed {
		MOVLQSX(at, reg.RCX)
		MOVWQSX(reg.CX, reg.RDX)
		SARQ(Imm(16), reg.RCX)
		return
	}
	MOVL(at, reg.ECX)
	MOVWLZX(reg.CX, reg.EDX)
	SHRL(Imm(16), reg.ECX)
}
