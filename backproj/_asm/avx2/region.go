package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// binarize emits kernel.binarize.
func binarize() {
	TEXT("binarizeAVX2", attr.NOSPLIT, "func(numbers *uint8, n int, level uint8)")
	Pragma("noescape")
	Doc(fmt.Sprintf("binarizeAVX2 is kernel.binarize for n > 0 numbers, n a multiple of %d.", batch))
	numbers, n := GP64(), GP64()
	Load(Param("numbers"), numbers)
	Load(Param("n"), n)
	level, zero, all, above := broadcastLevel(), YMM(), YMM(), YMM()
	VPXOR(zero, zero, zero)
	VPCMPEQB(all, all, all)
	Label("batch")
	VMOVDQU(Mem{Base: numbers}, above)
	VPSUBUSB(level, above, above)
	VPCMPEQB(zero, above, above)
	VPXOR(all, above, above)
	VMOVDQU(above, Mem{Base: numbers})
	ADDQ(Imm(batch), numbers)
	SUBQ(Imm(batch), n)
	JNE(LabelRef("batch"))
	VZEROUPPER()
	RET()
}

// cutPixels is the number of pixels that cut processes at a time.
const cutPixels = batch

// spread returns the places of the bytes of a batch of pixels in a vector of one byte
// a pixel, in vectors. Places are within the 16 bytes that have those pixels.
func spread(size int) (places [][]byte) {
	for first := 0; first < size*cutPixels; first += batch {
		var vector []byte
		for i := range batch {
			vector = append(vector, byte((first+i)/size%16))
		}
		places = append(places, vector)
	}
	return places
}

// halves returns which halves of a vector of one byte a pixel have the pixels of the
// lower and of the upper half of the i-th vector of their bytes.
func halves(size, i int) (lower, upper int) {
	return batch * i / size / 16, (batch*i + 16) / size / 16
}

// cut emits kernel.cut for pixels of a size.
//
// The second batch begins within the first one, if that aligns the vectors of dst from
// there on, and the last one within the one before: the same bytes are written again.
func cut(data *constants, size int) {
	TEXT(fmt.Sprintf("cut%dAVX2", size), attr.NOSPLIT, "func(dst, src, numbers *uint8, n int, level uint8)")
	Pragma("noescape")
	Doc(fmt.Sprintf("cut%dAVX2 is kernel.cut for n ≥ %d pixels of %d bytes.", size, cutPixels, size))
	dst, src, numbers, n := GP64(), GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("numbers"), numbers)
	Load(Param("n"), n)
	level, zero := broadcastLevel(), YMM()
	VPXOR(zero, zero, zero)
	// A multiple of 32 bytes is so many pixels from dst, if it is between pixels.
	step, whole := GP64(), GP64()
	MOVQ(dst, step)
	NEGQ(step)
	if size == 3 {
		IMUL3Q(Imm(11), step, step) // 3·11 is 1 modulo 32
	} else {
		SHRQ(Imm(2), step)
	}
	ANDQ(Imm(batch-1), step)
	MOVQ(U32(cutPixels), whole)
	CMOVQEQ(whole, step)

	Label("batch")
	below, mask := YMM(), GP32()
	VMOVDQU(Mem{Base: numbers}, below)
	VPSUBUSB(level, below, below)
	VPCMPEQB(zero, below, below) // 255 where the number is not greater
	VPMOVMSKB(below, mask)
	CMPL(mask, I8(-1))
	JEQ(LabelRef("none"))
	lower, upper := YMM(), YMM()
	VPERM2I128(Imm(0x00), below, below, lower)
	VPERM2I128(Imm(0x11), below, below, upper)
	for i := range spread(size) {
		from, bytes := below, YMM()
		if l, u := halves(size, i); l == u {
			from = []reg.VecVirtual{lower, upper}[l]
		}
		VPSHUFB(data.at(fmt.Sprint("spread", size, " ", i)), from, bytes)
		VPANDN(Mem{Base: src, Disp: batch * i}, bytes, bytes)
		VMOVDQU(bytes, Mem{Base: dst, Disp: batch * i})
	}
	Label("next")
	by, bytes := GP64(), GP64()
	MOVQ(n, by)
	SUBQ(whole, by)
	JEQ(LabelRef("done"))
	CMPQ(by, step)
	CMOVQGT(step, by)
	MOVQ(whole, step)
	SUBQ(by, n)
	ADDQ(by, numbers)
	IMUL3Q(Imm(uint64(size)), by, bytes)
	ADDQ(bytes, src)
	ADDQ(bytes, dst)
	JMP(LabelRef("batch"))

	Label("none") // of the pixels is there
	for i := range spread(size) {
		VMOVDQU(zero, Mem{Base: dst, Disp: batch * i})
	}
	JMP(LabelRef("next"))
	Label("done")
	VZEROUPPER()
	RET()
}

// broadcastLevel emits code that loads the parameter level into all bytes of a vector.
func broadcastLevel() reg.VecVirtual {
	level := YMM()
	at, err := Param("level").Resolve()
	if err != nil {
		panic(err)
	}
	VPBROADCASTB(at.Addr, level)
	return level
}
