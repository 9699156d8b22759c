package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// The functions of this file emit kernel.projectCoded, which looks pixels up in
// a codebook instead of a table by index.

// begin starts such a function.
func begin(name string, size int, coding string, more ...string) {
	TEXT(name, attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, book *codebook"+strings.Join(more, "")+")")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s is kernel.projectCoded for %s, for n ≥ %d pixels of %d bytes.", name, coding, batch, size))
}

// projectHue emits the function for histograms of hue alone.
func projectHue(c *constants, size int) {
	begin(fmt.Sprintf("projectHue%dAVX512", size), size, "firstCoding")
	projectInRegisters(c, size, func(k *kernel, book emit.Codebook, x hsvBytes) ([]func(), reg.VecVirtual) {
		results := ZMM()
		return append(lookUpCodes(book, "first", x.hues, results),
			func() {
				VMOVDQU8_Z(results, within(book, "secondLo", "secondSpan", x.saturations), results)
			},
			func() { k.rejectValues(book, x.values, results) },
		), results
	})
}

// projectHueSaturation emits the function for histograms of hue and saturation
// with up to 1,024 bins: see lookUpBins.
func projectHueSaturation(c *constants, size int) {
	begin(fmt.Sprintf("projectHueSaturation%dAVX512", size), size, "pairCoding")
	projectInRegisters(c, size, (*kernel).lookUpHueSaturation)
}

// lookUpHueSaturation returns the steps that look up the bins of hues and saturations,
// and their results.
func (k *kernel) lookUpHueSaturation(book emit.Codebook, x hsvBytes) (steps []func(), results reg.VecVirtual) {
	steps, results = k.lookUpBins(book, bins(book), x.hues, x.saturations, nil)
	return append(steps, func() { k.rejectValues(book, x.values, results) }), results
}

// bins returns the bins of the codebook in tables of 256.
func bins(book emit.Codebook) (tables [4][4]Op) {
	for i := range tables {
		tables[i] = table(book, "bins", 256*i)
	}
	return tables
}

// lookUpBins returns the steps that look up bins by the codes of the first two
// components, or of all three unless third is nil, and their results. The bins are those
// of the codebook, in memory or in registers.
//
// The basic idea: VPERMI2B looks 64 bytes up in a table of 128 bytes, in two
// registers, at once. Eight such tables hold 1,024 bins. A bin's number has ten
// bits: each lookup takes the lower seven, and bits 7, 8 and 9 then select one of
// the eight results. The number is the sum of a multiple of 2^shift, by the first
// component, and a number below 2^shift, by the others, so that
//
//	bits 0 to 6 = second code | third code | first code & binMask
//
// Of its ten bits, the first's part leaves bits 0 and 1 empty (shift is at least 2)
// and its code holds bits 8 and 9 there, to fit a byte. See codebook.
func (k *kernel) lookUpBins(book emit.Codebook, bins [4][4]Op, first, second, third reg.VecVirtual) (steps []func(), results reg.VecVirtual) {
	code, low, bit7 := ZMM(), ZMM(), K()
	steps = append(lookUpCodes(book, "first", first, code), lookUpCodes(book, "second", second, low)...)
	if third != nil {
		more := ZMM()
		steps = append(steps, lookUpCodes(book, "third", third, more)...)
		steps = append(steps, func() { VPORQ(more, low, low) })
	}
	steps = append(steps, func() {
		VPTERNLOGQ(Imm(aOrBAndC), book.At("binMask", 0), code, low)
		VPMOVB2M(code, bit7)
	})
	var quarters [4]reg.VecVirtual
	for i := range quarters {
		quarters[i] = ZMM()
		steps = append(steps, lookUp256(bins[i], low, bit7, quarters[i])...)
	}
	return append(steps,
		func() {
			bit8 := K()
			VPTESTMB(k.b1, code, bit8)
			VMOVDQU8(quarters[1], bit8, quarters[0])
			VMOVDQU8(quarters[3], bit8, quarters[2])
		},
		func() {
			bit9 := K()
			VPTESTMB(k.b2, code, bit9)
			VMOVDQU8(quarters[2], bit9, quarters[0])
		},
	), quarters[0]
}

// aOrBAndC is the truth table of VPTERNLOG for a | b&c: see selectByB.
const aOrBAndC = 0b1111_1000

// projectHSV emits the function for histograms of hue, saturation and value. The
// hue's code, and those of saturation and value together, are the high and the
// low byte of an index into the parameter table.
func projectHSV(c *constants, size int) {
	begin(fmt.Sprintf("projectHSV%dAVX512", size), size, "tripleCoding", ", table *uint8")
	r := emit.NewRow(batch, size)
	// Interleaving bytes in the order of the pixels leaves words in this order.
	l := emit.NewLookup(batch, func(i int) int { return i%8 + i/8%4*16 + i/32*8 })
	Load(Param("table"), emit.Table)
	book := emit.LoadCodebook()
	k := newKernel(c, size, 10)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		chroma, x := newChroma(), newHSVBytes()
		high, low, values := ZMM(), ZMM(), ZMM()
		steps := append(k.chroma(r.Pixels(temp), chroma), k.hsvBytes(chroma, x)...)
		steps = append(steps, lookUpCodes(book, "first", x.hues, high)...)
		steps = append(steps, lookUpCodes(book, "second", x.saturations, low)...)
		steps = append(steps, func() { k.inOrder(x.values, x.values) })
		steps = append(steps, lookUpCodes(book, "third", x.values, values)...)
		emit.Interleave(steps, lookups)
		VPORQ(values, low, low)
		f, s := ZMM(), ZMM()
		VPUNPCKLBW(high, low, f)
		VPUNPCKHBW(high, low, s)
		return f, s
	})
}

// projectInRegisters emits the body of a function that looks results up in
// vector registers and stores them. The function finish returns the steps that
// compute the results of a batch from its hues, saturations and values.
//
// The code is a software pipeline of three stages: while the results of one
// batch are computed, the HSV of the next one is, and the chroma of the one after
// that. To fill the pipeline, the first batch passes through it more than once.
func projectInRegisters(c *constants, size int, finish func(k *kernel, book emit.Codebook, x hsvBytes) (steps []func(), results reg.VecVirtual)) {
	r := emit.NewRow(batch, size)
	book := emit.LoadCodebook()
	k := newKernel(c, size, 0)
	temp, dst, at, previous := GP64(), GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	this, x := newChroma(), newHSVBytes()
	store := func(others ...[]func()) {
		steps, results := finish(k, book, x)
		emit.Interleave(append(others, steps)...)
		VMOVDQU8(results, Mem{Base: previous})
	}
	emit.Interleave(k.chroma(r.Pixels(temp), this))
	emit.Interleave(k.hsvBytes(this, x))
	MOVQ(dst, previous)
	r.IfSingle("only")
	Label("batch")
	LEAQ(Mem{Base: dst, Index: r.At, Scale: 1}, at)
	r.Next("last")
	r.Prefetch()
	next, hsv := newChroma(), newHSVBytes()
	store(k.chroma(r.Pixels(temp), next), k.hsvBytes(this, hsv))
	this.set(next)
	x.set(hsv)
	MOVQ(at, previous)
	JMP(LabelRef("batch"))

	Label("last")
	hsv = newHSVBytes()
	store(k.hsvBytes(this, hsv))
	x.set(hsv)
	MOVQ(at, previous)
	Label("only")
	store()
	VZEROUPPER()
	RET()
}

// table returns, in four vectors, the 256 bytes of a field of the codebook that
// begin with its i-th.
func table(book emit.Codebook, field string, i int) (t [4]Op) {
	for j := range t {
		t[j] = book.At(field, i+batch*j)
	}
	return t
}

// lookUpCodes returns the steps that look bytes up in the codes of a channel.
func lookUpCodes(book emit.Codebook, field string, bytes, codes reg.VecVirtual) []func() {
	bit7 := K()
	return append([]func(){func() { VPMOVB2M(bytes, bit7) }}, lookUp256(table(book, field, 0), bytes, bit7, codes)...)
}

// within emits code that returns the mask of the bytes from lo to lo + span, two
// fields of the codebook.
func within(book emit.Codebook, lo, span string, bytes reg.VecVirtual) reg.Register {
	x, inside := ZMM(), K()
	VPSUBB(book.At(lo, 0), bytes, x)
	VPCMPUB(Imm(lessOrEqual), book.At(span, 0), x, inside)
	return inside
}

var gates int // for labels that differ

// rejectValues emits code that makes results 0 where the value is outside its
// bounds.
func (k *kernel) rejectValues(book emit.Codebook, values, results reg.VecVirtual) {
	ifThirdBounds(book, func() {
		ordered := ZMM()
		k.inOrder(values, ordered)
		VMOVDQU8_Z(results, within(book, "thirdLo", "thirdSpan", ordered), results)
	})
}

// ifThirdBounds emits code that runs only if the bounds of the third component may
// reject a pixel.
func ifThirdBounds(book emit.Codebook, code func()) {
	gates++
	open := fmt.Sprint("open", gates)
	CMPB(book.At("thirdSpan", 0), U8(255))
	JEQ(LabelRef(open))
	code()
	Label(open)
}
