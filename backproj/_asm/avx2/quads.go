package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// What is a sum of products of the components is computed without splitting pixels into
// these. Each pixel takes four bytes, blue, green, red and green again: see
// emit.GreyBlue. Four vectors hold 32 pixels, the i-th those from 4i and from 16+4i on.

// quadPlaces returns, for pixels of so many bytes, the places of these bytes. There are
// four vectors: for pixels that begin with blue, the first of which is for most loads
// and the second for the last one, and the same for pixels that begin with red. The
// upper half of the last load begins early, not to read beyond the last pixel's third
// byte.
func quadPlaces(size int) (places []byte) {
	for blue := 0; blue <= 2; blue += 2 {
		for _, early := range []int{0, 0, 0, earlier(size)} { // of half a vector each
			for pixel := range 4 {
				first := size*pixel + early
				places = append(places, byte(first+blue), byte(first+1), byte(first+2-blue), byte(first+1))
			}
		}
	}
	return places
}

// earlier returns by how many bytes the last load begins early.
func earlier(size int) int { return []int{3: 4, 4: 1}[size] }

// quads are the places for most loads and for the last one.
type quads struct{ places, lastPlaces reg.VecVirtual }

// quads emits code that loads them.
func (k *kernel) quads() quads {
	places, redFirst := GP64(), GP64()
	emit.IfFourBytes(func() { LEAQ(k.at("quads4"), places) }, func() { LEAQ(k.at("quads3"), places) })
	MOVBQZX(emit.Parameter("redFirst"), redFirst)
	SHLQ(Imm(6), redFirst)
	ADDQ(redFirst, places)
	q := quads{YMM(), YMM()}
	VMOVDQU(Mem{Base: places}, q.places)
	VMOVDQU(Mem{Base: places, Disp: batch}, q.lastPlaces)
	return q
}

// load emits code that loads the 32 pixels at the address, and returns the steps that
// put their bytes in place.
func (q quads) load(pixels Mem) (fours [4]reg.VecVirtual, steps []func()) {
	for i := range fours {
		fours[i] = YMM()
	}
	load := func(size int) func() {
		return func() {
			for i, four := range fours {
				upper := 4 * size * (4 + i)
				if i == 3 {
					upper -= earlier(size)
				}
				VBROADCASTI128(pixels.Offset(4*size*i), four)
				VINSERTI128(Imm(1), pixels.Offset(upper), four, four)
			}
		}
	}
	emit.IfFourBytes(load(4), load(3))
	for i, four := range fours {
		places := q.places
		if i == 3 {
			places = q.lastPlaces
		}
		steps = append(steps, func() { VPSHUFB(places, four, four) })
	}
	return fours, steps
}

// kept emits code that loads constants into registers.
func (k *kernel) kept(names ...string) (vectors []reg.VecVirtual) {
	for _, name := range names {
		v := YMM()
		VMOVDQU(k.at(name), v)
		vectors = append(vectors, v)
	}
	return vectors
}

// A greyQuads computes grey.
type greyQuads struct {
	quads
	bytes, pairs, half reg.VecVirtual
}

func (k *kernel) greyQuads() greyQuads {
	v := k.kept("greyBytes", "greyPairs", "d16384")
	return greyQuads{k.quads(), v[0], v[1], v[2]}
}

// grey emits code that computes the grey of the 32 pixels at the address.
func (q greyQuads) grey(pixels Mem, grey reg.VecVirtual) {
	fours, steps := q.load(pixels)
	emit.Interleave(steps)
	for _, four := range fours {
		VPMADDUBSW(q.bytes, four, four)
		VPMADDWD(q.pairs, four, four)
		VPADDD(q.half, four, four)
		VPSRLD(Imm(15), four, four)
	}
	VPACKUSDW(fours[1], fours[0], fours[0])
	VPACKUSDW(fours[3], fours[2], fours[2])
	VPACKUSWB(fours[2], fours[0], grey)
}

// A crCbQuads computes Cr and Cb.
type crCbQuads struct {
	quads
	bytes, pairs, half, highWords, lowBytes, factors reg.VecVirtual
	flip                                             Mem
}

func (k *kernel) crCbQuads() crCbQuads {
	v := k.kept("lumaBytes", "lumaPairs", "d32768", "highWords", "w255", "cbCr")
	return crCbQuads{k.quads(), v[0], v[1], v[2], v[3], v[4], v[5], k.at("b128")}
}

// crCb emits code that computes the indices of the 32 pixels at the address, and Y twice
// for each, interleaved with other steps.
//
// The words of a pixel in a quad, blue and red without green, less Y, are what Cb and Cr
// are multiples of. Two bytes that are packed from them are the index.
func (q crCbQuads) crCb(pixels Mem, others []func()) (indices, y words) {
	fours, steps := q.load(pixels)
	do := func(step func()) { steps = append(steps, step) }
	for i := range indices {
		y[i], indices[i] = YMM(), YMM()
		pair := fours[2*i : 2*i+2]
		luma := [2]reg.VecVirtual{y[i], YMM()}
		for j, four := range pair {
			y := luma[j]
			do(func() { VPMADDUBSW(q.bytes, four, y) })
			do(func() { VPMADDWD(q.pairs, y, y) })
			do(func() { VPADDD(q.half, y, y) })
			do(func() { VPSHUFB(q.highWords, y, y) })
			do(func() { VPAND(q.lowBytes, four, four) })
			do(func() { VPSUBW(y, four, four) })
			do(func() { VPMULHRSW(q.factors, four, four) })
		}
		do(func() { VPACKSSWB(pair[1], pair[0], indices[i]) })
		do(func() { VPXOR(q.flip, indices[i], indices[i]) })
		do(func() { VPACKUSWB(luma[1], luma[0], y[i]) })
	}
	emit.Interleave(steps, others)
	return indices, y
}
