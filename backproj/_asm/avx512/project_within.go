package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// projectWithin emits the function that projects where most saturations are outside
// some bounds.
func projectWithin(c *constants, size int) {
	name := fmt.Sprintf("projectWithin%dAVX512", size)
	TEXT(name, attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, table *uint8, lo, span uint8, lower, upper uint16) int")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s is kernel.projectWithin for n ≥ %d pixels of %d bytes; span is hi - lo,", name, batch, size),
		"and lower and upper are the two pairs of saturationFactors.")
	r := emit.NewRow(batch, size)
	l := emit.NewLookup(batch, func(i int) int { return i })
	Load(Param("table"), emit.Table)
	k := newKernel(c, size, 4)
	temp, at, skipped := GP64(), GP64(), emit.Result()
	MOVQ(U32(0), skipped)
	this, next := newChroma(), newChroma()
	finish := func(steps ...[]func()) {
		x := newHSVWords()
		emit.Interleave(append(steps, k.hsv(this, x))...)
		indices := k.indices(x)
		emit.IfGated(func(lo, span Mem) { k.rejectHue(indices, x.values, lo, span) })
		l.Enqueue(indices[0], indices[1], at)
	}

	// The first batch is queued twice, as in emit.Project.
	MOVQ(r.At, at)
	emit.Interleave(k.chroma(r.Pixels(temp), this))
	finish()
	finish()
	Label("find")
	r.Next("last")
	r.Prefetch()
	emit.Interleave(k.chroma(r.Pixels(temp), this))
	k.ifNoneWithin(this, "none")
	MOVQ(r.At, at)
	Label("batch")
	r.Next("final")
	r.Prefetch()
	finish(k.chroma(r.Pixels(temp), next), l.Steps())
	k.ifNoneWithin(next, "none")
	this.set(next)
	MOVQ(r.At, at)
	JMP(LabelRef("batch"))

	Label("none")
	ADDQ(Imm(batch), skipped)
	VMOVDQU8(k.zero, l.At(r.At))
	JMP(LabelRef("find"))

	Label("final")
	finish(l.Steps())
	l.Finish("last")
}

// projectCodedWithin emits the function that does so by the bins of a codebook.
func projectCodedWithin(c *constants, size int) {
	name := fmt.Sprintf("projectCodedWithin%dAVX512", size)
	TEXT(name, attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, book *codebook, lower, upper uint16) int")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s is kernel.projectWithin for pairCoding, for n ≥ %d pixels of %d bytes;", name, batch, size),
		"lower and upper are the two pairs of saturationFactors.")
	r := emit.NewRow(batch, size)
	book := emit.LoadCodebook()
	k := newKernel(c, size, 0)
	temp, dst, at, skipped := GP64(), GP64(), GP64(), emit.Result()
	Load(Param("dst"), dst)
	MOVQ(U32(0), skipped)
	this, next := newChroma(), newChroma()
	finish := func(others ...[]func()) {
		x := newHSVBytes()
		steps, results := k.lookUpHueSaturation(book, x)
		emit.Interleave(append(others, append(k.hsvBytes(this, x), steps...))...)
		VMOVDQU8(results, Mem{Base: dst, Index: at, Scale: 1})
	}

	Label("find")
	emit.Interleave(k.chroma(r.Pixels(temp), this))
	k.ifNoneWithin(this, "none")
	MOVQ(r.At, at)
	Label("batch")
	r.Next("final")
	r.Prefetch()
	finish(k.chroma(r.Pixels(temp), next))
	k.ifNoneWithin(next, "none")
	this.set(next)
	MOVQ(r.At, at)
	JMP(LabelRef("batch"))

	Label("none")
	ADDQ(Imm(batch), skipped)
	VMOVDQU8(k.zero, Mem{Base: dst, Index: r.At, Scale: 1})
	r.Next("done")
	r.Prefetch()
	JMP(LabelRef("find"))

	Label("final")
	finish()
	Label("done")
	VZEROUPPER()
	RET()
}

// ifNoneWithin emits code that jumps to a label if no saturation of the batch can be
// within the bounds. It is that of ../avx2.
func (k *kernel) ifNoneWithin(c chroma, label string) {
	v, below, above, outside := ZMM(), ZMM(), ZMM(), ZMM()
	VPMAXUB(k.b1, c.v, v)
	VPBROADCASTW(emit.Parameter("lower"), below)
	VPBROADCASTW(emit.Parameter("upper"), above)
	for i, unpack := range interleaved {
		pairs, x, y := ZMM(), ZMM(), ZMM()
		unpack(v, c.d, pairs)
		VPMADDUBSW(below, pairs, x)
		VPMADDUBSW(above, pairs, y)
		if i == 0 {
			VPORQ(x, y, outside)
			continue
		}
		VPTERNLOGQ(Imm(aOrBThenC), x, y, outside)
	}
	signs := K()
	VPMOVW2M(outside, signs)
	KORTESTD(signs, signs)
	JCS(LabelRef(label))
}

// aOrBThenC is the truth table of VPTERNLOG for a & (b | c): see selectByB.
const aOrBThenC = 0b1110_0000
