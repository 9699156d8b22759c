package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A words is a word for each of a turn's 32 pixels: those of pixels 0 to 7 and
// 16 to 23, and those of the others, as interleaving leaves them.
type words [2]reg.VecVirtual

// hues emits the code that computes the hues of the 32 pixels that begin at the
// address, -30 to 150, as OpenCV's are before it adds 180 to negative ones. V
// is the pixels' values, their greatest components, and d their chroma, the
// greatest less the least component. It calls between after every few
// instructions.
//
// In Go's assembly the destination comes last, and sources are in the reverse
// of Intel's order: VPSUBB(a, b, c) is c = b - a, and VPUNPCKLBW(high, low, c)
// interleaves the bytes of low and high to words.
func (k *kernel) hues(pixels Mem, between func()) (hues words, d, v reg.VecVirtual) {
	b, g, r := k.channels(pixels, between)

	// The greatest v, the middle and the least component; e = middle - least
	// and the chroma d = v - least.
	least, e := YMM(), YMM()
	v = YMM()
	VPMINUB(b, g, least)
	VPMAXUB(b, g, e)
	between()
	VPMAXUB(e, r, v)
	VPMINUB(e, r, e)
	between()
	VPMAXUB(least, e, e)
	VPMINUB(least, r, least)
	between()

	sign, sector := k.sextant(b, g, r, v, least, between)
	d = YMM()
	VPSUBB(least, v, d)
	VPSUBB(least, e, e)
	between()

	// Where d < 4, 4n over 4d, whose reciprocal has 15 bits.
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

	// 8n = ±8e + {0, 16, 32}d, in bytes to be multiplied and added in pairs.
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

// saturations emits the code that computes the saturations.
func (k *kernel) saturations(d, v reg.VecVirtual, between func()) words {
	// Where v < 16, 16d over 16v, whose reciprocal has 16 bits.
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
		// (256d·reciprocal >> 16) loses only bits that cannot carry into what
		// (d·reciprocal + 2048) >> 12 keeps, here (x·2^11 + 2^14) >> 15.
		VPMULHUW(x, s, s)
		VPMULHRSW(k.at("w2048"), s, s)
		between()
	}
	s := words{YMM(), YMM()}
	saturation(VPUNPCKLBW, s[0])
	saturation(VPUNPCKHBW, s[1])
	return s
}

// turn emits the code that computes the indices of the 32 pixels that begin at
// the address, and their values.
func (k *kernel) turn(pixels Mem, between func()) (indices words, v reg.VecVirtual) {
	indices, d, v := k.hues(pixels, between)
	for i, saturations := range k.saturations(d, v, between) {
		VPSLLW(Imm(8), indices[i], indices[i])
		VPOR(saturations, indices[i], indices[i])
		between()
	}
	return indices, v
}

// reciprocals makes words x, from 16 to 255 for the saturation and from 4 for
// the hue, OpenCV's reciprocals of them; others it makes anything.
//
// With r the CPU's estimate of 1/x, K·r·(2 - x·r) is so near K/x that the two
// round to the same integer, for any r that is off by as much as the
// manuals allow. Adding 3·2^22, where floats are 1 apart, rounds half to even
// and leaves the integer in the lower bits.
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

// sextant returns the factors of e and d in 8n, by the order of the
// components:
//
//	r ≥ g ≥ b    8   0        r ≥ b > g   -8   0
//	g ≥ b > r    8  16        g > r ≥ b   -8  16
//	b > r ≥ g    8  32        b > g > r   -8  32
//
// Where equal components make two rows fit, r goes before g before b; the sign
// does not matter where e is 0.
func (k *kernel) sextant(b, g, r, v, least reg.VecVirtual, between func()) (sign, sector reg.VecVirtual) {
	red, green := YMM(), YMM()
	VPCMPEQB(v, r, red)
	VPCMPEQB(v, g, green)
	between()
	// The component that is the least in the rows of the first column.
	sign = YMM()
	VPBLENDVB(green, r, g, sign)
	VPBLENDVB(red, b, sign, sign)
	between()
	VPCMPEQB(least, sign, sign)
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

// channels splits the pixels into their components.
func (k *kernel) channels(pixels Mem, between func()) (b, g, r reg.VecVirtual) {
	// The lower halves have pixels 0 to 15, the upper ones 16 to 31.
	loads := make([]reg.VecVirtual, k.size)
	for i := range loads {
		loads[i] = YMM()
		upper := 16 * (k.size + i)
		if upper == 7*16 {
			upper-- // The last pixel may have no fourth byte.
		}
		VMOVDQU(pixels.Offset(16*i), loads[i].AsX())
		VINSERTI128(Imm(1), pixels.Offset(upper), loads[i], loads[i])
		between()
	}
	if k.size == 3 {
		component := func(constants Mem) reg.VecVirtual {
			c, mask := YMM(), YMM()
			VMOVDQU(constants, mask)
			VPBLENDVB(mask, loads[1], loads[0], c)
			between()
			VMOVDQU(constants.Offset(turn), mask)
			VPBLENDVB(mask, loads[2], c, c)
			between()
			VPSHUFB(constants.Offset(2*turn), c, c)
			between()
			return c
		}
		return component(Mem{Base: k.first}), component(k.at("split3green")), component(Mem{Base: k.last})
	}
	// Four bytes of each component of four pixels together, then eight, then
	// sixteen.
	for i, load := range loads {
		VPSHUFB(Mem{Base: k.first, Disp: turn * (i / 3)}, load, load)
		between()
	}
	b, g, r = YMM(), YMM(), YMM()
	VPUNPCKLDQ(loads[1], loads[0], b)
	VPUNPCKLDQ(loads[3], loads[2], g)
	between()
	VPUNPCKHDQ(loads[1], loads[0], loads[0])
	VPUNPCKHDQ(loads[3], loads[2], loads[2])
	between()
	VPUNPCKLQDQ(loads[2], loads[0], r)
	VPUNPCKLQDQ(g, b, loads[1])
	VPUNPCKHQDQ(g, b, g)
	between()
	return loads[1], g, r
}

// shut makes the indices those of an entry that is 0, 0xc8c8, where v - lo,
// which wraps below lo, exceeds span.
func (k *kernel) shut(indices words, v reg.VecVirtual, lo, span Mem) {
	x, y, inside := YMM(), YMM(), YMM()
	VPBROADCASTB(lo, x)
	VPSUBB(x, v, x)
	VPBROADCASTB(span, y)
	VPMAXUB(y, x, inside)
	VPCMPEQB(y, inside, inside)
	VMOVDQU(k.at("b200"), x)
	VPUNPCKLBW(inside, inside, y)
	VPBLENDVB(y, indices[0], x, indices[0])
	VPUNPCKHBW(inside, inside, y)
	VPBLENDVB(y, indices[1], x, indices[1])
}
