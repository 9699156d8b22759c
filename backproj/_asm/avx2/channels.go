package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// channels emits code that loads the 32 pixels at the address and splits them into
// their components. It calls between after every few instructions.
func (k *kernel) channels(pixels Mem, between func()) (b, g, r reg.VecVirtual) {
	b, g, r = YMM(), YMM(), YMM()
	steps := k.split3(pixels, b, g, r)
	if k.size == 4 {
		steps = k.split4(pixels, b, g, r)
	}
	for _, step := range steps {
		step()
		between()
	}
	return b, g, r
}

// splitPixels emits code that does the same for pixels of any size, interleaved with
// other steps.
func (k *kernel) splitPixels(pixels Mem, others []func()) (b, g, r reg.VecVirtual) {
	b, g, r = YMM(), YMM(), YMM()
	emit.IfFourBytes(
		func() { emit.Interleave(k.split4(pixels, b, g, r), others) },
		func() { emit.Interleave(k.split3(pixels, b, g, r), others) })
	return b, g, r
}

// loadPixels returns the steps that load pixels by 16 bytes, and the vectors that these are
// in. Pixels 0 to 15 go to the lower halves, 16 to 31 to the upper ones.
func loadPixels(pixels Mem, size int) (loads []reg.VecVirtual, steps []func()) {
	for i := range size {
		load := YMM()
		upper := 16 * (size + i)
		if upper == 7*16 {
			upper-- // the last pixel may have no fourth byte
		}
		loads = append(loads, load)
		steps = append(steps, func() {
			VBROADCASTI128(pixels.Offset(16*i), load)
			VINSERTI128(Imm(1), pixels.Offset(upper), load, load)
		})
	}
	return loads, steps
}

// split3 returns the steps for pixels of 3 bytes.
func (k *kernel) split3(pixels Mem, b, g, r reg.VecVirtual) []func() {
	loads, steps := loadPixels(pixels, 3)
	component := func(constants Mem, c reg.VecVirtual) {
		mask := YMM()
		steps = append(steps, func() {
			VMOVDQU(constants, mask)
			VPBLENDVB(mask, loads[1], loads[0], c)
		}, func() {
			VMOVDQU(constants.Offset(batch), mask)
			VPBLENDVB(mask, loads[2], c, c)
		}, func() {
			VPSHUFB(constants.Offset(2*batch), c, c)
		})
	}
	component(Mem{Base: k.first}, b)
	component(k.at("split3green"), g)
	component(Mem{Base: k.last}, r)
	return steps
}

// split4 returns the steps for pixels of 4 bytes.
func (k *kernel) split4(pixels Mem, b, g, r reg.VecVirtual) []func() {
	loads, steps := loadPixels(pixels, 4)
	// Bring together four bytes of each component, then eight, then sixteen.
	for i, load := range loads {
		steps = append(steps, func() { VPSHUFB(Mem{Base: k.first, Disp: batch * (i / 3)}, load, load) })
	}
	fours, eights := YMM(), YMM()
	return append(steps, func() {
		VPUNPCKLDQ(loads[1], loads[0], fours)
		VPUNPCKLDQ(loads[3], loads[2], eights)
	}, func() {
		VPUNPCKHDQ(loads[1], loads[0], loads[0])
		VPUNPCKHDQ(loads[3], loads[2], loads[2])
	}, func() {
		VPUNPCKLQDQ(loads[2], loads[0], r)
		VPUNPCKLQDQ(eights, fours, b)
		VPUNPCKHQDQ(eights, fours, g)
	})
}
