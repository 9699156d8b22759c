package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Table is the register that holds the address of what indices lead to.
var Table = reg.RSI

// A queue holds, on the stack, the indices of the two turns before this one: by
// the time they are used, a turn later, they have long been there.
type queue struct {
	turn         int // pixels of a turn
	older, newer reg.GPVirtual
}

func newQueue(turn int) queue {
	q := queue{turn, GP64(), GP64()}
	frame := AllocLocal(2*2*turn + turn)
	// Aligned, so that no vector crosses a cache line.
	LEAQ(frame.Offset(turn-1), q.older)
	ANDQ(I8(-turn), q.older)
	LEAQ(Mem{Base: q.older, Disp: 2 * turn}, q.newer)
	return q
}

// put writes the indices of a turn, in two vectors, over the older ones.
func (q *queue) put(first, second Op) {
	move := func(from, to Op) { VMOVDQA(from, to) }
	if q.turn == 64 {
		move = func(from, to Op) { VMOVDQA64(from, to) }
	}
	move(first, Mem{Base: q.older})
	move(second, Mem{Base: q.older, Disp: q.turn})
}

func (q *queue) swap() { XCHGQ(q.older, q.newer) }

// two loads two of the older indices, by one load, into RDX and RCX.
func (q *queue) two(i int, signed bool) {
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
