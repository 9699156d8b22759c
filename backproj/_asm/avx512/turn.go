package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// turn emits the code that computes the indices of the 64 pixels that begin at
// the address. It calls between after every few instructions.
//
// In Go's assembly the destination comes last, and sources are in the reverse
// of Intel's order: VPSUBB(a, b, c) is c = b - a, and VPUNPCKLBW(high, low, c)
// interleaves the bytes of low and high to words.
func (k *kernel) turn(pixels Mem, between func()) (first, second, v reg.VecVirtual) {
	b, g, r := k.channels(pixels, between)

	// The greatest v, the middle and the least component; e = middle - least
	// and the chroma d = v - least.
	lesser, least, middle, e, d := ZMM(), ZMM(), ZMM(), ZMM(), ZMM()
	v = ZMM()
	VPMINUB(b, g, lesser)
	VPMAXUB(b, g, middle)
	between()
	VPMAXUB(middle, r, v)
	VPMINUB(middle, r, middle)
	between()
	VPMINUB(lesser, r, least)
	VPMAXUB(lesser, middle, middle)
	between()
	VPSUBB(least, v, d)
	VPSUBB(least, middle, e)
	between()

	sign, sector := k.sextant(b, g, r, between)

	// 8n = ±8e + {0, 16, 32}d, in bytes to be multiplied and added in pairs.
	small := K()
	VPCMPUB(Imm(less), k.b4, d, small)
	d4 := ZMM()
	VMOVDQA64(d, d4)
	VPSHUFB(d, k.times4, small, d4)
	between()
	VPSHUFB(e, k.times4, small, e)
	between()
	hueLow, hueHigh := k.tabulated(d, k.hueLow, k.hueHigh, between)
	hue := func(unpack func(...Op)) reg.VecVirtual {
		n, factors, reciprocal := ZMM(), ZMM(), ZMM()
		unpack(d4, e, n)
		unpack(sector, sign, factors)
		between()
		VPMADDUBSW(factors, n, n)
		unpack(hueHigh, hueLow, reciprocal)
		between()
		// (8n·reciprocal + 2^14) >> 15, and 180 more if that is negative,
		// which makes it the lesser of the two as an unsigned number.
		VPMULHRSW(reciprocal, n, n)
		VPADDW(k.w180, n, factors)
		between()
		VPMINUW(factors, n, n)
		VPSLLW(Imm(8), n, n)
		between()
		return n
	}
	first, second = hue(VPUNPCKLBW), hue(VPUNPCKHBW)

	// The saturation: 16d over 16v where v < 16, where 16d is a byte.
	dark := K()
	VPCMPUB(Imm(less), k.b16, v, dark)
	d16 := ZMM()
	VMOVDQA64(d, d16)
	VPSHUFB(d, k.times16, dark, d16)
	between()
	low, high := k.tabulated(v, k.saturationLow, k.saturationHigh, between)
	saturation := func(unpack func(...Op), index reg.VecVirtual) {
		x, reciprocal := ZMM(), ZMM()
		unpack(d16, k.zero, x)
		unpack(high, low, reciprocal)
		between()
		// (256d·reciprocal >> 16) loses only bits that cannot carry into what
		// (d·reciprocal + 2048) >> 12 keeps.
		VPMULHUW(reciprocal, x, x)
		VPADDW(k.w8, x, x)
		between()
		VPSRLW(Imm(4), x, x)
		VPORQ(x, index, index)
		between()
	}
	saturation(VPUNPCKLBW, first)
	saturation(VPUNPCKHBW, second)
	return first, second, v
}

// Predicates of VPCMPUB: how the second source compares to the first.
const (
	less    = 1
	greater = 6
)

// channels splits the pixels. A component's place among the bytes of the turn
// says by its bit 7 in which half it is, and by its lower bits where in there.
func (k *kernel) channels(pixels Mem, between func()) (b, g, r reg.VecVirtual) {
	var loads [4]reg.VecVirtual
	for i := range k.size {
		loads[i] = ZMM()
		at := pixels.Offset(turn * i)
		if i == 3 {
			at = at.Offset(-1) // The last pixel may have no fourth byte.
		}
		VMOVDQU8(at, loads[i])
	}
	var channels [3]reg.VecVirtual
	for i := range channels {
		c := ZMM()
		VMOVDQA64(k.split[i], c)
		if k.size == 3 {
			VPERMI2B(loads[1], loads[0], c)
			VPERMB(loads[2], k.split[i], k.splitHigh[i], c)
		} else {
			VPERMI2B(loads[3], loads[2], k.splitHigh[i], c)
			VPERMI2B(loads[1], loads[0], k.splitLow, c)
		}
		between()
		channels[i] = c
	}
	return channels[0], channels[1], channels[2]
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
func (k *kernel) sextant(b, g, r reg.VecVirtual, between func()) (sign, sector reg.VecVirtual) {
	rg, gb, rb := K(), K(), K()
	VPCMPUB(Imm(less), g, r, rg)
	VPCMPUB(Imm(less), b, g, gb)
	between()
	VPCMPUB(Imm(less), b, r, rb)
	// An odd number of inversions makes the sign.
	odd, notRed, blue := K(), K(), K()
	KXORQ(rg, gb, odd)
	between()
	KXORQ(rb, odd, odd)
	KORQ(rg, rb, notRed)
	KANDQ(gb, rb, blue)
	between()
	sign, sector = ZMM(), ZMM()
	VPBLENDMB(k.b248, k.b8, odd, sign)
	VMOVDQU8_Z(k.b16, notRed, sector)
	between()
	VPADDB(k.b16, sector, blue, sector)
	return sign, sector
}

// tabulated looks up the low and the high bytes of numbers in tables of 256.
func (k *kernel) tabulated(i reg.VecVirtual, lows, highs [4]Op, between func()) (low, high reg.VecVirtual) {
	upper, lower := K(), K()
	VPMOVB2M(i, upper)
	KNOTQ(upper, lower)
	lookup := func(t [4]Op) reg.VecVirtual {
		x := ZMM()
		VMOVDQA64(i, x)
		VPERMI2B(t[3], t[2], upper, x)
		between()
		VPERMI2B(t[1], t[0], lower, x)
		between()
		return x
	}
	return lookup(lows), lookup(highs)
}

// shut makes the indices 0xffff where v - lo, which wraps below lo, exceeds
// span.
func shut(first, second, v reg.VecVirtual, lo, span Mem) {
	x, y, outside := ZMM(), ZMM(), K()
	VPBROADCASTB(lo, x)
	VPSUBB(x, v, x)
	VPBROADCASTB(span, y)
	VPCMPUB(Imm(greater), y, x, outside)
	VPMOVM2B(outside, x)
	VPUNPCKLBW(x, x, y)
	VPORQ(y, first, first)
	VPUNPCKHBW(x, x, y)
	VPORQ(y, second, second)
}
