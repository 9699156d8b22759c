package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// projectHue emits the function for histograms of hue alone. It computes no
// saturation, only whether the saturation is within its bounds, which is
// cheaper.
func projectHue(data *constants, size int) {
	name := fmt.Sprintf("projectHue%dAVX2", size)
	TEXT(name, attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, book *codebook)")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s is kernel.projectCoded for firstCoding, for n ≥ %d pixels of %d bytes.", name, batch, size))
	r := emit.NewRow(batch, size)
	l := emit.NewLookup(batch, place)
	l.Signed = true
	book := emit.LoadCodebook()
	stackHues(book)
	k := newKernel(data, size)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		between, rest := sprinkle(lookups, 4)
		hues, d, v := k.hues(k.sorted(r.Pixels(temp), between), between)
		inside := within(book, v)
		k.ifThreshold(book, "saturationFrom", d, v, func(reached reg.VecVirtual) {
			VPAND(reached, inside, inside)
		})
		k.ifThreshold(book, "saturationBeyond", d, v, func(reached reg.VecVirtual) {
			VPANDN(inside, reached, inside)
		})
		rest()
		// Make the hue 200, whose entry is zero, where the pixel is outside:
		// unpacking gives 0xffc8, -56, inside and 0x00c8, 200, outside, and the
		// greater of that and the hue is the hue inside, 200 outside.
		for i, unpack := range []func(...Op){VPUNPCKLBW, VPUNPCKHBW} {
			least := YMM()
			VMOVDQU(k.at("b200"), least)
			unpack(inside, least, least)
			VPMAXSW(least, hues[i], hues[i])
		}
		return hues[0], hues[1]
	})
}

// before is the number of entries for negative hues in the table on the stack.
// There must be 30, and a multiple of a vector is copied.
const before = 32

// stackHues emits code that copies the table of hues to the stack, sorted by the
// hue as a signed number from -before on, with a zero entry at 200. It sets
// emit.Table to the address of the entry of hue 0.
func stackHues(book emit.Codebook) {
	frame := AllocLocal(256)
	for i := range 256 / batch {
		row := YMM()
		VMOVDQU(book.At("first", (256-before+batch*i)%256), row)
		VMOVDQU(row, frame.Offset(batch*i))
	}
	MOVB(Imm(0), frame.Offset(before+200))
	LEAQ(frame.Offset(before), emit.Table)
}

// within emits code that returns the mask of the values from thirdLo to
// thirdLo + thirdSpan.
func within(book emit.Codebook, v reg.Register) reg.VecVirtual {
	x, inside := YMM(), YMM()
	VPSUBB(book.At("thirdLo", 0), v, x)
	VPMINUB(book.At("thirdSpan", 0), x, inside)
	VPCMPEQB(x, inside, inside)
	return inside
}

var thresholds int // for labels that differ

// ifThreshold emits code that passes the mask of the pixels whose saturation
// reaches the threshold to the code that use emits, unless there is no
// threshold.
//
// The chroma d must reach ⌊v·factor/2^16⌋, or one more if bit v of the
// threshold's bits is 1. Package backproj's newThreshold has the derivation. The
// 256 bits are looked up in three steps: a byte shuffle by v/8 mod 16 finds the
// byte in both halves of 16 bytes, the top bit of v selects one, and another
// shuffle turns v mod 8 into a mask of one bit.
func (k *kernel) ifThreshold(book emit.Codebook, threshold string, d, v reg.VecVirtual, use func(reached reg.VecVirtual)) {
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
	VPSUBB(lower, least, least) // the mask is -1 where the bit is 1

	VPMAXUB(least, d, least)
	VPCMPEQB(least, d, least)
	use(least)
	Label(none)
}
