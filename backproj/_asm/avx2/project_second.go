package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// projectValue emits the function for histograms of value alone.
func projectValue(c *constants) {
	beginSpace("projectValueAVX2", "dst, ", ", book *codebook", "conversion.projectCoded for secondCoding in the space saturationValue and n ≥ 32 pixels")
	r := emit.NewRow(batch, anySize)
	book := emit.LoadCodebook()
	k := newKernel(c, anySize)
	temp, dst := GP64(), GP64()
	Load(Param("dst"), dst)
	Label("batch")
	r.Prefetch()
	b, g, red := k.splitPixels(r.Pixels(temp), nil)
	value, results := YMM(), YMM()
	VPMAXUB(b, g, value)
	VPMAXUB(red, value, value)
	k.shuffle(book.Shuffles("secondShuffles"), value, results)
	ifThirdBounds(book, func() {
		hue, _, _ := k.hueSaturationValue(b, g, red, func() {})
		VPAND(within(book, hue), results, results)
	})
	VMOVDQU(results, Mem{Base: dst, Index: r.At, Scale: 1})
	r.Next("done")
	JMP(LabelRef("batch"))
	Label("done")
	VZEROUPPER()
	RET()
}

// projectGrey emits the function for histograms of grey. While the codes of one batch
// are looked up, the next one is converted.
func projectGrey(c *constants) {
	beginSpace("projectGreyAVX2", "dst, ", ", book *codebook", "conversion.projectCoded for secondCoding in the space grey and n ≥ 32 pixels")
	r := emit.NewRow(batch, anySize)
	book := emit.LoadCodebook()
	k := &kernel{constants: c, size: anySize}
	quads := k.greyQuads()
	temp, dst, at := GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	grey, results := YMM(), YMM()
	finish := func() {
		k.shuffle(book.Shuffles("secondShuffles"), grey, results)
		VMOVDQU(results, Mem{Base: dst, Index: at, Scale: 1})
	}
	quads.grey(r.Pixels(temp), grey)
	Label("batch")
	MOVQ(r.At, at)
	r.Next("last")
	r.Prefetch()
	next := YMM()
	quads.grey(r.Pixels(temp), next)
	finish()
	VMOVDQA(next, grey)
	JMP(LabelRef("batch"))
	Label("last")
	finish()
	VZEROUPPER()
	RET()
}

// projectPlane emits the function for planes of grey.
func projectPlane(c *constants) {
	TEXT("projectPlaneAVX2", attr.NOSPLIT, "func(dst, src *uint8, n int, book *codebook)")
	Pragma("noescape")
	Doc("projectPlaneAVX2 is conversion.projectCoded for secondCoding in the space greyPlane, for n ≥ 32 pixels.")
	r := emit.NewRow(batch, 1)
	book := emit.LoadCodebook()
	k := &kernel{constants: c}
	dst, bytes, results := GP64(), YMM(), YMM()
	Load(Param("dst"), dst)
	Label("batch")
	r.Prefetch()
	VMOVDQU(r.Pixels(nil), bytes)
	k.shuffle(book.Shuffles("secondShuffles"), bytes, results)
	VMOVDQU(results, Mem{Base: dst, Index: r.At, Scale: 1})
	r.Next("done")
	JMP(LabelRef("batch"))
	Label("done")
	VZEROUPPER()
	RET()
}

var shuffles int // for labels that differ

// shuffle emits code that looks bytes up in shuffles: see package backproj's.
//
// A byte's low four bits are its place in each table, and VPSHUFB gives 0 if bit 7 is
// 1. Subtracting 16 for each table that passes, with saturation, makes that so for the
// tables beyond the byte's own. The second half of the tables starts from the byte with
// bit 7 flipped, which makes bytes of the first half negative.
func (k *kernel) shuffle(s emit.Shuffles, bytes, results reg.VecVirtual) {
	shuffles++
	done := fmt.Sprint("found", shuffles)
	at, rest, found, upper := YMM(), YMM(), YMM(), YMM()
	VMOVQ(s.Shift, found.AsX())
	VPSRLW(found.AsX(), bytes, at)
	VPAND(s.Mask, at, at)
	VBROADCASTI128(s.Tables[0], results)
	VPSHUFB(at, results, results)
	for i, table := range s.Tables[1:] {
		i++
		if i&(i-1) == 0 {
			CMPB(s.Count, Imm(uint64(i)))
			JEQ(LabelRef(done))
		}
		switch i {
		case 1:
			VPSUBSB(k.at("b16"), at, rest)
		case 8:
			VPXOR(k.at("b128"), at, rest)
		default:
			VPSUBSB(k.at("b16"), rest, rest)
		}
		VBROADCASTI128(table, found)
		sum := results
		if i >= 8 { // apart, so that no chain is long
			sum = upper
		}
		if i == 8 {
			VPSHUFB(rest, found, upper)
			continue
		}
		VPSHUFB(rest, found, found)
		VPXOR(found, sum, sum)
	}
	VPXOR(upper, results, results)
	Label(done)
}

// ifThirdBounds emits code that runs only if the bounds of the third component may
// reject a pixel.
func ifThirdBounds(book emit.Codebook, code func()) {
	shuffles++
	open := fmt.Sprint("unbounded", shuffles)
	CMPB(book.At("thirdSpan", 0), U8(255))
	JEQ(LabelRef(open))
	code()
	Label(open)
}
