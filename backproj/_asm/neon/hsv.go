package main

import "fmt"

// The hue is (n·H + 2^11) >> 12 and the saturation (d·S + 2^11) >> 12, where v is the
// greatest component, d is v less the least one, and n is p - q + {0, 2, 4}·d, with p and q
// as hsv.go of package backproj has them. H is 30·2^12/d and S is 255·2^12/v, both rounded.
//
// SQRDMULH multiplies words and computes (8x·y + 2^14) >> 15, which is that. So H and S
// must have 15 bits. Where d < 4, take 4d and 4n in place of d and n: then 4n·H is what n·H
// would be, for H is whole there. And where v < 32, shift d and v: that gives another S,
// but the same saturations, if the shift is by the bits that the constant "shifts" has.
// (By the bits that make v as great as can be, five pairs of d and v give others.)
//
// One reciprocal serves for both. In floats, with a = v/255 and b = d/30,
//
//	y = 1/(a·b)    H = 2^12·a·y    S = 2^12·b·y
//
// Beyond 2048, floats are 2^-12 apart. So 3072 + a·y, which is rounded half to even, has H
// in its lower bits. What a product of floats is off cannot matter: S is at least 2^-21 of
// it away from a half, and H is farther; the floats are off by less than half of that.
//
// FRECPE estimates 1/x. The architecture defines its results, so that all CPUs have the
// same. With e = 1 - x·estimate, 1/x is estimate·(1 + e + e² + ...). As |e| < 2^-8, what
// follows e² is less than 2^-24.
//
// Where v is 0 or d is 0, y is not a number and the bits are 0, which makes the hue and the
// saturation 0 too.

// hsvConstants are those that are in registers. The vectors of _chromas and _values have the
// chroma and the value of a turn.
var hsvConstants = []string{"_values, exponent", "_chromas, exponent2", "places0", "places1", "places2", "places3",
	"shifts, shifts16", "value", "chroma"}

// An hsv is what the pixels of a turn are: words of which the low bytes are hue bytes, words
// that are saturations, and bytes that are values.
type hsv struct {
	hues, saturations [2]*vector
	values            *vector
}

// A chroma has, in bytes, v and d; and where d < 4, chromas has 4d and factors 4·8, elsewhere
// d and 8.
type chroma struct{ v, d, chromas, factors *vector }

// chroma appends the code that computes it, with the chromas in a given register.
func (f *function) chroma(c *code, b, g, r, chromas *vector) chroma {
	least, v := c.op("umin.B16", b, g), c.op("umax.B16", b, g)
	least, v = c.op("umin.B16", least, r), c.op("umax.B16", v, r)
	d := c.op("sub.B16", v, least)
	c.to(chromas, "sub.B16", v, least)
	c.look("VTBX", chromas, []*vector{f.constant(c, "chromas")}, d)
	factors := f.copied(c, "8")
	c.look("VTBX", factors, []*vector{f.constant(c, "factors")}, d)
	return chroma{v, d, chromas, factors}
}

// numerators appends the code that makes two vectors 8n, or 32n where d < 4, in words.
func (f *function) numerators(c *code, b, g, r *vector, x chroma, numerators []*vector) {
	isRed, isGreen := c.op("cmeq.B16", r, x.v), c.op("cmeq.B16", g, x.v)
	q := c.op("orr.B16", g, g)
	c.to(q, "bit.B16", r, isGreen)
	c.to(q, "bit.B16", b, isRed)
	p := r // which is not needed any more
	c.to(p, "bit.B16", b, isGreen)
	c.to(p, "bit.B16", g, isRed)
	c.to(isGreen, "bsl.B16", f.constant(c, "16"), f.constant(c, "32"))
	sector := c.op("bic.B16", isGreen, isRed)
	for i, half := range []string{".B8", "2.B16"} {
		c.to(numerators[i], "umull"+half, p, x.factors)
		c.to(numerators[i], "umlsl"+half, q, x.factors)
		c.to(numerators[i], "umlal"+half, x.chromas, sector)
	}
}

// floats appends the code that makes floats of eight bytes, those from place 8·half on,
// and multiplies them by a constant.
func (f *function) floats(c *code, half int, bytes, exponent *vector, factor string) (x [2]*vector) {
	var whole [2]*vector
	for i := range x {
		whole[i] = c.look("VTBL", nil, []*vector{bytes, exponent}, f.constant(c, fmt.Sprint("places", 2*half+i)))
	}
	for i := range x {
		x[i] = f.copied(c, "-whole·"+factor)
		c.to(x[i], "fmla.S4", whole[i], f.constant(c, factor))
	}
	return x
}

// reciprocals appends the code that computes H and S of eight pixels, in words.
func (f *function) reciprocals(c *code, half int, values, chromas *vector) (h, s *vector) {
	a := f.floats(c, half, values, f.pinned["exponent"], "value")
	b := f.floats(c, half, chromas, f.pinned["exponent2"], "chroma")
	var y, e, sumH, sumS [2]*vector
	each := func(emit func(i int)) {
		for i := range 2 {
			emit(i)
		}
	}
	var x [2]*vector
	each(func(i int) { x[i] = c.op("fmul.S4", a[i], b[i]) })
	each(func(i int) { y[i] = c.op("frecpe.S4", x[i]) })
	each(func(i int) {
		e[i] = f.copied(c, "1.0")
		c.to(e[i], "fmls.S4", x[i], y[i])
	})
	each(func(i int) { c.to(e[i], "fmla.S4", e[i], e[i]) })
	each(func(i int) { c.to(y[i], "fmla.S4", y[i], e[i]) })
	each(func(i int) {
		sumH[i] = f.copied(c, "3072.0")
		c.to(sumH[i], "fmla.S4", a[i], y[i])
	})
	each(func(i int) {
		sumS[i] = f.copied(c, "3072.0")
		c.to(sumS[i], "fmla.S4", b[i], y[i])
	})
	return c.op("uzp1.H8", sumH[0], sumH[1]), c.op("uzp1.H8", sumS[0], sumS[1])
}

// hsv appends the code that converts the pixels of a turn, the first stage at once. The
// vectors are to hold the numerators, d, and the values if there is a fourth, for the second
// stage.
func (f *function) hsv(c *code, b, g, r *vector, held []*vector) (end func(c *code) hsv) {
	var x hsv
	values := f.pinned["_values"]
	k := f.chroma(c, b, g, r, f.pinned["_chromas"])
	shift := c.look("VTBL", nil, []*vector{f.pinned["shifts"], f.pinned["shifts16"]}, k.v)
	c.to(values, "ushl.B16", k.v, shift)
	d := c.to(held[2], "ushl.B16", k.d, shift)
	f.numerators(c, b, g, r, k, held[:2])
	if len(held) > 3 {
		x.values = c.to(held[3], "orr.B16", k.v, k.v)
	}
	return func(c *code) hsv {
		var before *vector
		for i := range 2 {
			from := len(c.instructions)
			h, s := f.reciprocals(c, i, values, k.chromas)
			if i == 1 {
				for at := range c.instructions[from:] {
					c.instructions[from+at].follows = []*vector{before}
				}
			}
			before = h
			x.hues[i] = c.op("sqrdmulh.H8", held[i], h)
			eight := c.by(3, []string{"ushll.B8", "ushll2.B16"}[i], d)
			x.saturations[i] = c.op("sqrdmulh.H8", eight, s)
		}
		return x
	}
}
