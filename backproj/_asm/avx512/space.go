package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// A colour is the three components of the pixels of a batch in a space, in bytes, the
// i-th of which belongs to pixel place(i).
type colour struct{ first, second, third reg.VecVirtual }

func newColour() colour { return colour{ZMM(), ZMM(), ZMM()} }

// colour emits code that converts the pixels at the address to the parameter space, one
// of those given, interleaved with other steps.
func (k *kernel) colour(pixels Mem, others []func(), spaces ...emit.Space) colour {
	some, others := others[:len(others)/4], others[len(others)/4:]
	b, g, r := k.splitPixels(pixels, some)
	c := newColour()
	emit.Convert(spaces, emit.Conversions{
		emit.CrCb: func() { emit.Interleave(k.crCb(b, g, r, c), others) },
		emit.BlueGreen: func() {
			c.set(b, g, r)
			emit.Interleave(others)
		},
		emit.Grey: func() { emit.Interleave(k.grey(b, g, r, c), others) },
		emit.AB:   func() { emit.Interleave(k.lab(b, g, r, c), others) },
	}, func() {
		x := k.hueSaturationValue(b, g, r, others)
		emit.Convert(spaces, emit.Conversions{
			emit.HueSaturation:   func() { c.set(x.hues, x.saturations, x.values) },
			emit.HueValue:        func() { c.set(x.hues, x.values, x.saturations) },
			emit.SaturationValue: func() { c.set(x.saturations, x.values, x.hues) },
		}, nil)
	})
	return c
}

// set emits code that copies the components of a colour.
func (c colour) set(first, second, third reg.VecVirtual) {
	VMOVDQA64(first, c.first)
	VMOVDQA64(second, c.second)
	VMOVDQA64(third, c.third)
}

// splitPixels emits code that loads pixels of any size and splits them, interleaved with
// other steps.
func (k *kernel) splitPixels(pixels Mem, others []func()) (b, g, r reg.VecVirtual) {
	var loads [3]reg.VecVirtual
	for i := range loads {
		loads[i] = ZMM()
		VMOVDQU8(pixels.Offset(batch*i), loads[i])
	}
	b, g, r = ZMM(), ZMM(), ZMM()
	components := [3]reg.VecVirtual{b, g, r}
	var steps []func()
	for i, component := range components {
		steps = append(steps, func() { lookUp128(loads[0], loads[1], k.split[i], component) })
	}
	emit.Interleave(steps, others)
	emit.IfFourBytes(func() {
		fourth, upper := ZMM(), ZMM()
		VMOVDQU8(pixels.Offset(3*batch-1), fourth) // see chroma
		for i, component := range components {
			lookUp128(loads[2], fourth, k.split[i], upper)
			VMOVDQU8(upper, k.splitHigh[i], component)
		}
	}, func() {
		for i, component := range components {
			VPERMB(loads[2], k.split[i], k.splitHigh[i], component)
		}
	})
	return b, g, r
}

// hueSaturationValue emits code that returns hues, of which these are the low bytes,
// saturations and values, all in the order of a colour, interleaved with other steps.
func (k *kernel) hueSaturationValue(b, g, r reg.VecVirtual, others []func()) hsvBytes {
	chroma, x := newChroma(), newHSVWords()
	emit.Interleave(append(k.sorted(b, g, r, chroma), k.hsv(chroma, x)...), others)
	for i := range x.hues { // of which some are negative
		VPSLLW(Imm(8), x.hues[i], x.hues[i])
		VPSRLW(Imm(8), x.hues[i], x.hues[i])
	}
	VPACKUSWB(x.hues[1], x.hues[0], x.hues[0])
	VPACKUSWB(x.saturations[1], x.saturations[0], x.saturations[0])
	return hsvBytes{x.hues[0], x.saturations[0], x.values}
}

// grey returns the steps that compute the grey of the pixels: see emit.GreyRedHigh.
func (k *kernel) grey(b, g, r reg.VecVirtual, c colour) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	halves := [2]reg.VecVirtual{ZMM(), ZMM()}
	for i, unpack := range interleaved {
		high, low, x := halves[i], ZMM(), ZMM()
		do(func() { unpack(g, r, low) })
		do(func() { unpack(g, b, x) })
		do(func() { VPMADDUBSW(k.at("greyRedHigh"), low, high) })
		do(func() { VPMADDUBSW(k.at("greyRedLow"), low, low) })
		y := ZMM()
		do(func() { VPMADDUBSW(k.at("greyBlueHigh"), x, y) })
		do(func() { VPMADDUBSW(k.at("greyBlueLow"), x, x) })
		do(func() { VPADDW(y, high, high) })
		do(func() { VPADDW(x, low, low) })
		do(func() { VPSRLW(Imm(7), low, low) })
		do(func() { VPADDW(k.at("w128"), high, high) })
		do(func() { VPADDW(low, high, high) })
		do(func() { VPSRLW(Imm(8), high, high) })
	}
	do(func() { VPACKUSWB(halves[1], halves[0], c.second) })
	do(func() { VMOVDQA64(k.zero, c.first) })
	do(func() { VMOVDQA64(k.zero, c.third) })
	return steps
}

// crCb returns the steps that compute Cr, Cb and Y: see emit.GreyRedHigh.
func (k *kernel) crCb(b, g, r reg.VecVirtual, c colour) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	var y, cr, cb [2]reg.VecVirtual
	for i, unpack := range interleaved {
		y[i], cr[i], cb[i] = ZMM(), ZMM(), ZMM()
		low, x := ZMM(), ZMM()
		do(func() { unpack(g, r, low) })
		do(func() { unpack(k.zero, b, cb[i]) })
		do(func() { unpack(k.zero, r, cr[i]) })
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
	do(func() { VPXORQ(k.at("b128"), c.first, c.first) })
	do(func() { VPXORQ(k.at("b128"), c.second, c.second) })
	return steps
}
