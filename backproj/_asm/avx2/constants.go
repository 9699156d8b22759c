package main

import (
	"encoding/binary"
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// constants are 32-byte vectors in read-only data.
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

func newConstants() *constants {
	c := &constants{offsets: map[string]int{}}
	var bytes []byte
	vector := func(name string, pattern ...byte) {
		c.offsets[name] = len(bytes)
		bytes = append(bytes, emit.Repeat(batch, pattern...)...)
	}
	double := func(name string, n uint32) { vector(name, binary.LittleEndian.AppendUint32(nil, n)...) }

	// To split pixels of 3 bytes, three vectors for each channel: masks of the
	// bytes that come from the second and from the third load of 16 bytes, and
	// then the place of each pixel's byte.
	for channel := range 3 {
		var second, third, place [16]byte
		for i := range 16 {
			at := 3*i + channel
			place[i] = byte(at % 16)
			switch at / 16 {
			case 1:
				second[at%16] = 0xff
			case 2:
				third[at%16] = 0xff
			}
		}
		vector([]string{"split3", "split3green", "split3red"}[channel], second[:]...)
		vector("", third[:]...)
		vector("", place[:]...)
	}
	// To split pixels of 4 bytes, two vectors for blue first and two for red
	// first: the places of the components of 4 pixels, and the same for the
	// fourth load, whose upper half begins one byte early.
	for _, name := range []string{"split4", "split4redFirst"} {
		var places, early [16]byte
		for i := range 4 {
			for channel := range 4 {
				at := 4*i + channel
				if channel < 3 && name != "split4" {
					at = 4*i + 2 - channel
				}
				places[4*channel+i], early[4*channel+i] = byte(at), byte(at+1)
				if channel == 3 { // never used, and missing in the last pixel
					places[12+i], early[12+i] = 0x80, 0x80
				}
			}
		}
		vector(name, places[:]...)
		c.offsets[name+"Fourth"] = len(bytes)
		bytes = append(append(bytes, places[:]...), early[:]...)
	}
	for _, n := range []int{1, 3, 7, 15, 16, -16, 8, 32, 128, 200} {
		vector(fmt.Sprint("b", n), byte(n))
	}
	vector("bits", 1, 2, 4, 8, 16, 32, 64, 128)
	double("w2048", 2048<<16|2048)
	double("lowWords", 0xffff)
	double("signs", 0x8000_8000)
	double("two", math.Float32bits(2))
	double("saturation", math.Float32bits(255<<12))
	double("hue", math.Float32bits(180<<12/6))
	double("magic", math.Float32bits(3<<22))
	vector("b0", 0)
	vector("b255", 255) // after b0, for stripSums
	double("w1", 1<<16|1)
	double("w256", 256<<16|256)
	double("w128", 128<<16|128)
	vector("turns", 0, 1, 2, 3)
	vector("lumaHigh", emit.LumaRedHigh, emit.LumaGreenHigh)
	vector("lumaLow", emit.LumaRedLow, emit.LumaGreenLow)
	double("lumaBlueHigh", emit.LumaBlueHigh<<16|emit.LumaBlueHigh)
	double("lumaBlueLow", emit.LumaBlueLow<<16|emit.LumaBlueLow)
	double("cr", 2*emit.CrFactor<<16|2*emit.CrFactor)
	double("cb", 2*emit.CbFactor<<16|2*emit.CbFactor)
	vector("greyRedHigh", emit.GreyRedHigh, emit.GreyGreenBesideRed)
	vector("greyRedLow", emit.GreyRedLow, emit.GreyGreenLow)
	vector("greyBlueHigh", emit.GreyBlueHigh, emit.GreyGreenBesideBlue)
	vector("greyBlueLow", emit.GreyBlueLow, 0)
	words := func(name string, even, odd int) { double(name, uint32(odd)<<16|uint32(even)) }
	labConstants(vector, words)
	vector("columns", columns()...)
	vector("squares", squares()...)
	for _, size := range []int{3, 4} {
		for i, places := range spread(size) {
			vector(fmt.Sprint("spread", size, " ", i), places...)
		}
	}
	vector("greyBytes", emit.GreyBlue, emit.GreyGreenWithBlue, emit.GreyRed, emit.GreyGreenWithRed)
	double("greyPairs", emit.GreyRedPair<<16|emit.GreyBluePair)
	double("d16384", 1<<14)
	vector("lumaBytes", emit.LumaBlue, emit.LumaGreenWithBlue, emit.LumaRed, 256+emit.LumaGreenWithRed)
	double("lumaPairs", emit.LumaRedPair<<16|emit.LumaBluePair)
	double("d32768", 1<<15)
	vector("highWords", 2, 3, 2, 3, 6, 7, 6, 7, 10, 11, 10, 11, 14, 15, 14, 15)
	double("w255", 255<<16|255)
	double("cbCr", 2*emit.CrFactor<<16|2*emit.CbFactor)
	for _, size := range []int{3, 4} {
		c.offsets[fmt.Sprint("quads", size)] = len(bytes)
		bytes = append(bytes, quadPlaces(size)...)
	}
	c.data = emit.Constants("avx2Constants", bytes)
	return c
}

// anySize, in place of the bytes of a pixel, stands for the parameter size.
const anySize = 0

// A kernel emits the code for pixels of one size or of both. With only sixteen vector
// registers, it reads all constants from memory.
type kernel struct {
	*constants
	size int

	// The addresses of the constants that split off blue and red, for pixels of
	// 3 bytes. For pixels of 4 bytes, first is that of the constants for the
	// order of their components, and last is not used.
	first, last reg.GPVirtual
}

// newKernel emits code that loads addresses by the parameter redFirst.
func newKernel(c *constants, size int) *kernel {
	k := &kernel{constants: c, size: size, first: GP64(), last: GP64()}
	red, redFirst := GP8(), GP64()
	Load(Param("redFirst"), red)
	MOVBQZX(red, redFirst)
	four := func() {
		IMUL3Q(U32(2*batch), redFirst, redFirst)
		LEAQ(c.at("split4"), k.first)
		ADDQ(redFirst, k.first)
	}
	three := func() {
		IMUL3Q(U32(2*3*batch), redFirst, redFirst)
		LEAQ(c.at("split3"), k.first)
		LEAQ(c.at("split3red"), k.last)
		ADDQ(redFirst, k.first)
		SUBQ(redFirst, k.last)
	}
	switch size {
	case 3:
		three()
	case 4:
		four()
	default:
		emit.IfFourBytes(four, three)
	}
	return k
}
