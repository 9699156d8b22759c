package emit

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Grow emits the body of a function with the parameters line, run, lineStride,
// runStride, setStride, columns and steps, which makes sums grow: see growth. A vector
// has so many bytes, and move moves one. The function shift emits code that shifts a
// vector and the one that follows it in memory by 16 bytes.
//
// Steps to the left read memory again, where most vectors are in two cache lines, and
// steps to the right shift what has been read. So a CPU can do both at a time.
func Grow(bytes int, vector func() reg.VecVirtual, move func(from, to Op), shift func(this, next, shifted Op)) {
	vectors := sumBytes / bytes
	line, run, setStride, rows := GP64(), GP64(), GP64(), GP64()
	steps := GP32()
	Load(Param("line"), line)
	Load(Param("run"), run)
	Load(Param("setStride"), setStride)
	Load(Param("steps"), steps)
	MOVQ(U32(batchRows), rows)
	from, column, to, rest, stride := GP64(), GP64(), GP64(), GP64(), GP64()
	vectorsOf := func(n int) (v []reg.VecVirtual) {
		for range n {
			v = append(v, vector())
		}
		return v
	}
	pixels, shifted, sums, right := vectorsOf(vectors+1), vectorsOf(vectors), vectorsOf(vectors), vector()

	Label("row")
	MOVQ(line, from)
	MOVQ(run, column)
	Load(Param("columns"), rest)
	move(Mem{Base: from}, pixels[0])
	Label("columns")
	MOVQ(column, to)
	for i := range vectors {
		move(Mem{Base: from, Disp: (i + 1) * bytes}, pixels[i+1])
		shift(pixels[i], pixels[i+1], shifted[i])
	}
	before := pixels // the sums before a step
	for step := 1; step <= mostSteps; step++ {
		away := (step + 1) / 2
		for i, sum := range sums {
			if step%2 == 1 {
				VPADDUSB(Mem{Base: from, Disp: i*bytes - away}, before[i], sum)
			} else {
				VPALIGNR(Imm(uint64(away)), pixels[i], shifted[i], right)
				VPADDUSB(right, sum, sum)
			}
		}
		before = sums
		TESTL(U32(1<<(step-1)), steps)
		JNE(LabelRef(fmt.Sprint("write", step)))
		Label(fmt.Sprint("step", step+1))
	}

	Label("complete")
	move(pixels[vectors], pixels[0])
	ADDQ(Imm(sumBytes), from)
	ADDQ(Imm(sumBytes), column)
	SUBQ(Imm(sumBytes), rest)
	JNE(LabelRef("columns"))
	Load(Param("lineStride"), stride)
	ADDQ(stride, line)
	Load(Param("runStride"), stride)
	ADDQ(stride, run)
	DECQ(rows)
	JNE(LabelRef("row"))
	VZEROUPPER()
	RET()

	for step := 1; step <= mostSteps; step++ {
		Label(fmt.Sprint("write", step))
		for i, sum := range sums {
			move(sum, Mem{Base: to, Disp: i * bytes})
		}
		ADDQ(setStride, to)
		// Are there no bits of later steps?
		CMPL(steps, U32(1<<step))
		JCS(LabelRef("complete"))
		JMP(LabelRef(fmt.Sprint("step", step+1)))
	}
}
