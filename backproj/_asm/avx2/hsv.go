package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A words is a word for each of a batch's 32 pixels, in the order that
// interleaving leaves them in: the first vector has pixels 0 to 7 and 16 to 23,
// the second one the others.
type words [2]reg.VecVirtual

// convert emits code that computes the indices and the values of the 32 pixels
// at the address. It calls between after every few instructions.
func (k *kernel) convert(pixels Mem, between func()) (indices words, v reg.VecVirtual) {
	return k.convertSorted(k.sorted(pixels, between), between)
}

// convertSorted is convert for components that have been sorted.
func (k *kernel) convertSorted(c *components, between func()) (indices words, v reg.VecVirtual) {
	indices, d, v := k.hues(c, between)
	for i, saturations := range k.saturations(d, v, between) {
		VPSLLW(Imm(8), indices[i], indices[i])
		VPOR(saturations, indices[i], indices[i])
		between()
	}
	return indices, v
}

// components are the components of a batch's pixels: those that they have, and the
// greatest, the middle and the least one.
type components struct {
	b, g, r, v, middle, least reg.VecVirtual
	d                         reg.VecVirtual // the greatest less the least, or nil
}

// chroma returns d. The first call emits code that computes it.
func (c *components) chroma() reg.VecVirtual {
	if c.d == nil {
		c.d = YMM()
		VPSUBB(c.least, c.v, c.d)
	}
	return c.d
}

// sorted emits code that computes the components of the 32 pixels at the address.
func (k *kernel) sorted(pixels Mem, between func()) *components {
	b, g, r := k.channels(pixels, between)
	return sort(b, g, r, between)
}

// sort emits the code of sorted for components that have been split.
func sort(b, g, r reg.VecVirtual, between func()) *components {
	v, middle, least := YMM(), YMM(), YMM()
	VPMINUB(b, g, least)
	VPMAXUB(b, g, middle)
	between()
	VPMAXUB(middle, r, v)
	VPMINUB(middle, r, middle)
	between()
	VPMAXUB(least, middle, middle)
	VPMINUB(least, r, least)
	between()
	return &components{b: b, g: g, r: r, v: v, middle: middle, least: least}
}

// hues emits code that computes the hue from -30 to 150, OpenCV's before it adds
// 180 to negative hues; the value v, the greatest component; and the chroma d, the
// greatest less the least component.
//
// The basic idea: OpenCV has three formulas for a hue, by which component is the
// greatest, and a division by d. Sorting the components makes the three one,
// and a multiplication replaces the division. With e the middle less the least
// component, the numerator of hueByte is
//
//	n = ±e + {0, 2, 4}d
//
// where the order of the components selects the sign and the factor of d (see
// sextant). The hue is, with R(d) = 180·2^12/(6d) rounded,
//
//	hue = (n·R(d) + 2^11) >> 12 = (8n·R(d) + 2^14) >> 15
//
// VPMADDUBSW computes 8n = ±8e + {0, 16, 32}d from bytes: it multiplies the
// unsigned bytes e and d by signed factors and adds each pair to a word, of at
// most 40·255, which fits. VPMULHRSW computes the second line: it multiplies
// signed words, adds 2^14 and shifts by 15, exactly.
//
// R(d) must fit a signed word for that, which it does from R(4) = 30720 on. For
// d < 4 the code uses 4n and R(4d), which gives the same hue because
// R(d) = 4·R(4d) for these d: 6d divides 180·2^12, and 24d does so, too. If d is
// 0, n is 0 and the hue is 0, whatever the reciprocal.
func (k *kernel) hues(c *components, between func()) (hues words, chroma, value reg.VecVirtual) {
	sign, sector := k.sextant(c, between)
	d, e, v := c.chroma(), c.middle, c.v
	VPSUBB(c.least, e, e)
	between()

	// Where d < 4, multiply d and e by 4.
	small, d4 := YMM(), YMM()
	VPMINUB(k.at("b3"), d, small)
	VPCMPEQB(small, d, small)
	between()
	VPAND(small, e, d4)
	VPSLLW(Imm(2), d4, d4)
	VPMAXUB(d4, e, e)
	between()
	VPAND(small, d, d4)
	VPSLLW(Imm(2), d4, d4)
	VPMAXUB(d4, d, d4)
	between()

	// 8n = ±8e + {0, 16, 32}d
	factors, first, second := YMM(), YMM(), YMM()
	VPUNPCKLBW(sector, sign, factors)
	VPUNPCKLBW(d4, e, first)
	between()
	VPMADDUBSW(factors, first, first)
	VPUNPCKHBW(sector, sign, factors)
	between()
	VPUNPCKHBW(d4, e, second)
	VPMADDUBSW(factors, second, second)
	between()
	hue := func(unpack func(...Op), n reg.VecVirtual) {
		x := YMM()
		VPXOR(x, x, x)
		unpack(x, d4, x)
		k.reciprocals(x, "hue", between)
		// (8n·reciprocal + 2^14) >> 15
		VPMULHRSW(x, n, n)
		between()
	}
	hue(VPUNPCKLBW, first)
	hue(VPUNPCKHBW, second)
	return words{first, second}, d, v
}

// saturations emits code that computes the saturations,
//
//	s = (d·R(v) + 2^11) >> 12
//
// with R(v) = 255·2^12/v rounded, in two multiplications of words, whose
// products are cut to 16 bits:
//
//	x = 256d·R(v) >> 16         VPMULHUW
//	s = (x·2^11 + 2^14) >> 15   VPMULHRSW
//
// The last line is (x + 8) >> 4. That is exact: x lacks the low 8 bits of
// d·R(v), and to these the rounding adds 0, so that nothing carries from them.
//
// R(v) must fit an unsigned word, which it does from R(16) = 65280 on. For
// v < 16 the code uses 16d and R(16v). 16·R(16v) and R(v) are not always equal,
// but they differ by 7 at most, and so little that s is the same for every d ≤ v.
// If v is 0, d is 0 and s is 0, whatever the reciprocal.
func (k *kernel) saturations(d, v reg.VecVirtual, between func()) words {
	// Where v < 16, multiply v and d by 16.
	dark, v16, d16 := YMM(), YMM(), YMM()
	VPMINUB(k.at("b15"), v, dark)
	VPCMPEQB(dark, v, dark)
	between()
	VPAND(dark, v, v16)
	VPSLLW(Imm(4), v16, v16)
	VPMAXUB(v16, v, v16)
	between()
	VPAND(dark, d, d16)
	VPSLLW(Imm(4), d16, d16)
	VPMAXUB(d16, d, d16)
	between()
	saturation := func(unpack func(...Op), s reg.VecVirtual) {
		x := YMM()
		VPXOR(x, x, x)
		unpack(x, v16, x)
		k.reciprocals(x, "saturation", between)
		VPXOR(s, s, s)
		unpack(d16, s, s)
		between()
		VPMULHUW(x, s, s)
		VPMULHRSW(k.at("w2048"), s, s)
		between()
	}
	s := words{YMM(), YMM()}
	saturation(VPUNPCKLBW, s[0])
	saturation(VPUNPCKHBW, s[1])
	return s
}

// reciprocals emits code that replaces words x by OpenCV's reciprocals R(x) of
// them, K/x rounded half to even, where K is 180·2^12/6 for the numerator "hue"
// and 255·2^12 for "saturation". They must be from 4 for the hue and from 16 for
// the saturation to 255; from other words anything may come.
//
// AVX2 has no fast lookup of 16-bit numbers, so the code computes them. The CPU
// gives an estimate r of 1/x. One step of Newton's method makes it precise
// enough, and adding 3·2^22, where floats are 1 apart, rounds to an integer, half
// to even, and leaves it in the low bits:
//
//	K·r·(2 - x·r) + 3·2^22
//
// Why that is R(x) for each x: let r = (1 + ε)/x. Then K·r·(2 - x·r) is
// K/x·(1 - ε²). The manuals promise |ε| ≤ 1.5·2^-12, so that ε² ≤ 2.25·2^-24.
// The product K·r and the difference 2 - x·r are rounded, which adds a relative
// error of up to 2^-24 each; the last product and sum are fused and rounded only
// to the integer. What is rounded is thus off K/x by at most 4.25·2^-24·K/x.
// The difference between K/x and a number that ends in one half is a multiple of
// 1/(2x). It is not 0, since 2K is a multiple of 2^13 and x is not, so that 2K/x
// cannot be odd. Hence both round to the same integer if 4.25·2^-24·K/x < 1/(2x),
// that is if 8.5·K < 2^24; and 8.5·255·2^12 is 0.53·2^24.
//
// All of this needs the CPU's default rounding mode, to nearest even, as Go does.
//
// TestReciprocalsAreExactForEveryEstimate tries every r that the manuals allow.
func (k *kernel) reciprocals(x reg.VecVirtual, numerator string, between func()) {
	odd := YMM()
	VPSRLD(Imm(16), x, odd)
	VPAND(k.at("lowWords"), x, x)
	between()
	for _, x := range []reg.VecVirtual{x, odd} {
		r := YMM()
		VCVTDQ2PS(x, x)
		VRCPPS(x, r)
		between()
		VFNMADD213PS(k.at("two"), r, x)
		VMULPS(k.at(numerator), r, r)
		between()
		VFMADD213PS(k.at("magic"), r, x)
		between()
	}
	VPSLLD(Imm(16), odd, odd)
	VPBLENDW(Imm(0b10101010), odd, x, x)
	between()
}

// sextant emits code that returns the factors of e and d in 8n, which depend on
// the order of the components:
//
//	r ≥ g ≥ b    8   0        r ≥ b > g   -8   0
//	g ≥ b > r    8  16        g > r ≥ b   -8  16
//	b > r ≥ g    8  32        b > g > r   -8  32
//
// Where components are equal and several cases fit, r counts as the greatest
// before g, and g before b, as in OpenCV. Where e is 0 the sign does not matter.
func (k *kernel) sextant(c *components, between func()) (sign, sector reg.VecVirtual) {
	red, green := YMM(), YMM()
	VPCMPEQB(c.v, c.r, red)
	VPCMPEQB(c.v, c.g, green)
	between()
	// The component that is the least in the cases on the left.
	sign = YMM()
	VPBLENDVB(green, c.r, c.g, sign)
	VPBLENDVB(red, c.b, sign, sign)
	between()
	VPCMPEQB(c.least, sign, sign)
	VPAND(k.at("b16"), sign, sign)
	between()
	sector = YMM()
	VPAND(k.at("b-16"), green, sector)
	VPADDB(k.at("b32"), sector, sector)
	between()
	VPANDN(sector, red, sector)
	VPSUBB(k.at("b8"), sign, sign)
	between()
	return sign, sector
}

// rejectHue emits code that replaces the indices by 0xc8c8, package backproj's
// rejectedHue, where v is not from lo to lo + span.
func (k *kernel) rejectHue(indices words, v reg.VecVirtual, lo, span Mem) {
	none := YMM()
	VMOVDQU(k.at("b200"), none)
	reject(none, indices, v, lo, span)
}

// reject emits code that replaces the indices by those of a vector where the third
// component is not from lo to lo + span: where third - lo, which wraps below lo, exceeds
// span.
func reject(none reg.VecVirtual, indices words, third reg.VecVirtual, lo, span Mem) {
	x, y, inside := YMM(), YMM(), YMM()
	VPBROADCASTB(lo, x)
	VPSUBB(x, third, x)
	VPBROADCASTB(span, y)
	VPMAXUB(y, x, inside)
	VPCMPEQB(y, inside, inside)
	for i, unpack := range interleaved {
		unpack(inside, inside, y)
		VPBLENDVB(y, indices[i], none, indices[i])
	}
}
