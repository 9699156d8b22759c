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
// of those given.
func (k *kernel) colour(pixels Mem, spaces ...emit.Space) colour {
	b, g, r := k.components(pixels)
	c := newColour()
	var cases []emit.Case
	for _, s := range spaces {
		convert := map[emit.Space]func(b, g, r reg.VecVirtual, c colour){
			emit.HueValue:        k.hueValue,
			emit.SaturationValue: k.saturationValue,
			emit.CrCb:            func(b, g, r reg.VecVirtual, c colour) { emit.Interleave(k.crCb(b, g, r, c)) },
			emit.BlueGreen:       k.blueGreen,
			emit.Grey:            k.grey,
		}[s]
		cases = append(cases, emit.Case{Space: s, Code: func() { convert(b, g, r, c) }})
	}
	emit.Switch(cases...)
	return c
}

// components emits code that loads pixels of any size and splits them.
func (k *kernel) components(pixels Mem) (b, g, r reg.VecVirtual) {
	var loads [3]reg.VecVirtual
	for i := range loads {
		loads[i] = ZMM()
		VMOVDQU8(pixels.Offset(batch*i), loads[i])
	}
	b, g, r = ZMM(), ZMM(), ZMM()
	components := [3]reg.VecVirtual{b, g, r}
	for i, component := range components {
		lookUp128(loads[0], loads[1], k.split[i], component)
	}
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

func (k *kernel) blueGreen(b, g, r reg.VecVirtual, c colour) {
	VMOVDQA64(b, c.first)
	VMOVDQA64(g, c.second)
	VMOVDQA64(r, c.third)
}

// hueSaturationValue emits code that returns hues, of which these are the low bytes,
// saturations and values, all in the order of a colour.
func (k *kernel) hueSaturationValue(b, g, r reg.VecVirtual) hsvBytes {
	chroma, x := newChroma(), newHSVWords()
	emit.Interleave(append(k.sorted(b, g, r, chroma), k.hsv(chroma, x)...))
	for i := range x.hues { // of which some are negative
		VPSLLW(Imm(8), x.hues[i], x.hues[i])
		VPSRLW(Imm(8), x.hues[i], x.hues[i])
	}
	VPACKUSWB(x.hues[1], x.hues[0], x.hues[0])
	VPACKUSWB(x.saturations[1], x.saturations[0], x.saturations[0])
	return hsvBytes{x.hues[0], x.saturations[0], x.values}
}

func (k *kernel) hueValue(b, g, r reg.VecVirtual, c colour) {
	x := k.hueSaturationValue(b, g, r)
	VMOVDQA64(x.hues, c.first)
	VMOVDQA64(x.values, c.second)
	VMOVDQA64(x.saturations, c.third)
}

func (k *kernel) saturationValue(b, g, r reg.VecVirtual, c colour) {
	x := k.hueSaturationValue(b, g, r)
	VMOVDQA64(x.saturations, c.first)
	VMOVDQA64(x.values, c.second)
	VMOVDQA64(x.hues, c.third)
}

// grey emits code that computes the grey of the pixels: see emit.GreyRedHigh.
func (k *kernel) grey(b, g, r reg.VecVirtual, c colour) {
	halves := [2]reg.VecVirtual{ZMM(), ZMM()}
	for i, unpack := range interleaved {
		high, low, x := halves[i], ZMM(), ZMM()
		unpack(g, r, low)
		unpack(g, b, x)
		VPMADDUBSW(k.at("greyRedHigh"), low, high)
		VPMADDUBSW(k.at("greyRedLow"), low, low)
		y := ZMM()
		VPMADDUBSW(k.at("greyBlueHigh"), x, y)
		VPMADDUBSW(k.at("greyBlueLow"), x, x)
		VPADDW(y, high, high)
		VPADDW(x, low, low)
		VPSRLW(Imm(7), low, low)
		VPADDW(k.at("w128"), high, high)
		VPADDW(low, high, high)
		VPSRLW(Imm(8), high, high)
	}
	VPACKUSWB(halves[1], halves[0], c.second)
	VMOVDQA64(k.zero, c.first)
	VMOVDQA64(k.zero, c.third)
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
