// The command avx512 writes the kernel for CPUs with AVX-512 F, BW, VL and
// VBMI: 64 pixels a turn.
package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/backproj/backproj/backproj/_asm/emit"
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

func index(c *constants, size int) {
	TEXT(fmt.Sprintf("index%dAVX512", size), attr.NOSPLIT, "func(dst *uint16, values, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("index%dAVX512 is kernel.index for n ≥ %d pixels of %d bytes; values may be nil.", size, turn, size))
	r := emit.NewRow(turn, size)
	dst, values := GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("values"), values)
	k := newKernel(c, size)
	temp := GP64()

	Label("turn")
	first, second, v := k.turn(r.Pixels(temp), func() {})
	VMOVDQU16(first, Mem{Base: dst, Index: r.At, Scale: 2})
	VMOVDQU16(second, Mem{Base: dst, Index: r.At, Scale: 2, Disp: turn})
	TESTQ(values, values)
	JEQ(LabelRef("next"))
	order := ZMM()
	VMOVDQU8(c.at("order"), order)
	VPERMB(v, order, v)
	VMOVDQU8(v, Mem{Base: values, Index: r.At, Scale: 1})
	Label("next")
	r.Forward("done")
	JMP(LabelRef("turn"))
	Label("done")
	VZEROUPPER()
	RET()
}

func project(c *constants, size int) {
	TEXT(fmt.Sprintf("project%dAVX512", size), attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, table *uint8, lo, span uint8)")
	Pragma("noescape")
	Doc(fmt.Sprintf("project%dAVX512 is kernel.project for n ≥ %d pixels of %d bytes; span is hi - lo.", size, turn, size))
	r := emit.NewRow(turn, size)
	l := emit.NewLookup(turn, 1, func(i int) int { return i })
	k := newKernel(c, size)
	emit.Project(r, l, func(pixels Mem, between func()) (first, second Op) {
		f, s, v := k.turn(pixels, between)
		emit.IfGated(func(lo, span Mem) { shut(f, s, v, lo, span) })
		return f, s
	})
}
