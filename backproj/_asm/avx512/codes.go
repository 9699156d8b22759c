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

// A codebook is where the codebook of a function is.
type codebook struct{ base reg.GPVirtual }

func (c codebook) at(f emit.Field) Mem { return f.Of(c.base) }

// table returns the table of 256 bytes for lookup.
func (c codebook) table(f emit.Field) (t [4]Op) {
	for i := range t {
		t[i] = c.at(f).Offset(turn * i)
	}
	return t
}

func begin(name string, size int, doc string, more ...string) {
	TEXT(name, attr.NOSPLIT, "func(dst, src *uint8, n int, redFirst bool, codes *uint8"+strings.Join(more, "")+")")
	Pragma("noescape")
	Doc(fmt.Sprintf("%s %s, for n ≥ %d pixels of %d bytes.", name, doc, turn, size))
}

func loadCodebook() codebook {
	c := codebook{GP64()}
	Load(Param("codes"), c.base)
	return c
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
func packed(c *constants, size int, last func(k *kernel, codes codebook, x coloured) (steps []func(), results reg.VecVirtual)) {
	r := emit.NewRow(turn, size)
	codes := loadCodebook()
	k := newKernel(c, size, 0)
	temp, dst, at, previous := GP64(), GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	this, x := newChroma(), newColoured()
	results := func(mixed ...[]func()) {
		steps, results := last(k, codes, x)
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
func coded(c codebook, f emit.Field, bytes, results reg.VecVirtual) []func() {
	upper := K()
	return append([]func(){func() { VPMOVB2M(bytes, upper) }}, looked(c.table(f), bytes, upper, results)...)
}

func within(c codebook, lo, span emit.Field, bytes reg.VecVirtual) reg.Register {
	x, inside := ZMM(), K()
	VPSUBB(c.at(lo), bytes, x)
	VPCMPUB(Imm(lessOrEqual), c.at(span), x, inside)
	return inside
}

var gates int

// gated makes results 0 where the value is outside, if any value is.
func (k *kernel) gated(c codebook, values, results reg.VecVirtual) {
	gates++
	open := fmt.Sprint("open", gates)
	CMPB(c.at(emit.ValueSpan), U8(255))
	JEQ(LabelRef(open))
	ordered := ZMM()
	k.inOrder(values, ordered)
	VMOVDQU8_Z(results, within(c, emit.ValueLo, emit.ValueSpan, ordered), results)
	Label(open)
}

// projectHue emits the function for histograms of the hue alone.
func projectHue(c *constants, size int) {
	begin(fmt.Sprintf("projectHue%dAVX512", size), size, "is kernel.projectCoded for hueCoding")
	packed(c, size, func(k *kernel, c codebook, x coloured) ([]func(), reg.VecVirtual) {
		results := ZMM()
		return append(coded(c, emit.HueCodes, x.hues, results),
			func() {
				VMOVDQU8_Z(results, within(c, emit.SaturationLo, emit.SaturationSpan, x.saturations), results)
			},
			func() { k.gated(c, x.values, results) },
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
	packed(c, size, func(k *kernel, c codebook, x coloured) (steps []func(), results reg.VecVirtual) {
		hue, place, high := ZMM(), ZMM(), K()
		steps = append(coded(c, emit.HueCodes, x.hues, hue), coded(c, emit.SaturationCodes, x.saturations, place)...)
		steps = append(steps, func() {
			VPTERNLOGQ(Imm(aOrBAndC), c.at(emit.BinMask), hue, place)
			VPMOVB2M(hue, high)
		})
		var quarters [4]reg.VecVirtual
		for i := range quarters {
			quarters[i] = ZMM()
			f := emit.Bins.From(256 * i)
			steps = append(steps, looked(c.table(f), place, high, quarters[i])...)
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
			func() { k.gated(c, x.values, quarters[0]) },
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
	codes := loadCodebook()
	k := newKernel(c, size, 10)
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		chroma, x := newChroma(), newColoured()
		high, low, values := ZMM(), ZMM(), ZMM()
		steps := append(k.chroma(r.Pixels(temp), chroma), k.coloured(chroma, x)...)
		steps = append(steps, coded(codes, emit.HueCodes, x.hues, high)...)
		steps = append(steps, coded(codes, emit.SaturationCodes, x.saturations, low)...)
		steps = append(steps, func() { k.inOrder(x.values, x.values) })
		steps = append(steps, coded(codes, emit.ValueCodes, x.values, values)...)
		emit.Mix(steps, lookups)
		VPORQ(values, low, low)
		f, s := ZMM(), ZMM()
		VPUNPCKLBW(high, low, f)
		VPUNPCKHBW(high, low, s)
		return f, s
	})
}
