package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A batch is converted in two stages, chroma and then hsv, so that functions can
// pipeline them. The arithmetic is that of AVX2's hues and saturations, in
// ../avx2/hsv.go, which has the derivation. Here, byte permutations look up the
// reciprocals and the factors of a sextant.

// A chroma is the result of the first stage, in bytes, the i-th of which belongs
// to pixel place(i): the value v, the greatest component; the chroma d and e, the
// greatest and the middle component, less the least; and the order of the
// components, as sextants numbers it.
type chroma struct{ v, d, e, order reg.VecVirtual }

func newChroma() chroma { return chroma{ZMM(), ZMM(), ZMM(), ZMM()} }

// set emits code that copies the vectors of next.
func (c chroma) set(next chroma) {
	VMOVDQA64(next.v, c.v)
	VMOVDQA64(next.d, c.d)
	VMOVDQA64(next.e, c.e)
	VMOVDQA64(next.order, c.order)
}

// An hsvWords is the result of the second stage. Hues and saturations are words,
// of pixels 0 to 31 in the first vector and of pixels 32 to 63 in the second;
// values are bytes, the i-th of which belongs to pixel place(i). Hues are from -30
// to 150, OpenCV's before it adds 180 to negative hues.
type hsvWords struct {
	hues, saturations [2]reg.VecVirtual
	values            reg.VecVirtual
}

func newHSVWords() hsvWords {
	return hsvWords{[2]reg.VecVirtual{ZMM(), ZMM()}, [2]reg.VecVirtual{ZMM(), ZMM()}, ZMM()}
}

// An hsvBytes is the same in bytes: hues, of which these are the low bytes, and
// saturations in the order of the pixels, the i-th value that of pixel place(i).
type hsvBytes struct{ hues, saturations, values reg.VecVirtual }

func newHSVBytes() hsvBytes { return hsvBytes{ZMM(), ZMM(), ZMM()} }

// set emits code that copies the vectors of next.
func (x hsvBytes) set(next hsvBytes) {
	VMOVDQA64(next.hues, x.hues)
	VMOVDQA64(next.saturations, x.saturations)
	VMOVDQA64(next.values, x.values)
}

// chroma returns the steps of the first stage for the pixels at the address.
func (k *kernel) chroma(pixels Mem, c chroma) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	var loads [4]reg.VecVirtual
	for i := range k.size {
		loads[i] = ZMM()
		at := pixels.Offset(batch * i)
		if i == 3 {
			at = at.Offset(-1) // the last pixel may have no fourth byte
		}
		do(func() { VMOVDQU8(at, loads[i]) })
	}
	b, g, r := ZMM(), ZMM(), ZMM()
	for i, channel := range []reg.VecVirtual{b, g, r} {
		do(func() { k.channel(loads, i, channel) })
	}
	return append(steps, k.sorted(b, g, r, c)...)
}

// sorted returns the steps of the first stage from the components on.
func (k *kernel) sorted(b, g, r reg.VecVirtual, c chroma) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	// c.e is the least component for now.
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

// channel emits code that takes component i of each pixel from the loaded bytes.
// The place of a byte among the 192 or 256 is in k.split: VPERMI2B looks at bits
// 0 to 6, which address two vectors, and a mask of bit 7 selects the pair.
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

// hsv returns the steps of the second stage.
func (k *kernel) hsv(in chroma, out hsvWords) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }

	// For the hue, multiply d and e by 4 where d < 4.
	small, d4, e, sign, sector := K(), ZMM(), ZMM(), ZMM(), ZMM()
	do(func() { VPCMPUB(Imm(less), k.b4, in.d, small) })
	hueLow, hueHigh, lookup := k.lookUpWords(in.d, k.hueLow, k.hueHigh)
	steps = append(steps, lookup...)
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

	// For the saturation, multiply d by 16 where v < 16.
	dark, d16 := K(), ZMM()
	do(func() { VPCMPUB(Imm(less), k.b16, in.v, dark) })
	saturationLow, saturationHigh, lookup := k.lookUpWords(in.v, k.saturationLow, k.saturationHigh)
	steps = append(steps, lookup...)
	do(func() {
		VMOVDQA64(in.d, d16)
		VPERMB(k.times16, in.d, dark, d16)
	})
	for i, unpack := range interleaved {
		n, factors, reciprocal := out.hues[i], ZMM(), ZMM()
		do(func() { unpack(d4, e, n) })
		do(func() { unpack(sector, sign, factors) })
		do(func() { unpack(hueHigh, hueLow, reciprocal) })
		do(func() { VPMADDUBSW(factors, n, n) }) // 8n
		do(func() { VPMULHRSW(reciprocal, n, n) })
	}
	for i, unpack := range interleaved {
		x, reciprocal := out.saturations[i], ZMM()
		do(func() { unpack(d16, k.zero, x) }) // 256d
		do(func() { unpack(saturationHigh, saturationLow, reciprocal) })
		do(func() { VPMULHUW(reciprocal, x, x) })
		do(func() { VPMULHRSW(k.w2048, x, x) })
	}
	do(func() { VMOVDQA64(in.v, out.values) })
	return steps
}

// hsvBytes returns the steps of the second stage where bytes are wanted.
func (k *kernel) hsvBytes(in chroma, out hsvBytes) []func() {
	x := newHSVWords()
	x.values = out.values
	return append(k.hsv(in, x),
		func() { k.lowBytes(x.hues, out.hues) },
		func() { k.lowBytes(x.saturations, out.saturations) })
}

// lowBytes emits code that moves the low bytes of words to bytes, in the order
// of the pixels.
func (k *kernel) lowBytes(words [2]reg.VecVirtual, bytes reg.VecVirtual) {
	VMOVDQU8(k.at("lowBytes"), bytes)
	VPERMI2B(words[1], words[0], bytes)
}

// interleaved has the instructions that interleave two vectors of bytes to words
// of pixels 0 to 31, and of pixels 32 to 63.
var interleaved = [2]func(...Op){VPUNPCKLBW, VPUNPCKHBW}

// Predicates of VPCMPUB. In Go's order, the source next to the destination is
// compared to the one before it.
const (
	less        = 1
	lessOrEqual = 2
)

// lookUpWords returns the steps that look bytes up in a table of 256 words,
// whose low and high bytes are in tables of their own, and the low and high bytes
// of the results.
func (k *kernel) lookUpWords(bytes reg.VecVirtual, lows, highs [4]Op) (low, high reg.VecVirtual, steps []func()) {
	bit7 := K()
	low, high = ZMM(), ZMM()
	steps = append(steps, func() { VPMOVB2M(bytes, bit7) })
	steps = append(steps, lookUp256(lows, bytes, bit7, low)...)
	return low, high, append(steps, lookUp256(highs, bytes, bit7, high)...)
}

// lookUp256 returns the steps that look bytes up in a table of 256 bytes: in both
// halves, to select a result by the mask bit7 then. A masked lookup in the second
// half would save an instruction, but it would have to wait for the first.
func lookUp256(table [4]Op, bytes reg.VecVirtual, bit7 reg.Register, results reg.VecVirtual) []func() {
	upper := ZMM()
	return []func(){
		func() { lookUp128(table[0], table[1], bytes, results) },
		func() { lookUp128(table[2], table[3], bytes, upper) },
		func() { VMOVDQU8(upper, bit7, results) },
	}
}

// lookUp128 emits code that looks bytes, of which bit 7 is ignored, up in a table
// of 128 bytes in two vectors. These may be in memory.
func lookUp128(first, second Op, bytes, results reg.VecVirtual) {
	if m, ok := first.(Mem); ok {
		VMOVDQU8(m, results)
		VPERMT2B(second, bytes, results)
		return
	}
	VMOVDQA64(bytes, results)
	VPERMI2B(second, first, results)
}
