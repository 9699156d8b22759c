package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A chroma is what the first half of a turn makes of its 64 pixels, in bytes,
// the i-th of pixel place(i): the greatest component, what the greatest and the
// middle one have over the least, and the order of the components as sextants
// has it.
type chroma struct{ v, d, e, order reg.VecVirtual }

func newChroma() chroma { return chroma{ZMM(), ZMM(), ZMM(), ZMM()} }

// take makes it that of the next turn.
func (c chroma) take(next chroma) {
	VMOVDQA64(next.v, c.v)
	VMOVDQA64(next.d, c.d)
	VMOVDQA64(next.e, c.e)
	VMOVDQA64(next.order, c.order)
}

// A colours is what the second half makes of that. Hues and saturations are
// words, of pixels 0 to 31 and of pixels 32 to 63; values are bytes, the i-th
// of pixel place(i). Only the low bytes of hues count: those of negative hues
// are negative, as OpenCV's are before it adds 180.
type colours struct {
	hues, saturations [2]reg.VecVirtual
	values            reg.VecVirtual
}

// In Go's assembly the destination comes last, and sources are in the reverse
// of Intel's order: VPSUBB(a, b, c) is c = b - a, and VPUNPCKLBW(high, low, c)
// interleaves the bytes of low and high to words.

// chroma returns the steps of the first half of the turn whose pixels begin at
// the address.
func (k *kernel) chroma(pixels Mem, c chroma) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	var loads [4]reg.VecVirtual
	for i := range k.size {
		loads[i] = ZMM()
		at := pixels.Offset(turn * i)
		if i == 3 {
			at = at.Offset(-1) // The last pixel may have no fourth byte.
		}
		do(func() { VMOVDQU8(at, loads[i]) })
	}
	b, g, r := ZMM(), ZMM(), ZMM()
	for i, channel := range []reg.VecVirtual{b, g, r} {
		do(func() { k.channel(loads, i, channel) })
	}
	lesser, middle := ZMM(), ZMM()
	rg, gb, rb := K(), K(), K()
	do(func() { VPMINUB(b, g, lesser) })
	do(func() { VPMAXUB(b, g, middle) })
	do(func() { VPCMPUB(Imm(less), g, r, rg) })
	do(func() { VPCMPUB(Imm(less), b, g, gb) })
	do(func() { VPCMPUB(Imm(less), b, r, rb) })
	do(func() { VPMAXUB(middle, r, c.v) })
	do(func() { VPMINUB(middle, r, middle) })
	do(func() { VPMINUB(lesser, r, c.e) })
	do(func() { VPMAXUB(lesser, middle, middle) })
	do(func() { VPSUBB(c.e, c.v, c.d) })
	do(func() { VPSUBB(c.e, middle, c.e) })
	do(func() { VMOVDQU8_Z(k.b1, rg, c.order) })
	do(func() { VPADDB(k.b2, c.order, gb, c.order) })
	do(func() { VPADDB(k.b4, c.order, rb, c.order) })
	return steps
}

// channel takes a component out of the pixels. Its place among the bytes of
// the turn says by its bit 7 in which half it is, and by its lower bits where
// in there.
func (k *kernel) channel(loads [4]reg.VecVirtual, i int, c reg.VecVirtual) {
	VMOVDQA64(k.split[i], c)
	if k.size == 3 {
		VPERMI2B(loads[1], loads[0], c)
		VPERMB(loads[2], k.split[i], k.splitHigh[i], c)
	} else {
		VPERMI2B(loads[3], loads[2], k.splitHigh[i], c)
		VPERMI2B(loads[1], loads[0], k.splitLow, c)
	}
}

// colours returns the steps of the second half.
func (k *kernel) colours(in chroma, out colours) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }

	// 8n = ±8e + {0, 16, 32}d, in bytes to be multiplied and added in pairs.
	small, d4, e, sign, sector := K(), ZMM(), ZMM(), ZMM(), ZMM()
	do(func() { VPCMPUB(Imm(less), k.b4, in.d, small) })
	hueLow, hueHigh, tabulated := k.tabulated(in.d, k.hueLow, k.hueHigh)
	steps = append(steps, tabulated...)
	do(func() { VPERMB(k.sign, in.order, sign) })
	do(func() { VPERMB(k.sector, in.order, sector) })
	do(func() {
		VMOVDQA64(in.d, d4)
		VPERMB(k.times4, in.d, small, d4)
	})
	do(func() {
		VMOVDQA64(in.e, e)
		VPERMB(k.times4, in.e, small, e)
	})

	// The saturation: 16d over 16v where v < 16, where 16d is a byte.
	dark, d16 := K(), ZMM()
	do(func() { VPCMPUB(Imm(less), k.b16, in.v, dark) })
	saturationLow, saturationHigh, tabulated := k.tabulated(in.v, k.saturationLow, k.saturationHigh)
	steps = append(steps, tabulated...)
	do(func() {
		VMOVDQA64(in.d, d16)
		VPERMB(k.times16, in.d, dark, d16)
	})
	for i, unpack := range interleaved {
		n, factors, reciprocal := out.hues[i], ZMM(), ZMM()
		do(func() { unpack(d4, e, n) })
		do(func() { unpack(sector, sign, factors) })
		do(func() { unpack(hueHigh, hueLow, reciprocal) })
		do(func() { VPMADDUBSW(factors, n, n) })
		// (8n·reciprocal + 2^14) >> 15
		do(func() { VPMULHRSW(reciprocal, n, n) })
	}
	for i, unpack := range interleaved {
		x, reciprocal := out.saturations[i], ZMM()
		do(func() { unpack(d16, k.zero, x) })
		do(func() { unpack(saturationHigh, saturationLow, reciprocal) })
		// (256d·reciprocal >> 16) loses only bits that cannot carry into what
		// (d·reciprocal + 2048) >> 12 keeps, here (x·2^11 + 2^14) >> 15.
		do(func() { VPMULHUW(reciprocal, x, x) })
		do(func() { VPMULHRSW(k.w2048, x, x) })
	}
	do(func() { VMOVDQA64(in.v, out.values) })
	return steps
}

func newColours() colours {
	return colours{[2]reg.VecVirtual{ZMM(), ZMM()}, [2]reg.VecVirtual{ZMM(), ZMM()}, ZMM()}
}

// interleaved makes words of the pixels 0 to 31 and then of the others.
var interleaved = [2]func(...Op){VPUNPCKLBW, VPUNPCKHBW}

// Predicates of VPCMPUB: how the second source compares to the first.
const (
	less        = 1
	lessOrEqual = 2
)

// tabulated returns the low and the high bytes of tables of 256, and the steps
// that look up bytes there.
func (k *kernel) tabulated(bytes reg.VecVirtual, lows, highs [4]Op) (low, high reg.VecVirtual, steps []func()) {
	upper := K()
	low, high = ZMM(), ZMM()
	steps = append(steps, func() { VPMOVB2M(bytes, upper) })
	steps = append(steps, looked(lows, bytes, upper, low)...)
	return low, high, append(steps, looked(highs, bytes, upper, high)...)
}

// looked returns the steps that look up bytes in a table of 256: in both halves,
// and then they take what those that are in the upper one gave there. To look up
// each only where it belongs would save an instruction and have the second
// wait for the first. A vector of the table may be in memory.
func looked(table [4]Op, bytes reg.VecVirtual, upper reg.Register, results reg.VecVirtual) []func() {
	later := ZMM()
	return []func(){
		func() { lookUp(table[0], table[1], bytes, results) },
		func() { lookUp(table[2], table[3], bytes, later) },
		func() { VMOVDQU8(later, upper, results) },
	}
}

// lookUp looks up bytes, whose bit 7 does not count, in a table of 128.
func lookUp(first, second Op, bytes, results reg.VecVirtual) {
	if m, ok := first.(Mem); ok {
		VMOVDQU8(m, results)
		VPERMT2B(second, bytes, results)
		return
	}
	VMOVDQA64(bytes, results)
	VPERMI2B(second, first, results)
}
