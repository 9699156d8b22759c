// The command avx512 writes the kernel for CPUs with AVX-512 F, BW, VL and
// VBMI, which processes batches of 64 pixels.
package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// batch is the number of pixels of a batch. One byte of each pixel fills a
// register.
const batch = 64

func main() {
	emit.ReadTypes()
	c := newConstants()
	for _, size := range []int{3, 4} {
		convert(c, size)
		count(c, size)
		project(c, size)
		projectWithin(c, size)
		projectCodedWithin(c, size)
		projectHue(c, size)
		projectHueSaturation(c, size)
		projectHSV(c, size)
	}
	convertSpace(c)
	countSpace(c)
	projectSpace(c)
	projectSecond(c)
	projectPlane()
	projectPair(c, "projectPairAVX512", 8, (*kernel).crCb)
	projectPair(c, "projectLabPairAVX512", 0, (*kernel).lab)
	projectTriple(c)
	projectBins(c)
	rowSums()
	Generate()
}

// rowSums emits the functions that add up rows of bytes.
func rowSums() {
	move := func(from, to Op) { VMOVDQU8(from, to) }
	TEXT("addUpAVX512", attr.NOSPLIT, "func(memory *uint8, results *[]uint8, numbers *int32)")
	Pragma("noescape")
	Doc("addUpAVX512 is kernel.addUp for the numbers of a sumCode.")
	emit.AddUp(batch, ZMM, move)
	TEXT("growAVX512", attr.NOSPLIT, "func(line, run *uint8, lineStride, runStride, setStride, columns int, steps uint32)")
	Pragma("noescape")
	Doc("growAVX512 is kernel.grow for the fields of a growth; steps is not 0.")
	emit.Grow(batch, ZMM, move, func(this, next, shifted Op) { VALIGNQ(Imm(2), this, next, shifted) })
}

func convert(c *constants, size int) {
	TEXT(fmt.Sprintf("convert%dAVX512", size), attr.NOSPLIT, "func(dst *uint16, values, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("convert%dAVX512 is kernel.index for n ≥ %d pixels of %d bytes; values may be nil.", size, batch, size))
	r := emit.NewRow(batch, size)
	dst, values := GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("values"), values)
	k := newKernel(c, size, 0)
	temp, at := GP64(), GP64()
	this := newChroma()
	emit.Interleave(k.chroma(r.Pixels(temp), this))
	finish := func(label string, more ...[]func()) {
		hsv := newHSVWords()
		emit.Interleave(append(more, k.hsv(this, hsv))...)
		indices := k.indices(hsv)
		VMOVDQU16(indices[0], Mem{Base: dst, Index: at, Scale: 2})
		VMOVDQU16(indices[1], Mem{Base: dst, Index: at, Scale: 2, Disp: batch})
		TESTQ(values, values)
		JEQ(LabelRef(label))
		k.inOrder(hsv.values, hsv.values)
		VMOVDQU8(hsv.values, Mem{Base: values, Index: at, Scale: 1})
		Label(label)
	}
	Label("batch")
	MOVQ(r.At, at)
	r.Next("last")
	next := newChroma()
	finish("next", k.chroma(r.Pixels(temp), next))
	this.set(next)
	JMP(LabelRef("batch"))
	Label("last")
	finish("done")
	VZEROUPPER()
	RET()
}

// indices emits code that returns the indices, hue<<8 | saturation.
func (k *kernel) indices(x hsvWords) (indices [2]reg.VecVirtual) {
	for i := range indices {
		VPSLLW(Imm(8), x.hues[i], x.hues[i])
		VPORQ(x.hues[i], x.saturations[i], x.saturations[i])
		indices[i] = x.saturations[i]
	}
	return indices
}

// inOrder emits code that puts bytes, the i-th of which belongs to pixel
// place(i), into the order of the pixels.
func (k *kernel) inOrder(bytes, ordered reg.VecVirtual) {
	order := ZMM()
	VMOVDQU8(k.at("order"), order)
	VPERMB(bytes, order, ordered)
}

func count(c *constants, size int) {
	TEXT(fmt.Sprintf("count%dAVX512", size), attr.NOSPLIT, "func(counts *uint32, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("count%dAVX512 is kernel.count for pixels of %d bytes, n > 0 a multiple of %d.", size, size, batch))
	r := emit.NewRow(batch, size)
	k := newKernel(c, size, 10)
	temp := GP64()
	emit.Count(r, func(counts []func()) (first, second Op) {
		indices, _ := k.convert(r.Pixels(temp), counts)
		return indices[0], indices[1]
	})
}

func project(c *constants, size int) {
	TEXT(fmt.Sprintf("project%dAVX512", size), attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, table *uint8, lo, span uint8)")
	Pragma("noescape")
	Doc(fmt.Sprintf("project%dAVX512 is kernel.project for n ≥ %d pixels of %d bytes; span is hi - lo.", size, batch, size))
	r := emit.NewRow(batch, size)
	l := emit.NewLookup(batch, func(i int) int { return i })
	Load(Param("table"), emit.Table)
	k := newKernel(c, size, 10)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		indices, v := k.convert(r.Pixels(temp), lookups)
		emit.IfGated(func(lo, span Mem) { k.rejectHue(indices, v, lo, span) })
		return indices[0], indices[1]
	})
}

// convert emits code that computes the indices and the values of the pixels at
// the address, interleaved with other steps.
func (k *kernel) convert(pixels Mem, others []func()) (indices [2]reg.VecVirtual, values reg.VecVirtual) {
	chroma, hsv := newChroma(), newHSVWords()
	emit.Interleave(append(k.chroma(pixels, chroma), k.hsv(chroma, hsv)...), others)
	return k.indices(hsv), hsv.values
}

// rejectHue emits code that replaces the indices by 0xc8c8, package backproj's
// rejectedHue, where v is not from lo to lo + span.
func (k *kernel) rejectHue(indices [2]reg.VecVirtual, v reg.VecVirtual, lo, span Mem) {
	k.reject(broadcast(0xc8c8c8c8), indices, v, lo, span)
}

// reject emits code that replaces the indices by those of a vector where the third
// component, a byte, is not from lo to lo + span.
func (k *kernel) reject(none reg.VecVirtual, indices [2]reg.VecVirtual, third reg.VecVirtual, lo, span Mem) {
	x, inside, outside := ZMM(), K(), K()
	k.inside(third, lo, span, inside)
	KNOTQ(inside, outside)
	VPMOVM2B(outside, x)
	for i, unpack := range interleaved {
		y := ZMM()
		unpack(x, x, y)
		VPTERNLOGQ(Imm(selectByB), none, y, indices[i])
	}
}

// selectByB is the truth table of VPTERNLOG for b ? c : a, where a is the
// destination, b the source next to it in Go's order, and c the one before. Bit
// a<<2 | b<<1 | c of a truth table is the result.
const selectByB = 0b1011_1000

// inside emits code that sets a mask where v is from lo to lo + span: where
// v - lo, which wraps below lo, does not exceed span.
func (k *kernel) inside(v reg.VecVirtual, lo, span Mem, inside reg.Register) {
	x, y := ZMM(), ZMM()
	VPBROADCASTB(lo, x)
	VPSUBB(x, v, x)
	VPBROADCASTB(span, y)
	VPCMPUB(Imm(lessOrEqual), y, x, inside)
}
