package main

import (
	"encoding/binary"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// labConstants adds those of Lab by the functions for 256 words, two words, and others.
func labConstants(table func(string, func(int) int), pairOfWords func(name string, even, odd int), vectors func(string, []byte)) {
	table("light", emit.LightOf)
	// Beside each blue there is lightOne. Its weight makes sums round, and adds RootFrom.
	const one = 1<<(emit.LightShift-1) + emit.RootFrom<<emit.LightShift
	for i, weights := range emit.LightWeights {
		pairOfWords("lightRedGreen"+xyz[i], weights[0], weights[1])
		pairOfWords("lightBlue"+xyz[i], weights[2], one/lightOne)
	}
	for power, coefficients := range emit.RootCoefficients() {
		var b []byte
		for _, c := range coefficients {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(c))
		}
		vectors(root(power), b)
	}
	pairOfWords("aFactor", emit.AFactor, emit.AFactor)
	pairOfWords("bFactor", emit.BFactor, emit.BFactor)
	pairOfWords("lightnessFactor", emit.LightnessFactor, 0)
}

const lightOne = 2

var xyz = [3]string{"X", "Y", "Z"}

func root(power int) string { return "root" + string(rune('0'+power)) }

// lab returns the steps that compute a, b and L.
//
// Byte permutations look the light of each component up. The sums X, Y and Z are of
// products of words, and f of them is computed as emit.RootCoefficients says. VPMULHRSW
// computes (500·d + 2^14) >> 15 of a difference d, which is a less 128, exactly, and so for
// b. Flipping bit 7 adds 128.
func (k *kernel) lab(b, g, r reg.VecVirtual, c colour) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	var light [3][2]reg.VecVirtual // of blue, green and red, in words
	for i, component := range []reg.VecVirtual{b, g, r} {
		low, high, lookup := k.lookUpWords(component, k.table("lightLow"), k.table("lightHigh"))
		steps = append(steps, lookup...)
		for half, unpack := range interleaved {
			light[i][half] = ZMM()
			do(func() { unpack(high, low, light[i][half]) })
		}
	}
	var components [3][2]reg.VecVirtual // in words
	for half := range 2 {
		var doubles [3][2]reg.VecVirtual
		for quarter, unpack := range []func(...Op){VPUNPCKLWD, VPUNPCKHWD} {
			redGreen, blue := ZMM(), ZMM()
			do(func() { unpack(light[1][half], light[2][half], redGreen) })
			do(func() { unpack(k.at("lightOne"), light[0][half], blue) })
			var f [3]reg.VecVirtual
			for i := range f {
				f[i] = ZMM()
				steps = append(steps, k.labRoot(redGreen, blue, i, f[i])...)
			}
			for i := range doubles {
				doubles[i][quarter] = f[i]
			}
			do(func() { VPSUBD(f[1], f[0], f[0]) })
			do(func() { VPSUBD(f[2], f[1], f[2]) })
			do(func() { VPMADDWD(k.at("lightnessFactor"), f[1], f[1]) })
			do(func() { VPADDD(k.at("lightnessOffset"), f[1], f[1]) })
			do(func() { VPSRLD(Imm(emit.LabShift), f[1], f[1]) })
		}
		for i, pair := range doubles {
			components[i][half] = pair[0]
			do(func() { VPACKSSDW(pair[1], pair[0], pair[0]) })
		}
		do(func() { VPMULHRSW(k.at("aFactor"), components[0][half], components[0][half]) })
		do(func() { VPMULHRSW(k.at("bFactor"), components[2][half], components[2][half]) })
	}
	do(func() { VPACKSSWB(components[0][1], components[0][0], c.first) })
	do(func() { VPACKUSWB(components[1][1], components[1][0], c.third) })
	do(func() { VPACKSSWB(components[2][1], components[2][0], c.second) })
	do(func() { VPXORQ(k.at("b128"), c.first, c.first) })
	do(func() { VPXORQ(k.at("b128"), c.second, c.second) })
	return steps
}

// labRoot returns the steps that compute f of X, Y or Z, plus what emit.RootMiddle says.
func (k *kernel) labRoot(redGreen, blue reg.VecVirtual, i int, f reg.VecVirtual) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	x, at := ZMM(), ZMM()
	do(func() { VPMADDWD(k.at("lightRedGreen"+xyz[i]), redGreen, x) })
	do(func() { VPMADDWD(k.at("lightBlue"+xyz[i]), blue, at) })
	do(func() { VPADDD(at, x, x) })
	do(func() { VPSRLD(Imm(emit.LightShift), x, x) })
	do(func() { VCVTDQ2PS(x, x) })
	do(func() { VPSRLD(Imm(emit.RootShift), x, at) })
	do(func() { VPERMPS(k.roots[emit.RootDegree], at, f) })
	for power := emit.RootDegree - 1; power >= 0; power-- {
		coefficient := ZMM()
		do(func() { VPERMPS(k.roots[power], at, coefficient) })
		do(func() { VFMADD213PS(coefficient, x, f) })
	}
	return steps
}

// table returns the four vectors of a table of 256 bytes.
func (k *kernel) table(name string) (t [4]Op) {
	for i := range t {
		t[i] = k.at(name).Offset(batch * i)
	}
	return t
}

// keepRoots emits code that loads the coefficients of f, which labRoot needs. As operands
// in memory they would wait for stores that seem to overlap.
func (k *kernel) keepRoots() {
	for power := range k.roots {
		k.roots[power] = ZMM()
		VMOVDQU8(k.at(root(power)), k.roots[power])
	}
}
