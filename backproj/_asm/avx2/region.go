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
const cutPixels = 16

// spread returns the places of the bytes of 16 pixels in a vector of one byte a
// pixel, in vectors of 16 bytes.
func spread(size int) (places [][]byte) {
	for first := 0; first < size*cutPixels; first += 16 {
		var vector []byte
		for i := range 16 {
			vector = append(vector, byte((first+i)/size))
		}
		places = append(places, vector)
	}
	return places
}

// cut emits kernel.cut for pixels of a size.
func cut(data *constants, size int) {
	TEXT(fmt.Sprintf("cut%dAVX2", size), attr.NOSPLIT, "func(dst, src, numbers *uint8, n int, level uint8)")
	Pragma("noescape")
	Doc(fmt.Sprintf("cut%dAVX2 is kernel.cut for n ≥ %d pixels of %d bytes.", size, cutPixels, size))
	dst, src, numbers, n, back := GP64(), GP64(), GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("src"), src)
	Load(Param("numbers"), numbers)
	Load(Param("n"), n)
	level, zero, below := broadcastLevel(), XMM(), XMM()
	VPXOR(zero, zero, zero)
	Label("batch")
	VMOVDQU(Mem{Base: numbers}, below)
	VPSUBUSB(level.AsX(), below, below)
	VPCMPEQB(zero, below, below) // 255 where the number is not greater
	for i := range spread(size) {
		bytes := XMM()
		VPSHUFB(data.at(fmt.Sprint("spread", size, " ", i)), below, bytes)
		VPANDN(Mem{Base: src, Disp: 16 * i}, bytes, bytes)
		VMOVDQU(bytes, Mem{Base: dst, Disp: 16 * i})
	}
	ADDQ(Imm(cutPixels), numbers)
	ADDQ(Imm(uint64(size*cutPixels)), src)
	ADDQ(Imm(uint64(size*cutPixels)), dst)
	SUBQ(Imm(cutPixels), n)
	JEQ(LabelRef("done"))
	CMPQ(n, Imm(cutPixels))
	JGE(LabelRef("batch"))
	// The last pixels are processed with some before them, which gives the same.
	MOVQ(U32(cutPixels), back)
	SUBQ(n, back)
	SUBQ(back, numbers)
	IMUL3Q(Imm(uint64(size)), back, back)
	SUBQ(back, src)
	SUBQ(back, dst)
	MOVQ(U32(cutPixels), n)
	JMP(LabelRef("batch"))
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
