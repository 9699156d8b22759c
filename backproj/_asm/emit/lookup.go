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
	gates++
	open := fmt.Sprint("open", gates)
	CMPB(address(Param("span")), Imm(255))
	JEQ(LabelRef(open))
	code(address(Param("lo")), address(Param("span")))
	Label(open)
}

// A Lookup looks up the indices of a turn in the Table, a few at a time.
type Lookup struct {
	// Signed says that indices may be negative.
	Signed bool

	queue
	place func(int) int // the pixel whose index is the i-th; 2i and 2i+1 adjoin

	// Where the results go, and where those of the two turns before this one do.
	dst, olderAt, newerAt reg.GPVirtual
}

// NewLookup returns the lookup of a function with the parameter dst, which sets
// Table on its own.
func NewLookup(turn int, place func(int) int) *Lookup {
	l := &Lookup{queue: newQueue(turn), place: place, dst: GP64(), olderAt: GP64(), newerAt: GP64()}
	Load(Param("dst"), l.dst)
	return l
}

// Hand takes the indices, in two vectors, of the pixels from at on.
func (l *Lookup) Hand(first, second, at Op) {
	l.put(first, second)
	l.Swap()
	LEAQ(Mem{Base: l.dst, Index: at.(reg.Register), Scale: 1}, l.newerAt)
}

// Swap makes the newer indices the older ones.
func (l *Lookup) Swap() {
	l.swap()
	MOVQ(l.newerAt, l.olderAt)
}

// Steps returns the steps that look up the older indices.
func (l *Lookup) Steps() (steps []func()) {
	for done := 0; done < l.turn; done += 2 {
		steps = append(steps, func() { l.lookUp(done) })
	}
	return steps
}

// lookUp looks up two, and one store writes both results, put together in AX. AH
// cannot be named beside registers from R8 on, so the others are fixed as well.
func (l *Lookup) lookUp(i int) {
	l.two(i, l.Signed)
	MOVBLZX(Mem{Base: Table, Index: reg.RDX, Scale: 1}, reg.EAX)
	MOVB(Mem{Base: Table, Index: reg.RCX, Scale: 1}, reg.AH)
	MOVW(reg.AX, Mem{Base: l.olderAt, Disp: l.place(i)})
}
