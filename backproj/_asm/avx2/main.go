// The command avx2 writes the kernel for CPUs with AVX2 and FMA, which
// processes batches of 32 pixels.
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
// register, with pixels 0 to 15 in its lower half.
const batch = 32

func main() {
	emit.ReadTypes()
	c := newConstants()
	for _, size := range []int{3, 4} {
		convert(c, size)
		count(c, size)
		project(c, size)
		projectWithin(c, size)
		projectHue(c, size)
	}
	convertSpace(c)
	countSpace(c)
	projectSpace(c)
	projectValue(c)
	projectGrey(c)
	projectPlane(c)
	projectCrCb(c)
	projectTriple(c)
	projectHSV(c)
	stripSums(c, "centroidSumsAVX2", 3, "p, p·(n-j) and p·i")
	stripSums(c, "momentSumsAVX2", 6, "p, p·(n-j), p·i, p·(n-j)·(n-j+1)/2, p·i·(n-j) and p·w(i)")
	rowSums()
	binarize()
	cut(c, 3)
	cut(c, 4)
	Generate()
}

// rowSums emits the functions that add up rows of bytes.
func rowSums() {
	move := func(from, to Op) { VMOVDQU(from, to) }
	TEXT("addUpAVX2", attr.NOSPLIT, "func(memory *uint8, results *[]uint8, numbers *int32)")
	Pragma("noescape")
	Doc("addUpAVX2 is kernel.addUp for the numbers of a sumCode.")
	emit.AddUp(batch, YMM, move)
	TEXT("growAVX2", attr.NOSPLIT, "func(line, run *uint8, lineStride, runStride, setStride, columns int, steps uint32)")
	Pragma("noescape")
	Doc("growAVX2 is kernel.grow for the fields of a growth; steps is not 0.")
	emit.Grow(batch, YMM, move, func(this, next, shifted Op) { VPERM2I128(Imm(0x21), next, this, shifted) })
}

func convert(data *constants, size int) {
	TEXT(fmt.Sprintf("convert%dAVX2", size), attr.NOSPLIT, "func(dst *uint16, values, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("convert%dAVX2 is kernel.convert for n ≥ %d pixels of %d bytes; values may be nil.", size, batch, size))
	r := emit.NewRow(batch, size)
	dst, values := GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("values"), values)
	k := newKernel(data, size)
	temp := GP64()

	Label("batch")
	indices, v := k.convert(r.Pixels(temp), func() {})
	store(indices, dst, r)
	TESTQ(values, values)
	JEQ(LabelRef("next"))
	VMOVDQU(v, Mem{Base: values, Index: r.At, Scale: 1})
	Label("next")
	r.Next("done")
	JMP(LabelRef("batch"))
	Label("done")
	VZEROUPPER()
	RET()
}

// store emits code that writes the indices of a batch to dst. See words for the order of
// the pixels.
func store(indices words, dst reg.GPVirtual, r *emit.Row) {
	at := Mem{Base: dst, Index: r.At, Scale: 2}
	VMOVDQU(indices[0].AsX(), at)
	VMOVDQU(indices[1].AsX(), at.Offset(16))
	VEXTRACTI128(Imm(1), indices[0], at.Offset(32))
	VEXTRACTI128(Imm(1), indices[1], at.Offset(48))
}

func count(data *constants, size int) {
	TEXT(fmt.Sprintf("count%dAVX2", size), attr.NOSPLIT, "func(counts *uint32, src *uint8, n int, redFirst bool)")
	Pragma("noescape")
	Doc(fmt.Sprintf("count%dAVX2 is kernel.count for pixels of %d bytes, n > 0 a multiple of %d.", size, size, batch))
	r := emit.NewRow(batch, size)
	k := newKernel(data, size)
	temp := GP64()
	emit.Count(r, func(counts []func()) (first, second Op) {
		between, rest := sprinkle(counts, 4)
		indices, _ := k.convert(r.Pixels(temp), between)
		rest()
		return indices[0], indices[1]
	})
}

func project(data *constants, size int) {
	TEXT(fmt.Sprintf("project%dAVX2", size), attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, table *uint8, lo, span uint8)")
	Pragma("noescape")
	Doc(fmt.Sprintf("project%dAVX2 is kernel.project for n ≥ %d pixels of %d bytes; span is hi - lo.", size, batch, size))
	r := emit.NewRow(batch, size)
	l := emit.NewLookup(batch, place)
	Load(Param("table"), emit.Table)
	k := newKernel(data, size)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		between, rest := sprinkle(lookups, 4)
		indices, v := k.convert(r.Pixels(temp), between)
		rest()
		emit.IfGated(func(lo, span Mem) { k.rejectHue(indices, v, lo, span) })
		return indices[0], indices[1]
	})
}

// place returns the pixel that the i-th word of a batch belongs to.
func place(i int) int { return i%8 + i/8%2*16 + i/16*8 }

// sprinkle returns a function that emits one of the steps at so many calls, and one
// that emits the steps that are left.
func sprinkle(steps []func(), every int) (between, rest func()) {
	calls := 0
	between = func() {
		if calls++; calls%every == 0 && len(steps) > 0 {
			steps[0]()
			steps = steps[1:]
		}
	}
	return between, func() { emit.Interleave(steps) }
}
