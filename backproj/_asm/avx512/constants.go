package main

import (
	"encoding/binary"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// constants are 64-byte vectors in read-only data.
type constants struct {
	data    Mem
	size    int
	offsets map[string]int
}

func newConstants() *constants {
	c := &constants{offsets: map[string]int{}}
	var bytes []byte
	vectors := func(name string, b []byte) {
		c.offsets[name] = len(bytes)
		bytes = append(bytes, b...)
	}
	table := func(name string, f func(int) int) {
		low, high := make([]byte, 256), make([]byte, 256)
		for i := range low {
			low[i], high[i] = byte(f(i)), byte(f(i)>>8)
		}
		vectors(name+"Low", low)
		vectors(name+"High", high)
	}
	// Reciprocals for 16d where v < 16, and for 4d and 4e where d < 4, which fit
	// words: see hues and saturations in ../avx2/hsv.go.
	table("saturation", func(v int) int {
		if v < 16 {
			v *= 16
		}
		return emit.SaturationReciprocal(v)
	})
	table("hue", func(d int) int {
		if d < 4 {
			d *= 4
		}
		return emit.HueReciprocal(d)
	})
	// The places of components in a batch, blue, green and red.
	for _, size := range []int{3, 4} {
		split := make([]byte, 3*batch)
		for channel := range 3 {
			for i := range batch {
				at := size*place(i) + channel
				if at >= 192 {
					at++ // the fourth load begins one byte early
				}
				split[batch*channel+i] = byte(at)
			}
		}
		vectors([]string{3: "split3", 4: "split4"}[size], split)
	}
	order, lowBytes := make([]byte, batch), make([]byte, batch)
	for i := range order {
		order[place(i)] = byte(i)
		lowBytes[i] = byte(2 * i)
	}
	vectors("order", order)
	vectors("lowBytes", lowBytes)
	multiples := func(n int) []byte {
		b := make([]byte, 16)
		for i := range b {
			b[i] = byte(n * i)
		}
		return emit.Repeat(batch, b...)
	}
	vectors("times16", multiples(16))
	vectors("times4", multiples(4))
	sign, sector := sextants()
	vectors("sign", emit.Repeat(batch, sign[:]...))
	vectors("sector", emit.Repeat(batch, sector[:]...))
	pairs := func(name string, even, odd byte) { vectors(name, emit.Repeat(batch, even, odd)) }
	word := func(name string, n int) { pairs(name, byte(n), byte(n>>8)) }
	pairs("lumaHigh", emit.LumaRedHigh, emit.LumaGreenHigh)
	pairs("lumaLow", emit.LumaRedLow, emit.LumaGreenLow)
	word("lumaBlueHigh", emit.LumaBlueHigh)
	word("lumaBlueLow", emit.LumaBlueLow)
	word("w256", 256)
	word("cr", 2*emit.CrFactor)
	word("cb", 2*emit.CbFactor)
	pairs("b128", 128, 128)
	pairs("greyRedHigh", emit.GreyRedHigh, emit.GreyGreenBesideRed)
	pairs("greyRedLow", emit.GreyRedLow, emit.GreyGreenLow)
	pairs("greyBlueHigh", emit.GreyBlueHigh, emit.GreyGreenBesideBlue)
	pairs("greyBlueLow", emit.GreyBlueLow, 0)
	word("w128", 128)
	vectors("turns", emit.Repeat(batch, 0, 1, 2, 3))
	pairOfWords := func(name string, even, odd int) {
		b := binary.LittleEndian.AppendUint16(nil, uint16(even))
		vectors(name, emit.Repeat(batch, binary.LittleEndian.AppendUint16(b, uint16(odd))...))
	}
	double := func(name string, n int) { pairOfWords(name, n&0xffff, n>>16) }
	labConstants(table, pairOfWords, vectors)
	word("lightOne", lightOne)
	double("lightnessOffset", emit.LightnessFactor*emit.RootMiddle-emit.LightnessOffset+1<<(emit.LabShift-1))
	c.size = len(bytes)
	c.data = emit.Constants("avx512Constants", emit.AlignableTo64(bytes))
	return c
}

// place returns the pixel that byte i of a vector belongs to where bytes are to
// be interleaved. Interleaving works within each 16 bytes, of which it takes the
// lower or the upper eight. This order makes the words of the lower ones those of
// pixels 0 to 31, and the words of the upper ones those of pixels 32 to 63.
func place(i int) int {
	lane, offset := i/16, i%16
	if offset < 8 {
		return 8*lane + offset
	}
	return batch/2 + 8*lane + offset - 8
}

// sextants returns tables of the factors of e and d in 8n, as sextant of
// ../avx2/hsv.go has them, by the order of the components. The order is the sum
// of 1 if r < g, 2 if g < b and 4 if r < b.
func sextants() (sign, sector [16]byte) {
	const minus8 = 256 - 8
	for order, factors := range map[int][2]byte{
		0: {8, 0}, 2: {minus8, 0},
		5: {8, 16}, 1: {minus8, 16},
		6: {8, 32}, 7: {minus8, 32},
	} {
		sign[order], sector[order] = factors[0], factors[1]
	}
	return sign, sector
}

// anySize, in place of the bytes of a pixel, stands for the parameter size.
const anySize = 0

// A kernel emits the code for pixels of one size or of both. It has the constants that the
// code keeps in registers, or their addresses.
type kernel struct {
	*constants
	base reg.GPVirtual // the address of the constants
	size int

	split     [3]reg.VecVirtual // the places of blue, green and red in a batch
	splitHigh [3]reg.Register   // masks of the places from byte 128 on
	splitLow  reg.Register      // for pixels of 4 bytes, of the places below

	saturationLow, saturationHigh, hueLow, hueHigh [4]Op
	sign, sector, times4, times16                  Op

	zero, b1, b2, b4, b16, w2048 reg.VecVirtual

	roots [emit.RootDegree + 1]reg.VecVirtual // the coefficients of f, after keepRoots
}

// at returns the address of a constant.
func (k *kernel) at(name string) Mem {
	offset, ok := k.offsets[name]
	if !ok {
		panic(name)
	}
	return Mem{Base: k.base, Disp: offset}
}

// newKernel emits code that loads the constants. It keeps the given number of
// the vectors of tables in registers; the others are operands in memory.
func newKernel(c *constants, size, keep int) *kernel {
	k := &kernel{constants: c, size: size, base: emit.AlignedTo64(c.data, c.size)}
	// If red comes first, red and blue change places, which are two vectors
	// apart.
	at, offset := GP64(), GP64()
	redFirst := GP64()
	red := GP8()
	Load(Param("redFirst"), red)
	MOVBQZX(red, redFirst)
	SHLQ(Imm(7), redFirst)
	if size == anySize {
		emit.IfFourBytes(func() { LEAQ(k.at("split4"), at) }, func() { LEAQ(k.at("split3"), at) })
	} else {
		LEAQ(k.at([]string{3: "split3", 4: "split4"}[size]), at)
	}
	k.split = [3]reg.VecVirtual{ZMM(), ZMM(), ZMM()}
	VMOVDQU8(Mem{Base: at, Index: redFirst, Scale: 1}, k.split[0])
	VMOVDQU8(Mem{Base: at, Disp: batch}, k.split[1])
	MOVQ(U32(2*batch), offset)
	SUBQ(redFirst, offset)
	VMOVDQU8(Mem{Base: at, Index: offset, Scale: 1}, k.split[2])
	if size != 4 {
		for i, s := range k.split {
			m := K()
			VPMOVB2M(s, m)
			k.splitHigh[i] = m
		}
	} else {
		high, low := K(), K()
		VPMOVB2M(k.split[0], high)
		KNOTQ(high, low)
		k.splitHigh = [3]reg.Register{high, high, high}
		k.splitLow = low
	}
	vector := func(m Mem) Op {
		if keep--; keep < 0 {
			return m
		}
		v := ZMM()
		VMOVDQU8(m, v)
		return v
	}
	k.sign, k.sector, k.times4, k.times16 = vector(k.at("sign")), vector(k.at("sector")), vector(k.at("times4")), vector(k.at("times16"))
	load := func(name string) (t [4]Op) {
		for i := range t {
			t[i] = k.at(name).Offset(batch * i)
			if i%2 == 0 {
				t[i] = vector(t[i].(Mem))
			}
		}
		return t
	}
	k.saturationLow, k.saturationHigh = load("saturationLow"), load("saturationHigh")
	k.hueLow, k.hueHigh = load("hueLow"), load("hueHigh")
	bytes := func(n int) reg.VecVirtual { return broadcast(uint32(n) * 0x01010101) }
	k.zero, k.b1, k.b2, k.b4, k.b16 = bytes(0), bytes(1), bytes(2), bytes(4), bytes(16)
	k.w2048 = broadcast(2048<<16 | 2048)
	return k
}

// broadcast returns a vector that repeats a number of 32 bits.
func broadcast(n uint32) reg.VecVirtual {
	g, v := GP32(), ZMM()
	MOVL(U32(n), g)
	VPBROADCASTD(g, v)
	return v
}
