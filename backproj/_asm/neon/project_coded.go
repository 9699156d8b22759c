package main

import (
	"fmt"
	"slices"
)

const book = "R23" // the address of the codebook

// codes appends loads of n vectors of codes, from some places of a field of the codebook on,
// in registers that follow one another.
func (f *function) codes(field string, places ...int) (codes []*vector) {
	first := f.reserve(len(places))
	for i, place := range places {
		codes = append(codes, f.loadTo(fixed(first+i), address(f.fields[field]+place, book)))
	}
	return codes
}

// lookUp appends lookups of bytes in tables of 64, and returns the codes.
func (f *function) lookUp(c *code, tables []*vector, bytes *vector) (codes *vector) {
	for table := range slices.Chunk(tables, 4) {
		part := c.look("VTBL", nil, table, bytes) // 0 outside
		if codes == nil {
			codes = part
		} else {
			codes = c.op("orr.B16", codes, part)
		}
		bytes = c.op("sub.B16", bytes, f.constant(c, "64"))
	}
	return codes
}

// projectHue is for histograms of hue alone. It computes no saturation, only whether the
// saturation is within its bounds.
//
// H, as hsv.go has it, takes fewer steps alone. With b = d/30 and f = 2 - b·estimate, which
// FRECPS computes, 1/b is estimate·f, off by e². H is rounded as it should be for each d.
func (p *program) projectHue() {
	p.function("projectHueNEON", "dst, src *uint8, n, size int, redFirst bool, book *codebook", 0,
		fmt.Sprintf("conversion.projectCoded for firstCoding in the space hueSaturation, and n > %d pixels.", turn), func(f *function) {
			f.parameter("MOVD", "dst", dst)
			f.parameter("MOVD", "book", book)
			f.begin()
			f.pin("_chromas, exponent2", "chroma")
			f.hold(space{held: 3})
			inside, n := f.held[0], f.held[1:]
			// Hue bytes are from 226 on and up to 150. With 32 added they begin with 2.
			const added = 32
			var places []int
			for i := range 12 {
				places = append(places, (256-added+16*i)%256)
			}
			tables := f.codes("first", places...)
			pair := f.reserve(2) // for bits of thresholds
			thresholds := []struct{ field, factor, combine string }{
				{"saturationFrom", "R25", "and.B16"}, {"saturationBeyond", "R26", "bic.B16"},
			}
			for _, t := range thresholds {
				f.line("MOVHU %s, %s", address(f.fields[t.field+".factor"], book), t.factor)
			}
			f.line("MOVBU %s, %s", address(f.fields["thirdSpan"], book), gated)
			f.line("SUB $255, %s", gated)
			f.line("ORR R25, %s", gated)
			f.line("ORR R26, %s", gated)
			f.line("VCMEQ %s, %s, %s", inside.in("B16"), inside.in("B16"), inside.in("B16")) // all inside
			f.line("MOVD %s, %s", dst, heldAt)
			f.line("turn:")
			from := len(f.instructions)
			second := func(c *code) {
				var hues [2]*vector
				for half := range hues {
					hues[half] = c.op("sqrdmulh.H8", n[half], f.hueReciprocals(c, half, f.pinned["_chromas"]))
				}
				places := c.op("add.B16", c.op("uzp1.B16", hues[0], hues[1]), f.constant(c, fmt.Sprint(added)))
				codes := f.lookUp(c, tables, places)
				c.store(c.op("and.B16", codes, inside), "("+heldAt+")")
			}
			c := new(code)
			second(c)
			b, g, r := f.components(c)
			k := f.chroma(c, b, g, r, f.pinned["_chromas"])
			apart := new(code)
			third := apart.op("sub.B16", k.v, apart.load(address(f.fields["thirdLo"], book)))
			apart.to(inside, "cmhs.B16", apart.load(address(f.fields["thirdSpan"], book)), third)
			for _, t := range thresholds {
				reached := new(code)
				reached.to(inside, t.combine, inside, f.reached(reached, k, t.field, t.factor, pair))
				apart.choose(t.factor, new(code), reached)
			}
			c.choose(gated, new(code), apart)
			f.numerators(c, b, g, r, k, n)
			c.dropUnused(map[*vector]bool{})
			f.append(scheduled(c, new(code), len(f.free)))
			f.finish(from)
			f.line("ADD %s, %s, %s", at, dst, heldAt)
			f.next("turn", "last")
			f.line("last:")
			from = len(f.instructions)
			second(f.code)
			f.finish(from)
			f.line("RET")
		})
}

// hueReciprocals appends the code that computes H of eight pixels, in words.
func (f *function) hueReciprocals(c *code, half int, chromas *vector) *vector {
	var sums [2]*vector
	for i, b := range f.floats(c, half, chromas, f.pinned["exponent2"], "chroma") {
		estimate := c.op("frecpe.S4", b)
		better := c.op("frecps.S4", b, estimate)
		sums[i] = f.copied(c, "3072.0")
		c.to(sums[i], "fmla.S4", estimate, better)
	}
	return c.op("uzp1.H8", sums[0], sums[1])
}

// reached appends the code that returns the mask of the pixels whose saturation reaches
// a threshold, which has a field of the codebook: see threshold in package backproj. A
// register has its factor.
func (f *function) reached(c *code, k chroma, field, factor string, pair int) *vector {
	duplicate := func(register string) *vector {
		v := newVector()
		c.add(v, nil, func() string { return fmt.Sprintf("VDUP %s, %s", register, v.in("B16")) })
		return v
	}
	// ⌊v·factor/2^16⌋ in two steps, by the factor's bytes.
	low := duplicate(factor)
	carried := c.op("uzp2.B16", c.op("umull.B8", k.v, low), c.op("umull2.B16", k.v, low))
	c.line("LSR $8, %s, R9", factor)
	high := duplicate("R9")
	least := c.op("uzp2.B16",
		c.op("uaddw.B8", c.op("umull.B8", k.v, high), carried),
		c.op("uaddw2.B16", c.op("umull2.B16", k.v, high), carried))

	// One more if bit v is 1.
	var bits []*vector
	for i := range 2 {
		at := f.fields[field+".bits"] + 32*i
		bits = append(bits, c.loadTo(fixed(pair+i), address(at, book)))
	}
	eight := c.look("VTBL", nil, bits, c.by(3, "ushr.B16", k.v))
	bit := c.look("VTBL", nil, []*vector{f.constant(c, "bits")}, c.op("and.B16", k.v, f.constant(c, "7")))
	least = c.op("sub.B16", least, c.op("cmtst.B16", eight, bit))
	return c.op("cmhs.B16", k.d, least)
}

// allCodes are the places of all codes of a component.
func allCodes() (places []int) {
	for i := range 16 {
		places = append(places, 16*i)
	}
	return places
}

// projectGrey is for histograms of grey.
func (p *program) projectGrey() {
	p.function("projectGreyCodesNEON", "dst, src *uint8, n, size int, redFirst bool, book *codebook", 0,
		fmt.Sprintf("conversion.projectCoded for secondCoding in the space grey, and n > %d pixels.", turn), func(f *function) {
			f.parameter("MOVD", "dst", dst)
			f.parameter("MOVD", "book", book)
			f.begin()
			f.pin(greyConstants...)
			tables := f.codes("second", allCodes()...)
			f.line("turn:")
			from := len(f.instructions)
			b, g, r := f.components(f.code)
			bytes := newVector()
			f.weighted(f.code, bytes, b, g, r, greyConstants, 8)
			codes := f.lookUp(f.code, tables, bytes)
			f.line("ADD %s, %s, R9", at, dst)
			f.store(codes, "(R9)")
			f.finish(from)
			f.next("turn", "done")
			f.line("done:")
			f.line("RET")
		})
}

// projectPlane is for planes of grey.
func (p *program) projectPlane() {
	p.function("projectPlaneNEON", "dst, src *uint8, n int, book *codebook", 0,
		fmt.Sprintf("conversion.projectCoded for secondCoding in the space greyPlane, and n ≥ %d pixels.", turn), func(f *function) {
			f.parameter("MOVD", "dst", dst)
			f.parameter("MOVD", "src", src)
			f.parameter("MOVD", "n", final)
			f.parameter("MOVD", "book", book)
			f.line("SUB $%d, %s", turn, final)
			f.line("MOVD $0, %s", at)
			f.pin("64")
			tables := f.codes("second", allCodes()...)
			f.line("turn:")
			from := len(f.instructions)
			f.line("ADD %s, %s, %s", at, src, pixels)
			codes := f.lookUp(f.code, tables, f.load("("+pixels+")"))
			f.line("ADD %s, %s, R9", at, dst)
			f.store(codes, "(R9)")
			f.finish(from)
			f.next("turn", "done")
			f.line("done:")
			f.line("RET")
		})
}
