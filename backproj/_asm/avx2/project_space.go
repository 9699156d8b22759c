package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

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
	x := k.colour(r.Pixels(temp), nil, emit.CrCb, emit.Grey, emit.BlueGreen, emit.AB, emit.HueValue, emit.SaturationValue)
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
		spaces := []emit.Space{emit.CrCb, emit.Grey, emit.BlueGreen, emit.AB, emit.HueValue, emit.SaturationValue}
		x := k.colour(r.Pixels(temp), counts, spaces...)
		// Greys that are equal are counted in four rows by turns: package backproj adds
		// these up. A count that has just been written takes a while to be read again.
		emit.Convert(spaces, emit.Conversions{
			emit.Grey: func() { VMOVDQU(k.at("turns"), x.first) },
		}, func() {})
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
		x := k.colour(r.Pixels(temp), lookups, emit.Grey, emit.AB, emit.HueValue, emit.SaturationValue)
		indices := x.indices()
		emit.IfGated(func(lo, span Mem) {
			none := YMM()
			VPBROADCASTW(emit.Parameter("rejected"), none)
			reject(none, indices, x.third, lo, span)
		})
		return indices[0], indices[1]
	})
}

// projectCrCb emits the function for Cr and Cb.
func projectCrCb(c *constants) {
	beginSpace("projectCrCbAVX2", "dst, ", ", table *uint8, lo, span uint8, rejected uint16", "conversion.project in the space crCb for n ≥ 32 pixels; span is hi - lo")
	r := emit.NewRow(batch, anySize)
	l := emit.NewLookup(batch, place)
	Load(Param("table"), emit.Table)
	k := &kernel{constants: c, size: anySize}
	quads := k.crCbQuads()
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		indices, y := quads.crCb(r.Pixels(temp), lookups)
		emit.IfGated(func(lo, span Mem) {
			rejected, low, all, inside := YMM(), YMM(), YMM(), YMM()
			VPBROADCASTW(emit.Parameter("rejected"), rejected)
			VPBROADCASTB(lo, low)
			VPBROADCASTB(span, all)
			for i, y := range y {
				VPSUBB(low, y, y)
				VPMAXUB(all, y, inside)
				VPCMPEQB(all, inside, inside)
				VPBLENDVB(inside, indices[i], rejected, indices[i])
			}
		})
		return indices[0], indices[1]
	})
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
		x := k.colour(r.Pixels(temp), lookups, emit.BlueGreen, emit.CrCb, emit.AB)
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
