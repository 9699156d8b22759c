// The command avx512 writes the kernel for CPUs with AVX-512 F, BW, VL and
// VBMI: 64 pixels a turn.
package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// turn is the number of pixels of a turn: one byte of each fills a register.
const turn = 64

func main() {
	emit.ReadTypes()
	c := newConstants()
	for _, size := range []int{3, 4} {
		convert(c, size)
		count(c, size)
		project(c, size)
		projectHue(c, size)
		projectHueSaturation(c, size)
		projectHSV(c, size)
	}
	Generate()
}

func convert(c *constants, size int) {
	TEXT(fmt.Sprintf("convert%dAVX512", size), attr.NOSPLIT, "func(dst *uint16, values, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("convert%dAVX512 is kernel.index for n ≥ %d pixels of %d bytes; values may be nil.", size, turn, size))
	r := emit.NewRow(turn, size)
	dst, values := GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("values"), values)
	k := newKernel(c, size, 0)
	temp, at := GP64(), GP64()
	this := newChroma()
	emit.Mix(k.chroma(r.Pixels(temp), this))
	finish := func(label string, more ...[]func()) {
		colours := newColours()
		emit.Mix(append(more, k.colours(this, colours))...)
		indices := k.indices(colours)
		VMOVDQU16(indices[0], Mem{Base: dst, Index: at, Scale: 2})
		VMOVDQU16(indices[1], Mem{Base: dst, Index: at, Scale: 2, Disp: turn})
		TESTQ(values, values)
		JEQ(LabelRef(label))
		k.inOrder(colours.values, colours.values)
		VMOVDQU8(colours.values, Mem{Base: values, Index: at, Scale: 1})
		Label(label)
	}
	Label("turn")
	MOVQ(r.At, at)
	r.Forward("last")
	next := newChroma()
	finish("next", k.chroma(r.Pixels(temp), next))
	this.take(next)
	JMP(LabelRef("turn"))
	Label("last")
	finish("done")
	VZEROUPPER()
	RET()
}

// indices returns hue<<8 | saturation, in words.
func (k *kernel) indices(c colours) (indices [2]reg.VecVirtual) {
	for i := range indices {
		VPSLLW(Imm(8), c.hues[i], c.hues[i])
		VPORQ(c.hues[i], c.saturations[i], c.saturations[i])
		indices[i] = c.saturations[i]
	}
	return indices
}

// inOrder makes bytes of which the i-th is of pixel place(i) the same in the
// order of the pixels.
func (k *kernel) inOrder(bytes, ordered reg.VecVirtual) {
	order := ZMM()
	VMOVDQU8(k.at("order"), order)
	VPERMB(bytes, order, ordered)
}

func count(c *constants, size int) {
	TEXT(fmt.Sprintf("count%dAVX512", size), attr.NOSPLIT, "func(counts *uint32, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("count%dAVX512 is kernel.count for pixels of %d bytes, n > 0 a multiple of %d.", size, size, turn))
	r := emit.NewRow(turn, size)
	k := newKernel(c, size, 10)
	temp := GP64()
	emit.Count(r, func(counts []func()) (first, second Op) {
		indices, _ := k.turn(r.Pixels(temp), counts)
		return indices[0], indices[1]
	})
}

func project(c *constants, size int) {
	TEXT(fmt.Sprintf("project%dAVX512", size), attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, table *uint8, lo, span uint8)")
	Pragma("noescape")
	Doc(fmt.Sprintf("project%dAVX512 is kernel.project for n ≥ %d pixels of %d bytes; span is hi - lo.", size, turn, size))
	r := emit.NewRow(turn, size)
	l := emit.NewLookup(turn, func(i int) int { return i })
	Load(Param("table"), emit.Table)
	k := newKernel(c, size, 10)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		indices, v := k.turn(r.Pixels(temp), lookups)
		emit.IfGated(func(lo, span Mem) { k.shut(indices, v, lo, span) })
		return indices[0], indices[1]
	})
}

// turn emits all of a turn, mixed with other steps, and returns the indices and
// the values.
func (k *kernel) turn(pixels Mem, others []func()) (indices [2]reg.VecVirtual, values reg.VecVirtual) {
	chroma, colours := newChroma(), newColours()
	emit.Mix(append(k.chroma(pixels, chroma), k.colours(chroma, colours)...), others)
	return k.indices(colours), colours.values
}

// shut makes the indices those of an entry that is 0, 0xc8c8, where v - lo,
// which wraps below lo, exceeds span.
func (k *kernel) shut(indices [2]reg.VecVirtual, v reg.VecVirtual, lo, span Mem) {
	x, none, inside, outside := ZMM(), ZMM(), K(), K()
	k.inside(v, lo, span, inside)
	KNOTQ(inside, outside)
	VPMOVM2B(outside, x)
	g := GP32()
	MOVL(U32(0xc8c8c8c8), g)
	VPBROADCASTD(g, none)
	for i, unpack := range interleaved {
		y := ZMM()
		unpack(x, x, y)
		VPTERNLOGQ(Imm(selectByC), none, y, indices[i])
	}
}

// selectByC is the truth table of VPTERNLOG, whose operands are, from the
// destination on, a, b and c here: b ? c : a.
const selectByC = 0b1011_1000

// inside sets where v - lo, which wraps below lo, does not exceed span.
func (k *kernel) inside(v reg.VecVirtual, lo, span Mem, inside reg.Register) {
	x, y := ZMM(), ZMM()
	VPBROADCASTB(lo, x)
	VPSUBB(x, v, x)
	VPBROADCASTB(span, y)
	VPCMPUB(Imm(lessOrEqual), y, x, inside)
}
