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

// The functions of this file work on a row with a codebook instead of a table
// by index.

// table returns a table of 256 bytes of the codebook for lookup, from its i-th
// element on.
func table(book emit.Codebook, field string, i int) (t [4]Op) {
	for j := range t {
		t[j] = book.At(field, i+turn*j)
	}
	return t
}

func begin(name string, size int, doc string, more ...string) {
	TEXT(name, attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, book *codebook"+strings.Join(more, "")+")")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s %s, for n ≥ %d pixels of %d bytes.", name, doc, turn, size))
}

// A coloured is what a turn makes of its 64 pixels, in bytes: the hues and
// saturations in the order of the pixels, the i-th value that of pixel place(i).
type coloured struct{ hues, saturations, values reg.VecVirtual }

func newColoured() coloured { return coloured{ZMM(), ZMM(), ZMM()} }

// take makes it that of the next turn.
func (x coloured) take(next coloured) {
	VMOVDQA64(next.hues, x.hues)
	VMOVDQA64(next.saturations, x.saturations)
	VMOVDQA64(next.values, x.values)
}

// coloured returns the steps that make them of the first half of a turn.
func (k *kernel) coloured(in chroma, out coloured) []func() {
	c := newColours()
	c.values = out.values
	return append(k.colours(in, c),
		func() { k.lowBytes(c.hues, out.hues) },
		func() { k.lowBytes(c.saturations, out.saturations) })
}

// lowBytes puts the low bytes of words into bytes, in the order of the pixels.
func (k *kernel) lowBytes(words [2]reg.VecVirtual, bytes reg.VecVirtual) {
	VMOVDQU8(k.at("lowBytes"), bytes)
	VPERMI2B(words[1], words[0], bytes)
}

// packed emits a function that stores the results of codes. Last returns the
// steps that make them of a turn's colours.
//
// A turn is under way for three: while its results are made, the colours of
// the next one are, and the chroma of the one after that. The first turns of a
// row do the first pixels again.
func packed(c *constants, size int, last func(k *kernel, book emit.Codebook, x coloured) (steps []func(), results reg.VecVirtual)) {
	r := emit.NewRow(turn, size)
	book := emit.LoadCodebook()
	k := newKernel(c, size, 0)
	temp, dst, at, previous := GP64(), GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	this, x := newChroma(), newColoured()
	results := func(mixed ...[]func()) {
		steps, results := last(k, book, x)
		emit.Mix(append(mixed, steps)...)
		VMOVDQU8(results, Mem{Base: previous})
	}
	emit.Mix(k.chroma(r.Pixels(temp), this))
	emit.Mix(k.coloured(this, x))
	MOVQ(dst, previous)
	r.Single("only")
	Label("turn")
	LEAQ(Mem{Base: dst, Index: r.At, Scale: 1}, at)
	r.Forward("last")
	next, colours := newChroma(), newColoured()
	results(k.chroma(r.Pixels(temp), next), k.coloured(this, colours))
	this.take(next)
	x.take(colours)
	MOVQ(at, previous)
	JMP(LabelRef("turn"))

	Label("last")
	colours = newColoured()
	results(k.coloured(this, colours))
	x.take(colours)
	MOVQ(at, previous)
	Label("only")
	results()
	VZEROUPPER()
	RET()
}

// coded returns what looks up bytes in a table of the codebook.
func coded(book emit.Codebook, field string, bytes, results reg.VecVirtual) []func() {
	upper := K()
	return append([]func(){func() { VPMOVB2M(bytes, upper) }}, looked(table(book, field, 0), bytes, upper, results)...)
}

func within(book emit.Codebook, lo, span string, bytes reg.VecVirtual) reg.Register {
	x, inside := ZMM(), K()
	VPSUBB(book.At(lo, 0), bytes, x)
	VPCMPUB(Imm(lessOrEqual), book.At(span, 0), x, inside)
	return inside
}

var gates int

// gated makes results 0 where the value is outside, if any value is.
func (k *kernel) gated(book emit.Codebook, values, results reg.VecVirtual) {
	gates++
	open := fmt.Sprint("open", gates)
	CMPB(book.At("valueSpan", 0), U8(255))
	JEQ(LabelRef(open))
	ordered := ZMM()
	k.inOrder(values, ordered)
	VMOVDQU8_Z(results, within(book, "valueLo", "valueSpan", ordered), results)
	Label(open)
}

// projectHue emits the function for histograms of the hue alone.
func projectHue(c *constants, size int) {
	begin(fmt.Sprintf("projectHue%dAVX512", size), size, "is kernel.projectCoded for hueCoding")
	packed(c, size, func(k *kernel, book emit.Codebook, x coloured) ([]func(), reg.VecVirtual) {
		results := ZMM()
		return append(coded(book, "hue", x.hues, results),
			func() {
				VMOVDQU8_Z(results, within(book, "saturationLo", "saturationSpan", x.saturations), results)
			},
			func() { k.gated(book, x.values, results) },
		), results
	})
}

// projectHueSaturation emits the function for histograms of up to 1,024 bins of hue
// and saturation, which are looked up in registers. Seven bits of a bin's
// number, its place among 128, are put together from the codes of both; what
// more there is of it are those bits of the hue's code that are otherwise of no
// use: 7, 0 and 1.
func projectHueSaturation(c *constants, size int) {
	begin(fmt.Sprintf("projectHueSaturation%dAVX512", size), size, "is kernel.projectCoded for hueSaturationCoding")
	packed(c, size, func(k *kernel, book emit.Codebook, x coloured) (steps []func(), results reg.VecVirtual) {
		hue, place, high := ZMM(), ZMM(), K()
		steps = append(coded(book, "hue", x.hues, hue), coded(book, "saturation", x.saturations, place)...)
		steps = append(steps, func() {
			VPTERNLOGQ(Imm(aOrBAndC), book.At("binMask", 0), hue, place)
			VPMOVB2M(hue, high)
		})
		var quarters [4]reg.VecVirtual
		for i := range quarters {
			quarters[i] = ZMM()
			steps = append(steps, looked(table(book, "bins", 256*i), place, high, quarters[i])...)
		}
		return append(steps,
			func() {
				odd := K()
				VPTESTMB(k.b1, hue, odd)
				VMOVDQU8(quarters[1], odd, quarters[0])
				VMOVDQU8(quarters[3], odd, quarters[2])
			},
			func() {
				later := K()
				VPTESTMB(k.b2, hue, later)
				VMOVDQU8(quarters[2], later, quarters[0])
			},
			func() { k.gated(book, x.values, quarters[0]) },
		), quarters[0]
	})
}

// aOrBAndC is the truth table of VPTERNLOG for a | b&c: see selectByC.
const aOrBAndC = 0b1111_1000

// projectHSV emits the function for histograms whose bins are numbered by
// two bytes: the hue's code, and those of the saturation and the value put
// together.
func projectHSV(c *constants, size int) {
	begin(fmt.Sprintf("projectHSV%dAVX512", size), size, "is kernel.projectCoded for hsvCoding", ", table *uint8")
	r := emit.NewRow(turn, size)
	l := emit.NewLookup(turn, func(i int) int { return i%8 + i/8%4*16 + i/32*8 })
	Load(Param("table"), emit.Table)
	book := emit.LoadCodebook()
	k := newKernel(c, size, 10)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		chroma, x := newChroma(), newColoured()
		high, low, values := ZMM(), ZMM(), ZMM()
		steps := append(k.chroma(r.Pixels(temp), chroma), k.coloured(chroma, x)...)
		steps = append(steps, coded(book, "hue", x.hues, high)...)
		steps = append(steps, coded(book, "saturation", x.saturations, low)...)
		steps = append(steps, func() { k.inOrder(x.values, x.values) })
		steps = append(steps, coded(book, "value", x.values, values)...)
		emit.Mix(steps, lookups)
		VPORQ(values, low, low)
		f, s := ZMM(), ZMM()
		VPUNPCKLBW(high, low, f)
		VPUNPCKHBW(high, low, s)
		return f, s
	})
}
