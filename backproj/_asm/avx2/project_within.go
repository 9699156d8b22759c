package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// projectWithin emits the function that projects where most saturations are outside
// some bounds.
func projectWithin(data *constants, size int) {
	name := fmt.Sprintf("projectWithin%dAVX2", size)
	TEXT(name, attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, table *uint8, lo, span uint8, lower, upper uint16) int")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s is kernel.projectWithin for n ≥ %d pixels of %d bytes; span is hi - lo,", name, batch, size),
		"and lower and upper are the two pairs of saturationFactors.")
	r := emit.NewRow(batch, size)
	l := emit.NewLookup(batch, place)
	Load(Param("table"), emit.Table)
	k := newKernel(data, size)
	temp := GP64()
	lower, upper := bound("lower"), bound("upper")
	zero := func(results Mem) {
		zeros := YMM()
		VPXOR(zeros, zeros, zeros)
		VMOVDQU(zeros, results)
	}
	emit.ProjectWithin(r, l, zero, func(none string, lookups []func()) (first, second Op) {
		c := k.sorted(r.Pixels(temp), func() {})
		if none != "" {
			k.ifNoneWithin(c, lower, upper, none)
		}
		between, rest := sprinkle(lookups, 2)
		indices, v := k.convertSorted(c, between)
		rest()
		emit.IfGated(func(lo, span Mem) { k.rejectHue(indices, v, lo, span) })
		return indices[0], indices[1]
	})
}

// bound emits code that copies a parameter, two factors, to all pairs of bytes of a
// vector on the stack.
func bound(name string) Mem {
	factors, vector := YMM(), AllocLocal(batch)
	VPBROADCASTW(emit.Parameter(name), factors)
	VMOVDQU(factors, vector)
	return vector
}

// ifNoneWithin emits code that jumps to a label if no saturation of the batch can be
// within the bounds. It does not compute them: see saturationFactors.
func (k *kernel) ifNoneWithin(c *components, lower, upper Mem, label string) {
	v := YMM()
	VPMAXUB(k.at("b1"), c.v, v)   // black has saturation 0 as well as a value of 0
	var outside [2]reg.VecVirtual // negative words
	for i, unpack := range []func(...Op){VPUNPCKLBW, VPUNPCKHBW} {
		pairs, above := YMM(), YMM()
		outside[i] = YMM()
		unpack(v, c.chroma(), pairs)
		VPMADDUBSW(lower, pairs, outside[i])
		VPMADDUBSW(upper, pairs, above)
		VPOR(above, outside[i], outside[i])
	}
	VPAND(outside[1], outside[0], outside[0])
	VPTEST(k.at("signs"), outside[0])
	JCS(LabelRef(label))
}
