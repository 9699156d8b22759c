package main

import "fmt"

// body appends the code of a turn: the conversion of its pixels, interleaved with other
// code, and then what use appends.
func (f *function) body(s space, others *code, use func(indices [2]*vector, thirds func(c *code) *vector)) {
	from := len(f.instructions)
	c := new(code)
	b, g, r := f.components(c)
	indices, thirds := s.convert(f, c, b, g, r)
	f.instructions = append(f.instructions, interleaved(c, others).instructions...)
	use(indices, thirds)
	f.finish(from)
}

func (p *program) convert(s space) {
	p.function("convert"+s.name+"NEON", "dst *uint16, thirds, src *uint8, n, size int, redFirst bool", 0,
		fmt.Sprintf("conversion.convert for n > %d pixels; thirds may be nil.", turn), func(f *function) {
			f.parameter("MOVD", "dst", dst)
			f.parameter("MOVD", "thirds", gated)
			f.begin()
			f.pin(s.constants...)
			f.line("turn:")
			f.body(s, new(code), func(indices [2]*vector, thirds func(c *code) *vector) {
				f.line("ADD %s<<1, %s, R9", at, dst)
				apart := new(code)
				apart.line("ADD %s, %s, R10", at, gated)
				apart.store(thirds(apart), "(R10)")
				f.choose(gated, new(code), apart)
				f.storePair(indices[0], indices[1], "(R9)")
			})
			f.next("turn", "done")
			f.line("done:")
			f.line("RET")
		})
}

// queued appends what empties the queue.
func (f *function) queued() {
	f.line("MOVD $indices-%d(SP), %s", 2*turn, queue)
	for i := 0; i < 2*turn; i += 16 {
		f.line("STP (ZR, ZR), %s", address(i, queue))
	}
}

// project has a turn look up the indices of the turn before: by then they have long been on
// the stack, and the loads fill the gaps that the vector instructions leave. The first turn
// looks up index 0, and writes where the second one does.
func (p *program) project(s space) {
	p.function("project"+s.name+"NEON", "dst, src *uint8, n, size int, redFirst bool, table *uint8, lo, span uint8, rejected uint16", 2*turn,
		fmt.Sprintf("conversion.project for n > %d pixels; span is hi - lo.", turn), func(f *function) {
			f.parameter("MOVD", "dst", dst)
			f.parameter("MOVD", "table", table)
			f.begin()
			f.pin(s.constants...)
			first := f.reserve(2)
			bounds := [2]*vector{fixed(first), fixed(first + 1)}
			for i, name := range []string{"lo", "span"} {
				f.parameter("MOVBU", name, gated)
				f.line("VDUP %s, %s", gated, bounds[i].in("B16"))
			}
			f.line("SUB $255, %s", gated) // the span
			f.queued()
			f.line("MOVD %s, %s", dst, results)
			f.line("turn:")
			f.body(s, lookups(), func(indices [2]*vector, thirds func(c *code) *vector) {
				apart := new(code)
				f.parameterOf(apart, "MOVHU", "rejected", "R9")
				rejected := newVector()
				apart.append(rejected, nil, func() string { return "VDUP R9, " + rejected.in("H8") })
				outside := apart.op("cmhi.B16", apart.op("sub.B16", thirds(apart), bounds[0]), bounds[1])
				for i, zip := range []string{"zip1.B16", "zip2.B16"} {
					apart.to(indices[i], "bit.B16", rejected, apart.op(zip, outside, outside))
				}
				f.choose(gated, new(code), apart)
				f.storePair(indices[0], indices[1], address(0, queue))
				f.line("ADD %s, %s, %s", at, dst, results)
			})
			f.next("turn", "last")
			f.line("last:")
			f.instructions = append(f.instructions, lookups().instructions...)
			f.line("RET")
		})
}

// lookups looks up the indices of the queue in the table, and writes the results. Each
// store has those of eight pixels.
func lookups() *code {
	return dequeued(func(c *code, i int, index string) {
		eight := []string{"R13", "R14"}[i/8]
		if i%8 == 0 {
			c.line("MOVBU (%s)(%s), %s", table, index, eight)
			return
		}
		c.line("MOVBU (%s)(%s), %s", table, index, index)
		c.line("ORR %s<<%d, %s", index, 8*(i%8), eight)
		if i%8 == 7 {
			c.line("MOVD %s, %s", eight, address(i-7, results))
		}
	})
}

// dequeued reads the indices of the queue, each of which use has in a register.
func dequeued(use func(c *code, i int, index string)) *code {
	c := new(code)
	for i := range turn {
		index := fmt.Sprint("R", 9+i%4)
		c.line("MOVHU %s, %s", address(2*i, queue), index)
		use(c, i, index)
	}
	return c
}

// count has a turn count the indices of the turn before, as project looks them up. The
// first turn counts index 0, which is taken back before the function returns.
func (p *program) count(s space) {
	p.function("count"+s.name+"NEON", "counts *uint32, src *uint8, n, size int, redFirst bool", 2*turn,
		fmt.Sprintf("conversion.count for n pixels, n > %d a multiple of %d.", turn, turn), func(f *function) {
			f.parameter("MOVD", "counts", table)
			f.begin()
			f.pin(s.constants...)
			f.queued()
			f.line("turn:")
			f.body(s, counts(), func(indices [2]*vector, _ func(c *code) *vector) {
				f.storePair(indices[0], indices[1], address(0, queue))
			})
			f.next("turn", "last")
			f.line("last:")
			f.instructions = append(f.instructions, counts().instructions...)
			f.line("MOVWU (%s), R9", table)
			f.line("SUBW $%d, R9", turn)
			f.line("MOVW R9, (%s)", table)
			f.line("RET")
		})
}

// counts adds 1 to the count of each index of the queue.
func counts() *code {
	return dequeued(func(c *code, _ int, index string) {
		c.line("ADD %s<<2, %s, %s", index, table, index)
		c.line("MOVWU (%s), R23", index)
		c.line("ADDW $1, R23")
		c.line("MOVW R23, (%s)", index)
	})
}
