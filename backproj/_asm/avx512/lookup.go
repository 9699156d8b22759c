package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// perStep is how many pixels are looked up between two vector instructions.
const perStep = 2

// A lookup looks up 64 indices in the table, a few at a time.
type lookup struct {
	table reg.GPVirtual
	dst   reg.GPVirtual

	// The indices of the two turns before this one, and where their results
	// go; the older ones are looked up.
	older, newer     reg.GPVirtual
	olderAt, newerAt reg.GPVirtual
	done             int
}

func newLookup(frame Mem) *lookup {
	l := &lookup{dst: GP64(), older: GP64(), newer: GP64(), olderAt: GP64(), newerAt: GP64()}
	Load(Param("dst"), l.dst)
	Load(Param("table"), reg.RSI)
	// Aligned, so that no vector crosses a cache line.
	LEAQ(frame.Offset(turn-1), l.older)
	ANDQ(I8(-turn), l.older)
	LEAQ(Mem{Base: l.older, Disp: 2 * turn}, l.newer)
	return l
}

// hand takes the indices of the pixels from at on.
func (l *lookup) hand(first, second, at reg.Register) {
	VMOVDQA64(first, Mem{Base: l.older})
	VMOVDQA64(second, Mem{Base: l.older, Disp: turn})
	l.swap()
	LEAQ(Mem{Base: l.dst, Index: at, Scale: 1}, l.newerAt)
}

// swap makes the newer indices the older ones.
func (l *lookup) swap() {
	XCHGQ(l.older, l.newer)
	MOVQ(l.newerAt, l.olderAt)
}

func (l *lookup) begin() { l.done = 0 }

func (l *lookup) rest() {
	for l.done < turn {
		l.some()
	}
}

// some looks up the next two: one load brings both indices, and one store
// writes both results, put together in AX. AH cannot be named beside
// registers from R8 on, so the others are fixed as well.
func (l *lookup) some() {
	if l.done >= turn {
		return
	}
	MOVL(Mem{Base: l.older, Disp: 2 * l.done}, reg.ECX)
	MOVWLZX(reg.CX, reg.EDX)
	SHRL(Imm(16), reg.ECX)
	MOVBLZX(Mem{Base: reg.RSI, Index: reg.RDX, Scale: 1}, reg.EAX)
	MOVB(Mem{Base: reg.RSI, Index: reg.RCX, Scale: 1}, reg.AH)
	MOVW(reg.AX, Mem{Base: l.olderAt, Disp: l.done})
	l.done += 2
}
