package main

import "slices"

// A space is one as in package backproj.
type space struct {
	name      string
	constants []string // that are in registers

	// convert appends the code that converts the pixels of a turn. It returns their
	// indices, in words, and appends the code for the third components only when it is
	// asked for them.
	convert func(f *function, c *code, b, g, r *vector) (indices [2]*vector, thirds func(c *code) *vector)
}

var spaces = []space{
	{"HueSaturation", hsvConstants, hueSaturation},
	{"HueValue", hsvConstants, hueValue},
	{"SaturationValue", hsvConstants, saturationValue},
	{"CrCb", crCbConstants, crCb},
	{"BlueGreen", nil, blueGreen},
	{"Grey", greyConstants, grey},
}

func hueSaturation(f *function, c *code, b, g, r *vector) (indices [2]*vector, thirds func(c *code) *vector) {
	x := f.hsv(c, b, g, r)
	for i := range indices {
		indices[i] = x.saturations[i]
		c.shifted(indices[i], "sli.H8", 8, x.hues[i])
	}
	return indices, func(*code) *vector { return x.values }
}

func hueValue(f *function, c *code, b, g, r *vector) (indices [2]*vector, thirds func(c *code) *vector) {
	x := f.hsv(c, b, g, r)
	indices = widened(c, x.values)
	for i := range indices {
		c.shifted(indices[i], "sli.H8", 8, x.hues[i])
	}
	return indices, func(c *code) *vector { return c.op("uzp1.B16", x.saturations[0], x.saturations[1]) }
}

func saturationValue(f *function, c *code, b, g, r *vector) (indices [2]*vector, thirds func(c *code) *vector) {
	x := f.hsv(c, b, g, r)
	indices = widened(c, x.values)
	for i := range indices {
		c.shifted(indices[i], "sli.H8", 8, x.saturations[i])
	}
	return indices, func(c *code) *vector { return c.op("uzp1.B16", x.hues[0], x.hues[1]) }
}

// widened appends the code that makes words of bytes.
func widened(c *code, bytes *vector) [2]*vector {
	return [2]*vector{c.by(0, "ushll.B8", bytes), c.by(0, "ushll2.B16", bytes)}
}

// paired appends the code that makes indices of bytes.
func paired(c *code, first, second *vector) [2]*vector {
	return [2]*vector{c.op("zip1.B16", second, first), c.op("zip2.B16", second, first)}
}

func blueGreen(f *function, c *code, b, g, r *vector) (indices [2]*vector, thirds func(c *code) *vector) {
	return paired(c, b, g), func(*code) *vector { return r }
}

// The weights of red, green and blue in grey and in Y, as in package backproj. Each is a
// multiple of 128 and a rest.
var (
	greyConstants = []string{"grey red", "grey red'", "grey green", "grey green'", "grey blue", "grey blue'"}
	lumaConstants = []string{"luma red", "luma red'", "luma green", "luma green'", "luma blue", "luma blue'"}
	crCbConstants = slices.Concat(lumaConstants, []string{"cr", "cb", "128"})
)

// weighted appends the code that computes the sum of components times their weights,
// and shifts it by 7 and so many bits more, rounded.
//
// With H the sum by what the weights have of 128, and L that by the rests, it is
// (H + (L >> 7)) >> bits, rounded: what L lacks of a multiple of 128 can carry nothing. For
// grey, H is at most 255·255 and L at most 128·255; for Y, H is at most 127·255. So all
// sums fit unsigned words. RSHRN rounds before it drops bits, with no overflow.
func (f *function) weighted(c *code, b, g, r *vector, weights []string, bits int) *vector {
	var sums [2]*vector
	for i, half := range []string{".B8", "2.B16"} {
		sum := func(part int) *vector {
			s := c.op("umull"+half, r, f.constant(c, weights[part]))
			c.to(s, "umlal"+half, g, f.constant(c, weights[2+part]))
			return c.to(s, "umlal"+half, b, f.constant(c, weights[4+part]))
		}
		low, high := sum(1), sum(0)
		sums[i] = c.shifted(high, "usra.H8", 7, low)
	}
	bytes := c.by(bits, "rshrn.H8", sums[0])
	return c.shifted(bytes, "rshrn2.H8", bits, sums[1])
}

func grey(f *function, c *code, b, g, r *vector) (indices [2]*vector, thirds func(c *code) *vector) {
	indices = widened(c, f.weighted(c, b, g, r, greyConstants, 8))
	return indices, func(c *code) *vector { return c.op("eor.B16", indices[0], indices[0]) }
}

// crCb appends the code of Cr and Cb. SQRDMULH with twice the factor computes
// (x·factor + 2^13) >> 14 of a difference x. Narrowing limits it to -128 to 127, and
// flipping bit 7 adds 128.
func crCb(f *function, c *code, b, g, r *vector) (indices [2]*vector, thirds func(c *code) *vector) {
	y := f.weighted(c, b, g, r, lumaConstants, 7)
	of := func(component *vector, factor string) *vector {
		var words [2]*vector
		for i, half := range []string{".B8", "2.B16"} {
			words[i] = c.op("sqrdmulh.H8", c.op("usubl"+half, component, y), f.constant(c, factor))
		}
		bytes := c.op("sqxtn.H8", words[0])
		return c.op("eor.B16", c.to(bytes, "sqxtn2.H8", words[1]), f.constant(c, "128"))
	}
	return paired(c, of(r, "cr"), of(b, "cb")), func(*code) *vector { return y }
}
