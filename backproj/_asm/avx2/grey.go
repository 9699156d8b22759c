package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// greyPlaces returns, for pixels of so many bytes, the places of blue, green, red and
// green again of four pixels in 16 bytes. There are four vectors: for pixels that begin
// with blue, the first of which is for most loads and the second for the last one, and
// the same for pixels that begin with red. The upper half of the last load begins early,
// not to read beyond the last pixel's third byte.
func greyPlaces(size int) (places []byte) {
	for blue := 0; blue <= 2; blue += 2 {
		for _, early := range []int{0, 0, 0, []int{3: 4, 4: 1}[size]} { // of half a vector each
			for pixel := range 4 {
				first := size*pixel + early
				places = append(places, byte(first+blue), byte(first+1), byte(first+2-blue), byte(first+1))
			}
		}
	}
	return places
}

// greyFactors are what greys are computed with: the places for most loads and for the
// last one, and the factors and the rounding of emit.GreyBlue.
type greyFactors struct{ places, lastPlaces, bytes, pairs, half reg.VecVirtual }

// greyFactors emits code that loads them.
func (k *kernel) greyFactors() greyFactors {
	places, redFirst := GP64(), GP64()
	emit.IfFourBytes(func() { LEAQ(k.at("grey4"), places) }, func() { LEAQ(k.at("grey3"), places) })
	MOVBQZX(emit.Parameter("redFirst"), redFirst)
	SHLQ(Imm(6), redFirst)
	ADDQ(redFirst, places)
	f := greyFactors{YMM(), YMM(), YMM(), YMM(), YMM()}
	VMOVDQU(Mem{Base: places}, f.places)
	VMOVDQU(Mem{Base: places, Disp: batch}, f.lastPlaces)
	VMOVDQU(k.at("greyBytes"), f.bytes)
	VMOVDQU(k.at("greyPairs"), f.pairs)
	VMOVDQU(k.at("w16384"), f.half)
	return f
}

// grey emits code that computes the grey of the 32 pixels at the address without
// splitting them.
func (f greyFactors) grey(pixels Mem, grey reg.VecVirtual) {
	fours := [4]reg.VecVirtual{YMM(), YMM(), YMM(), YMM()}
	load := func(size int) func() {
		return func() {
			for i, four := range fours {
				upper := 4 * size * (4 + i)
				if i == 3 {
					upper -= []int{3: 4, 4: 1}[size]
				}
				VBROADCASTI128(pixels.Offset(4*size*i), four)
				VINSERTI128(Imm(1), pixels.Offset(upper), four, four)
			}
		}
	}
	emit.IfFourBytes(load(4), load(3))
	for i, four := range fours {
		places := f.places
		if i == 3 {
			places = f.lastPlaces
		}
		VPSHUFB(places, four, four)
		VPMADDUBSW(f.bytes, four, four)
		VPMADDWD(f.pairs, four, four)
		VPADDD(f.half, four, four)
		VPSRLD(Imm(15), four, four)
	}
	VPACKUSDW(fours[1], fours[0], fours[0])
	VPACKUSDW(fours[3], fours[2], fours[2])
	VPACKUSWB(fours[2], fours[0], grey)
}
