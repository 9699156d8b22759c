package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// constants are 64-byte vectors in read-only data.
type constants struct {
	data    Mem
	offsets map[string]int
}

func (c *constants) at(name string) Mem {
	offset, ok := c.offsets[name]
	if !ok {
		panic(name)
	}
	return c.data.Offset(offset)
}

// newConstants lays out the constants.
//
// Pixels lie in the vectors of bytes so that interleaving, which works within
// 16 bytes, gives the words of pixels 0 to 31 and of pixels 32 to 63: the i-th
// byte is of pixel place(i).
func newConstants() *constants {
	c := &constants{offsets: map[string]int{}}
	var bytes []byte
	vectors := func(name string, b []byte) {
		c.offsets[name] = len(bytes)
		bytes = append(bytes, b...)
	}
	tabulate := func(name string, f func(int) int) {
		low, high := make([]byte, 256), make([]byte, 256)
		for i := range low {
			low[i], high[i] = byte(f(i)), byte(f(i)>>8)
		}
		vectors(name+"Low", low)
		vectors(name+"High", high)
	}
	// Below 16, 16d over 16v, whose reciprocal has 16 bits, gives the same
	// saturation for every d ≤ v.
	tabulate("saturation", func(v int) int {
		if v < 16 {
			v *= 16
		}
		return emit.Saturation(v)
	})
	// Below 4, 4n over 4d is the same and its reciprocal has 15 bits.
	tabulate("hue", func(d int) int {
		if d < 4 {
			d *= 4
		}
		return emit.Hue(d)
	})
	for _, size := range []int{3, 4} {
		split := make([]byte, 3*turn)
		for channel := range 3 {
			for i := range turn {
				at := size*place(i) + channel
				if at >= 192 {
					at++ // the fourth load is a byte early
				}
				split[turn*channel+i] = byte(at)
			}
		}
		vectors([]string{3: "split3", 4: "split4"}[size], split)
	}
	order := make([]byte, turn)
	for i := range order {
		order[place(i)] = byte(i)
	}
	vectors("order", order)
	multiples := func(n int) []byte {
		b := make([]byte, 16)
		for i := range b {
			b[i] = byte(n * i)
		}
		return emit.Repeat(turn, b...)
	}
	vectors("times16", multiples(16))
	vectors("times4", multiples(4))
	c.data = emit.Constants("avx512Constants", bytes)
	return c
}

func place(i int) int {
	lane, offset := i/16, i%16
	if offset < 8 {
		return 8*lane + offset
	}
	return turn/2 + 8*lane + offset - 8
}

// A kernel is the code for pixels of one size, with what it keeps in
// registers.
type kernel struct {
	size      int
	split     [3]reg.VecVirtual // where the blue, green and red of pixels are
	splitHigh [3]reg.Register   // which of them are from byte 128 on
	splitLow  reg.Register

	saturationLow, saturationHigh, hueLow, hueHigh [4]Op

	times16, times4                   reg.VecVirtual
	zero, b4, b8, b16, b248, w8, w180 reg.VecVirtual
}

func newKernel(c *constants, size int) *kernel {
	k := &kernel{size: size}
	// Red and blue change places by an offset of two vectors.
	at, offset := GP64(), GP64()
	redFirst := GP64()
	red := GP8()
	Load(Param("redFirst"), red)
	MOVBQZX(red, redFirst)
	SHLQ(Imm(7), redFirst)
	name := []string{3: "split3", 4: "split4"}[size]
	LEAQ(c.at(name), at)
	k.split = [3]reg.VecVirtual{ZMM(), ZMM(), ZMM()}
	VMOVDQU8(Mem{Base: at, Index: redFirst, Scale: 1}, k.split[0])
	VMOVDQU8(Mem{Base: at, Disp: turn}, k.split[1])
	MOVQ(U32(2*turn), offset)
	SUBQ(redFirst, offset)
	VMOVDQU8(Mem{Base: at, Index: offset, Scale: 1}, k.split[2])
	if size == 3 {
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
	// Registers do not suffice: the odd quarters of the tables are operands in
	// memory.
	load := func(name string) (t [4]Op) {
		for i := range t {
			t[i] = c.at(name).Offset(turn * i)
			if i%2 == 0 {
				v := ZMM()
				VMOVDQU8(t[i], v)
				t[i] = v
			}
		}
		return t
	}
	k.saturationLow, k.saturationHigh = load("saturationLow"), load("saturationHigh")
	k.hueLow, k.hueHigh = load("hueLow"), load("hueHigh")
	bytes := func(n int) reg.VecVirtual { return broadcast(uint32(n) * 0x01010101) }
	k.zero, k.b4, k.b8, k.b16, k.b248 = bytes(0), bytes(4), bytes(8), bytes(16), bytes(256-8)
	k.w8, k.w180 = broadcast(8<<16|8), broadcast(180<<16|180)
	k.times16, k.times4 = ZMM(), ZMM()
	VMOVDQU8(c.at("times16"), k.times16)
	VMOVDQU8(c.at("times4"), k.times4)
	return k
}

// broadcast returns a vector that repeats a number of 32 bits.
func broadcast(n uint32) reg.VecVirtual {
	g, v := GP32(), ZMM()
	MOVL(U32(n), g)
	VPBROADCASTD(g, v)
	return v
}
