package emit

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Project emits the body of a function that projects a row, given what emits
// a turn, mixed with the steps that it is given, and returns the vectors of
// indices.
//
// A turn looks up the pixels of two turns before: by then their indices have
// long been on the stack, and the loads fill the gaps that the vector
// instructions leave. The first two turns of a row look up its first pixels.
func Project(r *Row, l *Lookup, turn func(lookups []func()) (first, second Op)) {
	first, second := turn(nil)
	l.Hand(first, second, r.At)
	l.Hand(first, second, r.At)
	Label("turn")
	r.Forward("last")
	first, second = turn(l.Steps())
	l.Hand(first, second, r.At)
	JMP(LabelRef("turn"))

	Label("last")
	for range 2 {
		Mix(l.Steps())
		l.Swap()
	}
	VZEROUPPER()
	RET()
}

var gates int

// IfGated emits code that runs only if the parameters lo and span, which it
// is given, shut any pixel out.
func IfGated(code func(lo, span Mem)) {
	address := func(name string) Mem {
		b, err := Param(name).Resolve()
		if err != nil {
			panic(err)
		}
		return b.Addr
	}
	gates++
	open := fmt.Sprint("open", gates)
	CMPB(address("span"), Imm(255))
	JEQ(LabelRef(open))
	code(address("lo"), address("span"))
	Label(open)
}

// Table is the register that holds the address of what indices are looked up in.
var Table = reg.RSI

// A Lookup looks up the indices of a turn in the Table, a few at a time.
type Lookup struct {
	// Signed says that indices may be negative.
	Signed bool

	turn  int           // pixels of a turn
	place func(int) int // the pixel whose index is the i-th; 2i and 2i+1 adjoin

	dst reg.GPVirtual

	// The indices of the two turns before this one, and where their results
	// go; the older ones are looked up.
	older, newer     reg.GPVirtual
	olderAt, newerAt reg.GPVirtual
}

// NewLookup returns the lookup of a function with the parameter dst, which sets
// Table on its own. The indices of a turn are handed over on the stack.
func NewLookup(turn int, place func(int) int) *Lookup {
	l := &Lookup{turn: turn, place: place}
	l.dst, l.older, l.newer, l.olderAt, l.newerAt = GP64(), GP64(), GP64(), GP64(), GP64()
	frame := AllocLocal(2*2*turn + turn)
	Load(Param("dst"), l.dst)
	// Aligned, so that no vector crosses a cache line.
	LEAQ(frame.Offset(turn-1), l.older)
	ANDQ(I8(-turn), l.older)
	LEAQ(Mem{Base: l.older, Disp: 2 * turn}, l.newer)
	return l
}

// Hand takes the indices, in two vectors, of the pixels from at on.
func (l *Lookup) Hand(first, second, at Op) {
	move := func(from, to Op) { VMOVDQA(from, to) }
	if l.turn == 64 {
		move = func(from, to Op) { VMOVDQA64(from, to) }
	}
	move(first, Mem{Base: l.older})
	move(second, Mem{Base: l.older, Disp: l.turn})
	l.Swap()
	LEAQ(Mem{Base: l.dst, Index: at.(reg.Register), Scale: 1}, l.newerAt)
}

// Swap makes the newer indices the older ones.
func (l *Lookup) Swap() {
	XCHGQ(l.older, l.newer)
	MOVQ(l.newerAt, l.olderAt)
}

// Steps returns the steps that look up the older indices.
func (l *Lookup) Steps() (steps []func()) {
	for done := 0; done < l.turn; done += 2 {
		steps = append(steps, func() { l.two(done) })
	}
	return steps
}

// two looks up two: one load brings both indices, and one store
// writes both results, put together in AX. AH cannot be named beside
// registers from R8 on, so the others are fixed as well.
func (l *Lookup) two(done int) {
	if l.Signed {
		MOVLQSX(Mem{Base: l.older, Disp: 2 * done}, reg.RCX)
		MOVWQSX(reg.CX, reg.RDX)
		SARQ(Imm(16), reg.RCX)
	} else {
		MOVL(Mem{Base: l.older, Disp: 2 * done}, reg.ECX)
		MOVWLZX(reg.CX, reg.EDX)
		SHRL(Imm(16), reg.ECX)
	}
	MOVBLZX(Mem{Base: Table, Index: reg.RDX, Scale: 1}, reg.EAX)
	MOVB(Mem{Base: Table, Index: reg.RCX, Scale: 1}, reg.AH)
	MOVW(reg.AX, Mem{Base: l.olderAt, Disp: l.place(done)})
}
