package main

import (
	"fmt"
	"slices"
)

// A turn is in two stages: its second one is in the code of the turn that follows, with
// its first stage. held are the addresses of the results of the turn that is between its
// stages.
const heldAt, heldThirdsAt = "R24", "R25"

// stages appends the code of a turn: the second stage of the turn before, with what use
// appends to that, and the first stage of this one. It is interleaved with other code. What
// finish appends follows them all. What is returned appends the second stage alone.
func (f *function) stages(s space, others *code, use, finish func(c *code, x indices)) (end func()) {
	from := len(f.instructions)
	first, second := new(code), new(code)
	b, g, r := f.components(first)
	convert := s.convert(f, first, b, g, r, f.held)
	x := convert(second)
	use(second, x)
	both := &code{slices.Concat(second.instructions, first.instructions)}
	both.dropUnused(map[*vector]bool{x.words[0]: true, x.words[1]: true})
	f.append(scheduled(both, others, len(f.free)))
	finish(f.code, x)
	f.finish(from)
	return func() {
		from := len(f.instructions)
		x := convert(f.code)
		use(f.code, x)
		finish(f.code, x)
		f.finish(from)
	}
}

// hold reserves the vectors that a space holds between stages, and those are 0 at first.
func (f *function) hold(s space) {
	first := f.reserve(s.held)
	for i := range s.held {
		f.held = append(f.held, fixed(first+i))
	}
	for _, v := range slices.Concat(f.held, []*vector{f.pinned["_values"], f.pinned["_chromas"]}) {
		if v != nil {
			f.line("VEOR %s, %s, %s", v.in("B16"), v.in("B16"), v.in("B16"))
		}
	}
}

// convert writes conversion.convert. The first turn writes what it has not converted where
// the second one writes its results.
func (p *program) convert(s space) {
	p.function("convert"+s.name+"NEON", "dst *uint16, thirds, src *uint8, n, size int, redFirst bool", 0,
		fmt.Sprintf("conversion.convert for n > %d pixels; thirds may be nil.", turn), func(f *function) {
			f.parameter("MOVD", "dst", dst)
			f.parameter("MOVD", "thirds", gated)
			f.begin()
			f.pin(s.constants...)
			f.hold(s)
			f.line("MOVD %s, %s", dst, heldAt)
			f.line("MOVD %s, %s", gated, heldThirdsAt)
			f.line("turn:")
			end := f.stages(s, new(code), func(c *code, x indices) {
				apart := new(code)
				apart.store(x.thirds(apart), "("+heldThirdsAt+")")
				c.choose(gated, new(code), apart)
			}, func(c *code, x indices) { c.storePair(x.words[0], x.words[1], "("+heldAt+")") })
			f.line("ADD %s<<1, %s, %s", at, dst, heldAt)
			f.line("ADD %s, %s, %s", at, gated, heldThirdsAt)
			f.next("turn", "last")
			f.line("last:")
			end()
			f.line("RET")
		})
}

// queued appends what makes room for some turns in the queue, and empties the first.
func (f *function) queued(turns int) {
	f.line("MOVD $indices-%d(SP), %s", turns*2*turn, queue)
	for i := 0; i < 2*turn; i += 16 {
		f.line("STP (ZR, ZR), %s", address(i, queue))
	}
}

// duplicated appends the load of a parameter to all bytes or words of a vector.
func (f *function) duplicated(c *code, instruction, name, arrangement string) *vector {
	f.parameterOf(c, instruction, name, "R16")
	v := newVector()
	c.add(v, nil, func() string { return fmt.Sprintf("VDUP R16, %s", v.in(arrangement)) })
	return v
}

// project has a turn look up the indices of the turn that was converted before it: by then
// they have long been on the stack, and the loads fill the gaps that the vector instructions
// leave. The first two turns look up what they find, and write where the third one does.
func (p *program) project(s space) {
	p.function("project"+s.name+"NEON", "dst, src *uint8, n, size int, redFirst bool, table *uint8, lo, span uint8, rejected uint16", 2*turn,
		fmt.Sprintf("conversion.project for n > %d pixels; span is hi - lo.", turn), func(f *function) {
			f.parameter("MOVD", "dst", dst)
			f.parameter("MOVD", "table", table)
			f.begin()
			f.pin(s.constants...)
			f.hold(s)
			f.parameter("MOVBU", "span", gated)
			f.line("SUB $255, %s", gated)
			f.queued(1)
			f.line("MOVD %s, %s", dst, results)
			f.line("MOVD %s, %s", dst, heldAt)
			f.line("turn:")
			end := f.stages(s, lookups(), func(c *code, x indices) {
				apart := new(code)
				outside := apart.op("cmhi.B16", apart.op("sub.B16", x.thirds(apart), f.duplicated(apart, "MOVBU", "lo", "B16")),
					f.duplicated(apart, "MOVBU", "span", "B16"))
				rejected := f.duplicated(apart, "MOVHU", "rejected", "H8")
				for i, zip := range []string{"zip1.B16", "zip2.B16"} {
					apart.to(x.words[i], "bit.B16", rejected, apart.op(zip, outside, outside))
				}
				c.choose(gated, new(code), apart)
			}, func(c *code, x indices) { c.storePair(x.words[0], x.words[1], address(0, queue)) })
			shift := func() { f.line("MOVD %s, %s", heldAt, results) }
			shift()
			f.line("ADD %s, %s, %s", at, dst, heldAt)
			f.next("turn", "last")
			f.line("last:")
			f.append(lookups())
			end()
			shift()
			f.append(lookups())
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

// count has a turn count indices as project looks them up. The first two turns count index
// 0, which is taken back in the end. For that, the second stage that the first turn has of
// none writes beside the queue.
func (p *program) count(s space) {
	p.function("count"+s.name+"NEON", "counts *uint32, src *uint8, n, size int, redFirst bool", 2*2*turn,
		fmt.Sprintf("conversion.count for n pixels, n > 0 a multiple of %d.", turn), func(f *function) {
			f.parameter("MOVD", "counts", table)
			f.begin()
			f.pin(s.constants...)
			if s.name == "HueSaturation" {
				s.held = 3 // without the values, which are not part of the index
			}
			f.hold(s)
			f.queued(2)
			f.line("ADD $%d, %s, %s", 2*turn, queue, heldAt)
			f.line("turn:")
			end := f.stages(s, counts(), func(*code, indices) {}, func(c *code, x indices) {
				c.storePair(x.words[0], x.words[1], "("+heldAt+")")
			})
			f.line("MOVD %s, %s", queue, heldAt)
			f.next("turn", "last")
			f.line("last:")
			f.append(counts())
			end()
			f.append(counts())
			f.line("MOVWU (%s), R9", table)
			f.line("SUBW $%d, R9", 2*turn)
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
