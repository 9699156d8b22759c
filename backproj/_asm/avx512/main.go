// The command avx512 writes the kernel for CPUs with AVX-512 F, BW, VL and
// VBMI: 64 pixels a turn.
package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// turn is the number of pixels of a turn: one byte of each fills a register.
const turn = 64

func main() {
	c := newConstants()
	for _, size := range []int{3, 4} {
		index(c, size)
		project(c, size)
	}
	Generate()
}

// A row walks over the pixels of a row, 64 a turn. The last turn ends with the
// row, and so may do some pixels of the one before again.
type row struct {
	src       reg.GPVirtual
	at, final reg.GPVirtual // the first pixel of this turn, and of the last
	size      int
}

func newRow(size int) *row {
	r := &row{src: GP64(), at: GP64(), final: GP64(), size: size}
	Load(Param("src"), r.src)
	Load(Param("n"), r.final)
	SUBQ(Imm(turn), r.final)
	XORQ(r.at, r.at)
	return r
}

// pixels returns the address of this turn's first pixel, in temp.
func (r *row) pixels(temp reg.GPVirtual) Mem {
	if r.size == 3 {
		LEAQ(Mem{Base: r.at, Index: r.at, Scale: 2}, temp)
		return Mem{Base: r.src, Index: temp, Scale: 1}
	}
	return Mem{Base: r.src, Index: r.at, Scale: 4}
}

// next goes on to the next turn at the label, unless this was the last.
func (r *row) next(label string) {
	done := label + "Done"
	CMPQ(r.at, r.final)
	JEQ(LabelRef(done))
	ADDQ(Imm(turn), r.at)
	CMPQ(r.at, r.final)
	CMOVQGT(r.final, r.at)
	JMP(LabelRef(label))
	Label(done)
}

func index(c *constants, size int) {
	TEXT(fmt.Sprintf("index%dAVX512", size), attr.NOSPLIT, "func(dst *uint16, values, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("index%dAVX512 is kernel.index for n ≥ %d pixels of %d bytes; values may be nil.", size, turn, size))
	r := newRow(size)
	dst, values := GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("values"), values)
	k := newKernel(c, size)
	temp := GP64()

	Label("turn")
	first, second, v := k.turn(r.pixels(temp), func() {})
	VMOVDQU16(first, Mem{Base: dst, Index: r.at, Scale: 2})
	VMOVDQU16(second, Mem{Base: dst, Index: r.at, Scale: 2, Disp: turn})
	TESTQ(values, values)
	JEQ(LabelRef("next"))
	order := ZMM()
	VMOVDQU8(c.at("order"), order)
	VPERMB(v, order, v)
	VMOVDQU8(v, Mem{Base: values, Index: r.at, Scale: 1})
	Label("next")
	r.next("turn")
	VZEROUPPER()
	RET()
}

func project(c *constants, size int) {
	TEXT(fmt.Sprintf("project%dAVX512", size), attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, table *uint8)")
	Pragma("noescape")
	Doc(fmt.Sprintf("project%dAVX512 is kernel.project for n ≥ %d pixels of %d bytes.", size, turn, size))
	// A turn looks up the pixels of two turns before: by then their indices,
	// which are handed over on the stack, have long been there, and the loads
	// fill the gaps that the vector instructions leave. The first two turns
	// look up what they put there themselves: their results are written again.
	frame := AllocLocal(2*2*turn + turn)
	r := newRow(size)
	l := newLookup(frame)
	k := newKernel(c, size)
	temp := GP64()

	first, second, _ := k.turn(r.pixels(temp), func() {})
	l.hand(first, second, r.at)
	l.hand(first, second, r.at)
	Label("turn")
	CMPQ(r.at, r.final)
	JEQ(LabelRef("last"))
	ADDQ(Imm(turn), r.at)
	CMPQ(r.at, r.final)
	CMOVQGT(r.final, r.at)
	l.begin()
	first, second, _ = k.turn(r.pixels(temp), l.some)
	l.rest()
	l.hand(first, second, r.at)
	JMP(LabelRef("turn"))

	Label("last")
	l.begin()
	l.rest()
	l.swap()
	l.begin()
	l.rest()
	VZEROUPPER()
	RET()
}
