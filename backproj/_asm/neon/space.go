package main

import "slices"

// A space is one as in package backproj.
type space struct {
	name      string
	constants []string // that are in registers

	// convert appends the code of the first stage. It has so many vectors to hold for the
	// second stage, which also has what the constants with an underscore are. What it
	// returns appends the code of the second stage.
	held    int
	convert func(f *function, c *code, b, g, r *vector, held []*vector) (end func(c *code) indices)
}

// Indices are those of the pixels of a turn, in words. The function appends code that
// returns their third components, in bytes.
type indices struct {
	words  [2]*vector
	thirds func(c *code) *vector
}

var spaces = []space{
	{"HueSaturation", hsvConstants, 4, hsvSpace(func(c *code, x hsv) indices {
		return indices{joined(c, x.hues, x.saturations), func(*code) *vector { return x.values }}
	})},
	{"HueValue", hsvConstants, 4, hsvSpace(func(c *code, x hsv) indices {
		return indices{joined(c, x.hues, widened(c, x.values)), func(c *code) *vector {
			return c.op("uzp1.B16", x.saturations[0], x.saturations[1])
		}}
	})},
	{"SaturationValue", hsvConstants, 4, hsvSpace(func(c *code, x hsv) indices {
		return indices{joined(c, x.saturations, widened(c, x.values)), func(c *code) *vector {
			return c.op("uzp1.B16", x.hues[0], x.hues[1])
		}}
	})},
	{"CrCb", crCbConstants, 3, crCb},
	{"BlueGreen", nil, 3, blueGreen},
	{"Grey", greyConstants, 1, grey},
}

// hsvSpace returns space.convert for what the function makes of the components of HSV.
func hsvSpace(of func(c *code, x hsv) indices) func(f *function, c *code, b, g, r *vector, held []*vector) func(c *code) indices {
	return func(f *function, c *code, b, g, r *vector, held []*vector) func(c *code) indices {
		end := f.hsv(c, b, g, r, held)
		return func(c *code) indices { return of(c, end(c)) }
	}
}

// joined appends the code that puts the low bytes of words above those of others.
func joined(c *code, high, low [2]*vector) [2]*vector {
	for i := range low {
		c.shifted(low[i], "sli.H8", 8, high[i])
	}
	return low
}

// widened appends the code that makes words of bytes.
func widened(c *code, bytes *vector) [2]*vector {
	return [2]*vector{c.by(0, "ushll.B8", bytes), c.by(0, "ushll2.B16", bytes)}
}

// paired appends the code that makes indices of bytes.
func paired(c *code, first, second *vector) [2]*vector {
	return [2]*vector{c.op("zip1.B16", second, first), c.op("zip2.B16", second, first)}
}

func blueGreen(f *function, c *code, b, g, r *vector, held []*vector) (end func(c *code) indices) {
	for i, component := range []*vector{b, g, r} {
		c.to(held[i], "orr.B16", component, component)
	}
	return func(c *code) indices {
		return indices{paired(c, held[0], held[1]), func(*code) *vector { return held[2] }}
	}
}

// The weights of red, green and blue in grey and in Y, as in package backproj. Each is a
// multiple of 128 and a rest.
var (
	greyConstants = []string{"grey red", "grey red'", "grey green", "grey green'", "grey blue", "grey blue'"}
	lumaConstants = []string{"luma red", "luma red'", "luma green", "luma green'", "luma blue", "luma blue'"}
	crCbConstants = slices.Concat(lumaConstants, []string{"cr", "cb", "128"})
)

// weighted appends the code that makes bytes the sum of components times their weights,
// and shifts it by 7 and so many bits more, rounded.
//
// With H the sum by what the weights have of 128, and L that by the rests, it is
// (H + (L >> 7)) >> bits, rounded: what L lacks of a multiple of 128 can carry nothing. For
// grey, H is at most 255·255 and L at most 128·255; for Y, H is at most 127·255. So all
// sums fit unsigned words. RSHRN rounds before it drops bits, with no overflow.
func (f *function) weighted(c *code, bytes, b, g, r *vector, weights []string, bits int) *vector {
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
	c.shifted(bytes, "rshrn.H8", bits, sums[0])
	return c.shifted(bytes, "rshrn2.H8", bits, sums[1])
}

func grey(f *function, c *code, b, g, r *vector, held []*vector) (end func(c *code) indices) {
	f.weighted(c, held[0], b, g, r, greyConstants, 8)
	return func(c *code) indices {
		words := widened(c, held[0])
		return indices{words, func(c *code) *vector { return c.op("eor.B16", words[0], words[0]) }}
	}
}

// crCb appends the code of Cr and Cb. SQRDMULH with twice the factor computes
// (x·factor + 2^13) >> 14 of a difference x. Narrowing limits it to -128 to 127, and
// flipping bit 7 adds 128.
func crCb(f *function, c *code, b, g, r *vector, held []*vector) (end func(c *code) indices) {
	y := held[2]
	f.weighted(c, y, b, g, r, lumaConstants, 7)
	for i, component := range []*vector{b, r} {
		c.to(held[i], "orr.B16", component, component)
	}
	return func(c *code) indices {
		of := func(component *vector, factor string) *vector {
			var words [2]*vector
			for i, half := range []string{".B8", "2.B16"} {
				words[i] = c.op("sqrdmulh.H8", c.op("usubl"+half, component, y), f.constant(c, factor))
			}
			bytes := c.op("sqxtn.H8", words[0])
			return c.op("eor.B16", c.to(bytes, "sqxtn2.H8", words[1]), f.constant(c, "128"))
		}
		return indices{paired(c, of(held[1], "cr"), of(held[0], "cb")), func(*code) *vector { return y }}
	}
}
