package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// The functions of this file are for several spaces, and for pixels of 3 and of 4
// bytes. Those for hueSaturation alone, in main.go, are faster.

// beginSpace starts such a function.
func beginSpace(name, params, more, is string) {
	TEXT(name, attr.NOSPLIT, "func("+params+"src *uint8, n, size int, redFirst bool, space uint8"+more+")")
	Pragma("noescape")
	Doc(name + " is " + is + ".")
}

func convertSpace(c *constants) {
	beginSpace("convertSpaceAVX2", "dst *uint16, thirds, ", "", "conversion.convert for n ≥ 32 pixels; thirds may be nil")
	r := emit.NewRow(batch, anySize)
	dst, thirds, temp := GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("thirds"), thirds)
	k := newKernel(c, anySize)
	Label("batch")
	x := k.colour(r.Pixels(temp), nil, emit.CrCb, emit.Grey, emit.BlueGreen, emit.HueValue, emit.SaturationValue)
	store(x.indices(), dst, r)
	TESTQ(thirds, thirds)
	JEQ(LabelRef("next"))
	VMOVDQU(x.third, Mem{Base: thirds, Index: r.At, Scale: 1})
	Label("next")
	r.Next("done")
	JMP(LabelRef("batch"))
	Label("done")
	VZEROUPPER()
	RET()
}

func countSpace(c *constants) {
	beginSpace("countSpaceAVX2", "counts *uint32, ", "", "conversion.count for n pixels, n > 0 a multiple of 32")
	r := emit.NewRow(batch, anySize)
	k := newKernel(c, anySize)
	temp := GP64()
	emit.Count(r, func(counts []func()) (first, second Op) {
		x := k.colour(r.Pixels(temp), counts, emit.CrCb, emit.Grey, emit.BlueGreen, emit.HueValue, emit.SaturationValue)
		indices := x.indices()
		return indices[0], indices[1]
	})
}

func projectSpace(c *constants) {
	beginSpace("projectSpaceAVX2", "dst, ", ", table *uint8, lo, span uint8, rejected uint16", "conversion.project for n ≥ 32 pixels; span is hi - lo")
	r := emit.NewRow(batch, anySize)
	l := emit.NewLookup(batch, place)
	Load(Param("table"), emit.Table)
	k := newKernel(c, anySize)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		x := k.colour(r.Pixels(temp), lookups, emit.CrCb, emit.Grey, emit.HueValue, emit.SaturationValue)
		indices := x.indices()
		emit.IfGated(func(lo, span Mem) {
			none := YMM()
			VPBROADCASTW(emit.Parameter("rejected"), none)
			reject(none, indices, x.third, lo, span)
		})
		return indices[0], indices[1]
	})
}

// projectSecond emits the function for histograms of the second component alone.
func projectSecond(c *constants) {
	beginSpace("projectSecondAVX2", "dst, ", ", book *codebook", "conversion.projectCoded for secondCoding and n ≥ 32 pixels")
	r := emit.NewRow(batch, anySize)
	book := emit.LoadCodebook()
	k := newKernel(c, anySize)
	temp, dst := GP64(), GP64()
	Load(Param("dst"), dst)
	Label("batch")
	r.Prefetch()
	b, g, red := k.splitPixels(r.Pixels(temp), nil)
	second, results := YMM(), YMM()
	inside := YMM()
	VPCMPEQB(inside, inside, inside)
	emit.Convert([]emit.Space{emit.Grey, emit.SaturationValue}, emit.Conversions{
		emit.Grey: func() { emit.Interleave(k.grey(b, g, red, second)) },
		emit.SaturationValue: func() {
			VPMAXUB(b, g, second)
			VPMAXUB(red, second, second)
			ifThirdBounds(book, func() {
				hue, _, _ := k.hueSaturationValue(b, g, red, func() {})
				VMOVDQA(within(book, hue), inside)
			})
		},
	}, nil)
	k.shuffle(book.Shuffles("secondShuffles"), second, results)
	VPAND(inside, results, results)
	VMOVDQU(results, Mem{Base: dst, Index: r.At, Scale: 1})
	r.Next("done")
	JMP(LabelRef("batch"))
	Label("done")
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

// projectTriple emits the function for histograms of all three components. The code of
// the first one, and those of the others together, are the high and the low byte of an
// index into the parameter table.
func projectTriple(c *constants) {
	beginSpace("projectTripleAVX2", "dst, ", ", book *codebook, table *uint8", "conversion.projectCoded for tripleCoding and n ≥ 32 pixels")
	r := emit.NewRow(batch, anySize)
	l := emit.NewLookup(batch, place)
	Load(Param("table"), emit.Table)
	k := newKernel(c, anySize)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		x := k.colour(r.Pixels(temp), lookups, emit.BlueGreen, emit.CrCb)
		book := emit.LoadCodebook() // here, because it would take a register all the time
		high, low, third := YMM(), YMM(), YMM()
		k.shuffle(book.Shuffles("firstShuffles"), x.first, high)
		k.shuffle(book.Shuffles("secondShuffles"), x.second, low)
		k.shuffle(book.Shuffles("thirdShuffles"), x.third, third)
		VPOR(third, low, low)
		indices := colour{first: high, second: low}.indices()
		return indices[0], indices[1]
	})
}

// projectHSV emits the function for histograms of hue, saturation and value. Hardly any
// hues have bins whose bounds are multiples of a power of two, and hues keep the vector
// units busy, so that their codes are looked up one by one.
func projectHSV(c *constants) {
	beginSpace("projectHSVAVX2", "dst, ", ", book *codebook, table *uint8", "conversion.projectCoded for tripleCoding in the space hueSaturation and n ≥ 32 pixels")
	r := emit.NewRow(batch, anySize)
	l := emit.NewLookup(batch, place)
	book := emit.LoadCodebook()
	l.Highs = AllocLocal(256)
	for i := range 256 / batch {
		codes := YMM()
		VMOVDQU(book.At("first", batch*i), codes)
		VMOVDQU(codes, l.Highs.Offset(batch*i))
	}
	Load(Param("table"), emit.Table)
	k := newKernel(c, anySize)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		fourth := len(lookups) / 4
		b, g, red := k.splitPixels(r.Pixels(temp), lookups[:fourth])
		between, rest := sprinkle(lookups[fourth:], 4)
		indices, d, v := k.hues(sort(b, g, red, between), between)
		s := k.saturations(d, v, between)
		rest()
		low, third, zero := YMM(), YMM(), YMM()
		VPACKUSWB(s[1], s[0], s[0])
		book := emit.LoadCodebook() // here, because it would take a register all the time
		k.shuffle(book.Shuffles("secondShuffles"), s[0], low)
		k.shuffle(book.Shuffles("thirdShuffles"), v, third)
		VPOR(third, low, low)
		VPXOR(zero, zero, zero)
		for i, unpack := range interleaved {
			x := YMM()
			unpack(zero, low, x)
			VPSLLW(Imm(8), indices[i], indices[i])
			VPOR(x, indices[i], indices[i])
		}
		return indices[0], indices[1]
	})
}

var lookups int // for labels that differ

// shuffle emits code that looks bytes up in shuffles: see package backproj's.
//
// A byte's low four bits are its place in each table, and VPSHUFB gives 0 if bit 7 is
// 1. Subtracting 16 for each table that passes, with saturation, makes that so for the
// tables beyond the byte's own. The second half of the tables starts from the byte with
// bit 7 flipped, which makes bytes of the first half negative.
func (k *kernel) shuffle(s emit.Shuffles, bytes, results reg.VecVirtual) {
	lookups++
	done := fmt.Sprint("found", lookups)
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
	lookups++
	open := fmt.Sprint("unbounded", lookups)
	CMPB(book.At("thirdSpan", 0), U8(255))
	JEQ(LabelRef(open))
	code()
	Label(open)
}
