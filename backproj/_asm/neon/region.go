package main

import "fmt"

// binarize emits kernel.binarize.
func (p *program) binarize() {
	p.function("binarizeNEON", "numbers *uint8, n int, level uint8", 0, fmt.Sprintf("kernel.binarize for n > 0 numbers, n a multiple of %d.", 2*turn), func(f *function) {
		f.parameter("MOVD", "numbers", "R0")
		f.parameter("MOVD", "n", "R1")
		level := f.level()
		f.line("turn:")
		f.line("FLDPQ (R0), (F0, F1)")
		for i := range 2 {
			f.to(fixed(i), "cmhi.B16", fixed(i), level)
		}
		f.line("FSTPQ.P (F0, F1), %d(R0)", 2*turn)
		f.line("SUBS $%d, R1", 2*turn)
		f.line("BNE turn")
		f.line("RET")
	})
}

// level loads the parameter level into all bytes of a vector.
func (f *function) level() *vector {
	v := fixed(f.reserve(1))
	f.parameter("MOVBU", "level", "R9")
	f.line("VDUP R9, %s", v.in("B16"))
	return v
}

// cut emits kernel.cut for pixels of a size. The last turn ends with the row: it writes
// some bytes again.
func (p *program) cut(size int) {
	p.function(fmt.Sprintf("cut%dNEON", size), "dst, src, numbers *uint8, n int, level uint8", 0,
		fmt.Sprintf("kernel.cut for n ≥ %d pixels of %d bytes.", turn, size), func(f *function) {
			var spread []string
			for i := range size {
				spread = append(spread, fmt.Sprintf("spread%d %d", size, i))
			}
			f.parameter("MOVD", "dst", dst)
			f.parameter("MOVD", "src", src)
			f.parameter("MOVD", "n", final)
			f.parameter("MOVD", "numbers", table)
			f.pin(spread...)
			level := f.level()
			f.line("MOVD $%d, %s", size, pixelSize)
			f.line("SUB $%d, %s", turn, final)
			f.line("MOVD $0, %s", at)
			f.line("turn:")
			from := len(f.instructions)
			f.line("MADD %s, %s, %s, R9", pixelSize, src, at)
			f.line("MADD %s, %s, %s, R10", pixelSize, dst, at)
			f.line("ADD %s, %s, R11", at, table)
			there := f.op("cmhi.B16", f.load("(R11)"), level)
			for i, name := range spread {
				bytes := f.look("VTBL", nil, []*vector{there}, f.pinned[name])
				f.store(f.op("and.B16", bytes, f.load(address(16*i, "R9"))), address(16*i, "R10"))
			}
			f.finish(from)
			f.next("turn", "done")
			f.line("done:")
			f.line("RET")
		})
}
