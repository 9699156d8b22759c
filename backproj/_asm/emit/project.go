package emit

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Project emits the body of a function that projects a row by table lookups.
//
// The function convert emits the conversion of a batch, interleaved with the
// given steps, and returns two vectors of indices.
//
// Each iteration looks up the pixels of two batches before: their indices have
// long been written to the stack, and the lookups fill the gaps that the vector
// instructions leave. The first batch is queued twice, so that the first two
// iterations also have something to look up.
func Project(r *Row, l *Lookup, convert func(lookups []func()) (first, second Op)) {
	first, second := convert(nil)
	l.Enqueue(first, second, r.At)
	l.Enqueue(first, second, r.At)
	Label("batch")
	r.Next("last")
	r.Prefetch()
	first, second = convert(l.Steps())
	l.Enqueue(first, second, r.At)
	JMP(LabelRef("batch"))

	l.Finish("last")
}

// Finish emits the end of a function, with a label before it: it looks up both
// batches in the queue.
func (l *Lookup) Finish(label string) {
	Label(label)
	for range 2 {
		Interleave(l.Steps())
		l.Swap()
	}
	VZEROUPPER()
	RET()
}

// ProjectWithin emits the body of a function that does the same where most pixels
// project to 0, which it need not convert.
//
// The function convert also emits the code that jumps to a label, unless that is "",
// if all pixels of the batch project to 0, before it emits any of the lookups. Then
// the function zero emits the code that writes as many zeros. The result is the number
// of these pixels.
func ProjectWithin(r *Row, l *Lookup, zero func(results Mem), convert func(none string, lookups []func()) (first, second Op)) {
	skipped := Result()
	MOVQ(U32(0), skipped)
	first, second := convert("", nil)
	l.Enqueue(first, second, r.At)
	l.Enqueue(first, second, r.At)
	Label("batch")
	r.Next("last")
	r.Prefetch()
	first, second = convert("none", l.Steps())
	l.Enqueue(first, second, r.At)
	JMP(LabelRef("batch"))

	Label("none")
	ADDQ(Imm(uint64(r.batch)), skipped)
	zero(l.At(r.At))
	JMP(LabelRef("batch"))

	l.Finish("last")
}

var gates int // for labels that differ

// IfGated emits code that runs only if the parameters lo and span, whose
// addresses it is given, may reject a pixel.
func IfGated(code func(lo, span Mem)) {
	gates++
	open := fmt.Sprint("open", gates)
	CMPB(address(Param("span")), Imm(255))
	JEQ(LabelRef(open))
	code(address(Param("lo")), address(Param("span")))
	Label(open)
}

// A Lookup looks up the indices of a batch in Table.
type Lookup struct {
	// Signed says that indices may be negative.
	Signed bool

	// Highs, unless it is zero, is the address of a table of 256 bytes, relative to
	// the stack pointer. High bytes of indices are looked up in it first.
	Highs Mem

	queue
	place func(int) int // the pixel that the i-th index belongs to; 2i and 2i+1 must adjoin

	// The addresses of all results, of those of the older batch in the queue,
	// and of those of the newer one.
	dst, olderAt, newerAt reg.GPVirtual
}

// NewLookup returns the lookup of a function with the parameter dst. The caller
// sets Table.
func NewLookup(batch int, place func(int) int) *Lookup {
	l := &Lookup{queue: newQueue(batch), place: place, dst: GP64(), olderAt: GP64(), newerAt: GP64()}
	Load(Param("dst"), l.dst)
	return l
}

// At returns the address of the results of the batch that begins with pixel at.
func (l *Lookup) At(at reg.Register) Mem { return Mem{Base: l.dst, Index: at, Scale: 1} }

// Enqueue queues two vectors of indices, of the batch that begins with pixel at,
// in place of the older batch.
func (l *Lookup) Enqueue(first, second, at Op) {
	l.put(first, second)
	l.Swap()
	LEAQ(l.At(at.(reg.Register)), l.newerAt)
}

// Swap makes the newer batch the older one.
func (l *Lookup) Swap() {
	l.swap()
	MOVQ(l.newerAt, l.olderAt)
}

// Steps returns the steps that look up the older batch.
func (l *Lookup) Steps() (steps []func()) {
	for i := 0; i < l.batch; i += 2 {
		steps = append(steps, func() { l.lookUpPair(i) })
	}
	return steps
}

// lookUpPair looks up two pixels and writes both results by one store of AX,
// where AL and AH hold them. An instruction with AH cannot use R8 to R15,
// therefore the registers are fixed.
func (l *Lookup) lookUpPair(i int) {
	l.loadPair(i, l.Signed)
	if highs := l.Highs; highs.Base != nil {
		highs.Index, highs.Scale = reg.RAX, 1
		MOVBLZX(reg.DH, reg.EAX)
		MOVB(highs, reg.DH)
		MOVBLZX(reg.CH, reg.EAX)
		MOVB(highs, reg.CH)
	}
	MOVBLZX(Mem{Base: Table, Index: reg.RDX, Scale: 1}, reg.EAX)
	MOVB(Mem{Base: Table, Index: reg.RCX, Scale: 1}, reg.AH)
	MOVW(reg.AX, Mem{Base: l.olderAt, Disp: l.place(i)})
}
