// The command avx2 writes the kernel for CPUs with AVX2 and FMA: 32 pixels a
// turn.
package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// turn is the number of pixels of a turn: one byte of each fills a register,
// whose lower half has pixels 0 to 15.
const turn = 32

func main() {
	emit.ReadTypes()
	c := newConstants()
	for _, size := range []int{3, 4} {
		convert(c, size)
		count(c, size)
		project(c, size)
		projectHue(c, size)
	}
	Generate()
}

func convert(data *constants, size int) {
	TEXT(fmt.Sprintf("convert%dAVX2", size), attr.NOSPLIT, "func(dst *uint16, values, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("convert%dAVX2 is kernel.index for n ≥ %d pixels of %d bytes; values may be nil.", size, turn, size))
	r := emit.NewRow(turn, size)
	dst, values := GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("values"), values)
	k := newKernel(data, size)
	temp := GP64()

	Label("turn")
	indices, v := k.turn(r.Pixels(temp), func() {})
	// Interleaving has left the words of pixels 0 to 7 and 16 to 23 in the
	// first, and those of the others in the second.
	at := Mem{Base: dst, Index: r.At, Scale: 2}
	VMOVDQU(indices[0].AsX(), at)
	VMOVDQU(indices[1].AsX(), at.Offset(16))
	VEXTRACTI128(Imm(1), indices[0], at.Offset(32))
	VEXTRACTI128(Imm(1), indices[1], at.Offset(48))
	TESTQ(values, values)
	JEQ(LabelRef("next"))
	VMOVDQU(v, Mem{Base: values, Index: r.At, Scale: 1})
	Label("next")
	r.Forward("done")
	JMP(LabelRef("turn"))
	Label("done")
	VZEROUPPER()
	RET()
}

func count(data *constants, size int) {
	TEXT(fmt.Sprintf("count%dAVX2", size), attr.NOSPLIT, "func(counts *uint32, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("count%dAVX2 is kernel.count for pixels of %d bytes, n > 0 a multiple of %d.", size, size, turn))
	r := emit.NewRow(turn, size)
	k := newKernel(data, size)
	temp := GP64()
	emit.Count(r, func(counts []func()) (first, second Op) {
		between, rest := mixing(counts)
		indices, _ := k.turn(r.Pixels(temp), between)
		rest()
		return indices[0], indices[1]
	})
}

func project(data *constants, size int) {
	TEXT(fmt.Sprintf("project%dAVX2", size), attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, table *uint8, lo, span uint8)")
	Pragma("noescape")
	Doc(fmt.Sprintf("project%dAVX2 is kernel.project for n ≥ %d pixels of %d bytes; span is hi - lo.", size, turn, size))
	r := emit.NewRow(turn, size)
	l := emit.NewLookup(turn, place)
	Load(Param("table"), emit.Table)
	k := newKernel(data, size)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		between, rest := mixing(lookups)
		indices, v := k.turn(r.Pixels(temp), between)
		rest()
		emit.IfGated(func(lo, span Mem) { k.shut(indices, v, lo, span) })
		return indices[0], indices[1]
	})
}

// place returns the pixel whose word is the i-th of a turn.
func place(i int) int { return i%8 + i/8%2*16 + i/16*8 }

// mixing returns what emits a lookup at every fourth call, and what emits those
// that are left over.
func mixing(lookups []func()) (between, rest func()) {
	calls := 0
	between = func() {
		if calls++; calls%4 == 0 && len(lookups) > 0 {
			lookups[0]()
			lookups = lookups[1:]
		}
	}
	return between, func() { emit.Mix(lookups) }
}
