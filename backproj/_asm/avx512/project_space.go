package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// The functions of this file are for all spaces but hueSaturation, and for pixels of 3
// and of 4 bytes.

// beginSpace starts such a function.
func beginSpace(name, params, more, is string) {
	TEXT(name, attr.NOSPLIT, "func("+params+"src *uint8, n, size int, redFirst bool, space uint8"+more+")")
	Pragma("noescape")
	Doc(name + " is " + is + ".")
}

func convertSpace(c *constants) {
	beginSpace("convertSpaceAVX512", "dst *uint16, thirds, ", "", "conversion.convert for n ≥ 64 pixels; thirds may be nil")
	r := emit.NewRow(batch, anySize)
	dst, thirds, temp := GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	Load(Param("thirds"), thirds)
	k := newKernel(c, anySize, 0)
	k.keepRoots()
	Label("batch")
	x := k.colour(r.Pixels(temp), nil, emit.CrCb, emit.Grey, emit.BlueGreen, emit.AB, emit.HueValue, emit.SaturationValue)
	for i, index := range x.indices() {
		VMOVDQU16(index, Mem{Base: dst, Index: r.At, Scale: 2, Disp: batch * i})
	}
	TESTQ(thirds, thirds)
	JEQ(LabelRef("next"))
	k.inOrder(x.third, x.third)
	VMOVDQU8(x.third, Mem{Base: thirds, Index: r.At, Scale: 1})
	Label("next")
	r.Next("done")
	JMP(LabelRef("batch"))
	Label("done")
	VZEROUPPER()
	RET()
}

// indices emits code that returns the indices of pixels 0 to 31 and of pixels 32 to 63.
func (c colour) indices() (indices [2]reg.VecVirtual) {
	for i, unpack := range interleaved {
		indices[i] = ZMM()
		unpack(c.first, c.second, indices[i])
	}
	return indices
}

func countSpace(c *constants) {
	beginSpace("countSpaceAVX512", "counts *uint32, ", "", "conversion.count for n pixels, n > 0 a multiple of 64")
	r := emit.NewRow(batch, anySize)
	k := newKernel(c, anySize, 0)
	k.keepRoots()
	temp := GP64()
	emit.Count(r, func(counts []func()) (first, second Op) {
		spaces := []emit.Space{emit.CrCb, emit.Grey, emit.BlueGreen, emit.AB, emit.HueValue, emit.SaturationValue}
		x := k.colour(r.Pixels(temp), counts, spaces...)
		// Greys that are equal are counted in four rows by turns: package backproj adds
		// these up. A count that has just been written takes a while to be read again.
		emit.Convert(spaces, emit.Conversions{
			emit.Grey: func() { VMOVDQU8(k.at("turns"), x.first) },
		}, func() {})
		indices := x.indices()
		return indices[0], indices[1]
	})
}

func projectSpace(c *constants) {
	beginSpace("projectSpaceAVX512", "dst, ", ", table *uint8, lo, span uint8, rejected uint16", "conversion.project for n ≥ 64 pixels; span is hi - lo")
	r := emit.NewRow(batch, anySize)
	l := emit.NewLookup(batch, func(i int) int { return i })
	Load(Param("table"), emit.Table)
	k := newKernel(c, anySize, 0)
	k.keepRoots()
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		x := k.colour(r.Pixels(temp), lookups, emit.CrCb, emit.Grey, emit.AB, emit.HueValue, emit.SaturationValue)
		indices := x.indices()
		emit.IfGated(func(lo, span Mem) {
			none := ZMM()
			VPBROADCASTW(emit.Parameter("rejected"), none)
			k.reject(none, indices, x.third, lo, span)
		})
		return indices[0], indices[1]
	})
}

// projectSecond emits the function for histograms of the second component alone.
func projectSecond(c *constants) {
	beginSpace("projectSecondAVX512", "dst, ", ", book *codebook", "conversion.projectCoded for secondCoding and n ≥ 64 pixels")
	r := emit.NewRow(batch, anySize)
	book := emit.LoadCodebook()
	k := newKernel(c, anySize, 0)
	temp, dst := GP64(), GP64()
	Load(Param("dst"), dst)
	Label("batch")
	r.Prefetch()
	b, g, red := k.splitPixels(r.Pixels(temp), nil)
	x, results := newColour(), ZMM()
	emit.Convert([]emit.Space{emit.Grey, emit.HueSaturation, emit.SaturationValue}, emit.Conversions{
		emit.Grey: func() { emit.Interleave(k.grey(b, g, red, x)) },
		emit.HueSaturation: func() {
			hsv := k.hueSaturationValue(b, g, red, nil)
			x.set(hsv.hues, hsv.saturations, hsv.values)
		},
		emit.SaturationValue: func() {
			VPMAXUB(b, g, x.second)
			VPMAXUB(red, x.second, x.second)
			ifThirdBounds(book, func() {
				VMOVDQA64(k.hueSaturationValue(b, g, red, nil).hues, x.third)
			})
		},
	}, nil)
	emit.Interleave(lookUpCodes(book, "second", x.second, results))
	ifThirdBounds(book, func() {
		VMOVDQU8_Z(results, within(book, "thirdLo", "thirdSpan", x.third), results)
	})
	k.inOrder(results, results)
	VMOVDQU8(results, Mem{Base: dst, Index: r.At, Scale: 1})
	r.Next("done")
	JMP(LabelRef("batch"))
	Label("done")
	VZEROUPPER()
	RET()
}

// projectPlane emits the function for planes of grey.
func projectPlane() {
	TEXT("projectPlaneAVX512", attr.NOSPLIT, "func(dst, src *uint8, n int, book *codebook)")
	Pragma("noescape")
	Doc("projectPlaneAVX512 is conversion.projectCoded for secondCoding in the space greyPlane, for n ≥ 64 pixels.")
	r := emit.NewRow(batch, 1)
	book := emit.LoadCodebook()
	codes := table(book, "second", 0)
	for i := range codes {
		v := ZMM()
		VMOVDQU8(codes[i], v)
		codes[i] = v
	}
	dst, bytes, results, bit7 := GP64(), ZMM(), ZMM(), K()
	Load(Param("dst"), dst)
	Label("batch")
	r.Prefetch()
	VMOVDQU8(r.Pixels(nil), bytes)
	VPMOVB2M(bytes, bit7)
	emit.Interleave(lookUp256(codes, bytes, bit7, results))
	VMOVDQU8(results, Mem{Base: dst, Index: r.At, Scale: 1})
	r.Next("done")
	JMP(LabelRef("batch"))
	Label("done")
	VZEROUPPER()
	RET()
}

// projectPair emits the function for histograms of the first two components of a space
// with up to 1,024 bins: see lookUpBins. While the bins of one batch are looked up, the
// next one is converted. So many vectors of bins are kept in registers.
func projectPair(c *constants, name string, keep int, convert func(k *kernel, b, g, r reg.VecVirtual, c colour) []func()) {
	beginSpace(name, "dst, ", ", book *codebook", "conversion.projectCoded for pairCoding and n ≥ 64 pixels")
	r := emit.NewRow(batch, anySize)
	book := emit.LoadCodebook()
	k := newKernel(c, anySize, 0)
	k.keepRoots()
	temp, dst, at := GP64(), GP64(), GP64()
	Load(Param("dst"), dst)
	bins := kept(bins(book), keep)
	this := newColour()
	finish := func(others []func()) {
		steps, results := k.lookUpBins(book, bins, this.first, this.second, nil)
		emit.Interleave(others, steps)
		ifThirdBounds(book, func() {
			VMOVDQU8_Z(results, within(book, "thirdLo", "thirdSpan", this.third), results)
		})
		k.inOrder(results, results)
		VMOVDQU8(results, Mem{Base: dst, Index: at, Scale: 1})
	}
	b, g, red := k.splitPixels(r.Pixels(temp), nil)
	emit.Interleave(convert(k, b, g, red, this))
	Label("batch")
	MOVQ(r.At, at)
	r.Next("last")
	r.Prefetch()
	next := newColour()
	b, g, red = k.splitPixels(r.Pixels(temp), nil)
	finish(convert(k, b, g, red, next))
	VMOVDQA64(next.first, this.first)
	VMOVDQA64(next.second, this.second)
	VMOVDQA64(next.third, this.third)
	JMP(LabelRef("batch"))
	Label("last")
	finish(nil)
	VZEROUPPER()
	RET()
}

// kept emits code that loads some of the vectors of tables, and returns the tables.
func kept(tables [4][4]Op, vectors int) [4][4]Op {
	for i := range vectors {
		v := ZMM()
		VMOVDQU8(tables[i/2][i%2*2], v)
		tables[i/2][i%2*2] = v
	}
	return tables
}

// projectBins emits the function for histograms of two or three components with up to
// 1,024 bins: see lookUpBins. With two, all third codes are 0.
func projectBins(c *constants) {
	beginSpace("projectBinsAVX512", "dst, ", ", book *codebook", "conversion.projectCoded for pairCoding, and for tripleCoding if the codebook has bins, and n ≥ 64 pixels")
	r := emit.NewRow(batch, anySize)
	book := emit.LoadCodebook()
	k := newKernel(c, anySize, 0)
	k.keepRoots()
	temp, dst := GP64(), GP64()
	Load(Param("dst"), dst)
	bins := kept(bins(book), 4)
	Label("batch")
	r.Prefetch()
	x := k.colour(r.Pixels(temp), nil, emit.BlueGreen, emit.CrCb, emit.AB, emit.HueSaturation, emit.HueValue, emit.SaturationValue)
	steps, results := k.lookUpBins(book, bins, x.first, x.second, x.third)
	emit.Interleave(steps)
	ifThirdBounds(book, func() {
		VMOVDQU8_Z(results, within(book, "thirdLo", "thirdSpan", x.third), results)
	})
	k.inOrder(results, results)
	VMOVDQU8(results, Mem{Base: dst, Index: r.At, Scale: 1})
	r.Next("done")
	JMP(LabelRef("batch"))
	Label("done")
	VZEROUPPER()
	RET()
}

// projectTriple emits the function for histograms of all three components: see
// projectHSV.
func projectTriple(c *constants) {
	beginSpace("projectTripleAVX512", "dst, ", ", book *codebook, table *uint8", "conversion.projectCoded for tripleCoding and n ≥ 64 pixels")
	r := emit.NewRow(batch, anySize)
	l := emit.NewLookup(batch, func(i int) int { return i })
	Load(Param("table"), emit.Table)
	book := emit.LoadCodebook()
	k := newKernel(c, anySize, 0)
	k.keepRoots()
	temp := GP64()
	emit.Project(r, l, func(lookups []func()) (first, second Op) {
		half := len(lookups) / 2
		x := k.colour(r.Pixels(temp), lookups[:half], emit.BlueGreen, emit.CrCb, emit.AB)
		high, low, third := ZMM(), ZMM(), ZMM()
		steps := lookUpCodes(book, "first", x.first, high)
		steps = append(steps, lookUpCodes(book, "second", x.second, low)...)
		steps = append(steps, lookUpCodes(book, "third", x.third, third)...)
		emit.Interleave(steps, lookups[half:])
		VPORQ(third, low, low)
		indices := colour{first: high, second: low}.indices()
		return indices[0], indices[1]
	})
}
