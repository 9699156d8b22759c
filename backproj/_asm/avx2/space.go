package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// A colour is the three components of the pixels of a batch in a space, in bytes.
type colour struct{ first, second, third reg.VecVirtual }

// colour emits code that converts the pixels at the address to the parameter space, one
// of those given, interleaved with other steps.
func (k *kernel) colour(pixels Mem, others []func(), spaces ...emit.Space) colour {
	some, others := others[:len(others)/4], others[len(others)/4:]
	b, g, r := k.splitPixels(pixels, some)
	c := colour{YMM(), YMM(), YMM()}
	emit.Convert(spaces, emit.Conversions{
		emit.CrCb: func() { emit.Interleave(k.crCb(b, g, r, c), others) },
		emit.AB:   func() { emit.Interleave(k.lab(b, g, r, c), others) },
		emit.BlueGreen: func() {
			c.set(b, g, r)
			emit.Interleave(others)
		},
		emit.Grey: func() {
			emit.Interleave(k.grey(b, g, r, c.second), others)
			VPXOR(c.first, c.first, c.first)
			VPXOR(c.third, c.third, c.third)
		},
	}, func() {
		between, rest := sprinkle(others, 4)
		hue, saturation, value := k.hueSaturationValue(b, g, r, between)
		rest()
		emit.Convert(spaces, emit.Conversions{
			emit.HueValue:        func() { c.set(hue, value, saturation) },
			emit.SaturationValue: func() { c.set(saturation, value, hue) },
		}, nil)
	})
	return c
}

// set emits code that copies the components of a colour.
func (c colour) set(first, second, third reg.VecVirtual) {
	VMOVDQA(first, c.first)
	VMOVDQA(second, c.second)
	VMOVDQA(third, c.third)
}

// indices emits code that returns the indices.
func (c colour) indices() (indices words) {
	for i, unpack := range interleaved {
		indices[i] = YMM()
		unpack(c.first, c.second, indices[i])
	}
	return indices
}

// interleaved has the instructions that interleave two vectors of bytes to words.
var interleaved = [2]func(...Op){VPUNPCKLBW, VPUNPCKHBW}

// hueSaturationValue emits code that returns hues, of which these are the low bytes,
// saturations and values. It calls between after every few instructions.
func (k *kernel) hueSaturationValue(b, g, r reg.VecVirtual, between func()) (hue, saturation, value reg.VecVirtual) {
	hues, d, v := k.hues(sort(b, g, r, between), between)
	for i := range hues { // of which some are negative
		VPSLLW(Imm(8), hues[i], hues[i])
		VPSRLW(Imm(8), hues[i], hues[i])
	}
	VPACKUSWB(hues[1], hues[0], hues[0])
	s := k.saturations(d, v, between)
	VPACKUSWB(s[1], s[0], s[0])
	return hues[0], s[0], v
}

// grey returns the steps that compute the grey of the pixels: see emit.GreyRedHigh.
func (k *kernel) grey(b, g, r, grey reg.VecVirtual) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	var halves words
	for i, unpack := range interleaved {
		high, low, x, y := YMM(), YMM(), YMM(), YMM()
		do(func() { unpack(g, r, low) })
		do(func() { unpack(g, b, x) })
		do(func() { VPMADDUBSW(k.at("greyRedHigh"), low, high) })
		do(func() { VPMADDUBSW(k.at("greyRedLow"), low, low) })
		do(func() { VPMADDUBSW(k.at("greyBlueHigh"), x, y) })
		do(func() { VPMADDUBSW(k.at("greyBlueLow"), x, x) })
		do(func() { VPADDW(y, high, high) })
		do(func() { VPADDW(x, low, low) })
		do(func() { VPSRLW(Imm(7), low, low) })
		do(func() { VPADDW(k.at("w128"), high, high) })
		do(func() { VPADDW(low, high, high) })
		do(func() { VPSRLW(Imm(8), high, high) })
		halves[i] = high
	}
	do(func() { VPACKUSWB(halves[1], halves[0], grey) })
	return steps
}

// crCb returns the steps that compute Cr, Cb and Y: see emit.GreyRedHigh.
func (k *kernel) crCb(b, g, r reg.VecVirtual, c colour) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	var y, cr, cb words
	zero := YMM()
	do(func() { VPXOR(zero, zero, zero) })
	for i, unpack := range interleaved {
		y[i], cr[i], cb[i] = YMM(), YMM(), YMM()
		low, x := YMM(), YMM()
		do(func() { unpack(g, r, low) })
		do(func() { unpack(zero, b, cb[i]) })
		do(func() { unpack(zero, r, cr[i]) })
		do(func() { VPMADDUBSW(k.at("lumaHigh"), low, y[i]) })
		do(func() { VPMADDUBSW(k.at("lumaLow"), low, low) })
		do(func() { VPMULLW(k.at("lumaBlueHigh"), cb[i], x) })
		do(func() { VPADDW(x, y[i], y[i]) })
		do(func() { VPMULLW(k.at("lumaBlueLow"), cb[i], x) })
		do(func() { VPADDW(x, low, low) })
		do(func() { VPSRLW(Imm(7), low, low) })
		do(func() { VPADDW(low, y[i], y[i]) })
		do(func() { VPMULHRSW(k.at("w256"), y[i], y[i]) })
		do(func() { VPSUBW(y[i], cr[i], cr[i]) })
		do(func() { VPSUBW(y[i], cb[i], cb[i]) })
		do(func() { VPMULHRSW(k.at("cr"), cr[i], cr[i]) })
		do(func() { VPMULHRSW(k.at("cb"), cb[i], cb[i]) })
	}
	do(func() { VPACKUSWB(y[1], y[0], c.third) })
	do(func() { VPACKSSWB(cr[1], cr[0], c.first) })
	do(func() { VPACKSSWB(cb[1], cb[0], c.second) })
	do(func() { VPXOR(k.at("b128"), c.first, c.first) })
	do(func() { VPXOR(k.at("b128"), c.second, c.second) })
	return steps
}
