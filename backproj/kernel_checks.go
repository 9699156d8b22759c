//go:build amd64 || arm64

package backproj

import "github.com/backproj/backproj/backproj/internal/raster"

// checkLength panics if src is too short for n pixels. The assembly checks
// nothing.
func checkLength(n int, src []byte, format raster.Format) {
	_ = src[(n-1)*format.Size+2]
}

// checkedGrow returns kernel.grow by assembly, which checks nothing.
func checkedGrow(assembly func(line, run *uint8, lineStride, runStride, setStride, columns int, steps uint32)) func(memory []uint8, g *growth) {
	return func(memory []uint8, g *growth) {
		if g.steps == 0 {
			return
		}
		_ = memory[g.needs-1]
		assembly(&memory[g.line], &memory[g.run], g.lineStride, g.runStride, g.setStride, g.columns, g.steps)
	}
}

// checkedAddUp returns kernel.addUp by assembly, which checks nothing.
func checkedAddUp(assembly func(memory *uint8, results *[]uint8, numbers *int32)) func(memory []uint8, results *[batchRows][]uint8, code *sumCode) {
	return func(memory []uint8, results *[batchRows][]uint8, code *sumCode) {
		if code.numbers[0] == 0 {
			return
		}
		code.check(memory, results)
		assembly(&memory[0], &results[0], &code.numbers[0])
	}
}
