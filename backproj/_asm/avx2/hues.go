package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// before is how many bytes of a table of hues are of negative ones, which
// begin at -30.
const before = 32

// projectHue emits the function for histograms of the hue alone. It does not
// compute the saturation, only whether it is inside the bounds.
func projectHue(data *constants, size int) {
	name := fmt.Sprintf("projectHue%dAVX2", size)
	TEXT(name, attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, book *codebook)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s is kernel.projectCoded for hueCoding, for n ≥ %d pixels of %d bytes.", name, turn, size))
	r := emit.NewRow(turn, size)
	l := emit.NewLookup(turn, place)
	l.Signed = true
	book := emit.LoadCodebook()
	stackHues(book)
	k := newKernel(data, size)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		between, rest := mixing(lookups)
		hues, d, v := k.hues(r.Pixels(temp), between)
		inside := within(book, v)
		k.saturated(book, "saturationFrom", d, v, func(reached reg.VecVirtual) {
			VPAND(reached, inside, inside)
		})
		k.saturated(book, "saturationBeyond", d, v, func(reached reg.VecVirtual) {
			VPANDN(inside, reached, inside)
		})
		rest()
		// The greater of the hue and of -56, or, outside, of 200, which is 0.
		for i, unpack := range []func(...Op){VPUNPCKLBW, VPUNPCKHBW} {
			least := YMM()
			VMOVDQU(k.at("b200"), least)
			unpack(inside, least, least)
			VPMAXSW(least, hues[i], hues[i])
		}
		return hues[0], hues[1]
	})
}

// stackHues emits code that puts what hues project to onto the stack, those of
// negative hues before the others, and 0 at 200, and sets emit.Table to that of
// hue 0.
func stackHues(book emit.Codebook) {
	frame := AllocLocal(256)
	for i := range 256 / turn {
		row := YMM()
		VMOVDQU(book.At("hue", (256-before+turn*i)%256), row)
		VMOVDQU(row, frame.Offset(turn*i))
	}
	MOVB(Imm(0), frame.Offset(before+200))
	LEAQ(frame.Offset(before), emit.Table)
}

// within returns the mask of the values from valueLo to valueLo + valueSpan.
func within(book emit.Codebook, v reg.Register) reg.VecVirtual {
	x, inside := YMM(), YMM()
	VPSUBB(book.At("valueLo", 0), v, x)
	VPMINUB(book.At("valueSpan", 0), x, inside)
	VPCMPEQB(x, inside, inside)
	return inside
}

var thresholds int

// saturated emits code that gives use the mask of the pixels whose saturation
// reaches a threshold, unless there is none.
//
// With t = ⌊v·factor/2^16⌋, the chroma d must be at least t, or t + 1 where bit
// v of the threshold's 256 is 1: see package backproj's type threshold.
func (k *kernel) saturated(book emit.Codebook, threshold string, d, v reg.VecVirtual, use func(reached reg.VecVirtual)) {
	thresholds++
	none := fmt.Sprint("none", thresholds)
	factor, bitsBelow128, bitsFrom128 := book.Threshold(threshold)
	CMPW(factor, Imm(0))
	JEQ(LabelRef(none))
	least, high, zero := YMM(), YMM(), YMM()
	VPXOR(zero, zero, zero)
	VPUNPCKLBW(zero, v, least)
	VPUNPCKHBW(zero, v, high)
	VPMULHUW(factor, least, least)
	VPMULHUW(factor, high, high)
	VPACKUSWB(high, least, least)

	// Byte v/8 of 32, whose halves are of v below 128 and of others, and of
	// that bit v%8.
	at, lower, upper, bit := YMM(), YMM(), YMM(), YMM()
	VPSRLW(Imm(3), v, at)
	VPAND(k.at("b15"), at, at)
	VMOVDQU(bitsBelow128, lower)
	VPSHUFB(at, lower, lower)
	VMOVDQU(bitsFrom128, upper)
	VPSHUFB(at, upper, upper)
	VPBLENDVB(v, upper, lower, lower)
	VPAND(k.at("b7"), v, at)
	VMOVDQU(k.at("bits"), bit)
	VPSHUFB(at, bit, bit)
	VPAND(bit, lower, lower)
	VPCMPEQB(bit, lower, lower)
	VPSUBB(lower, least, least) // less -1

	VPMAXUB(least, d, least)
	VPCMPEQB(least, d, least)
	use(least)
	Label(none)
}
