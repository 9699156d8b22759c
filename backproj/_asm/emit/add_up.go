package emit

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// These are as in package backproj.
const (
	sumBytes  = 64
	batchRows = 8
	mostRows  = batchRows + 1
	mostSteps = 30
)

// AddUp emits the body of a function with the parameters memory, results and numbers,
// which does the sums of a sumCode. A vector has so many bytes, and move moves one.
//
// There is a loop for each number of rows, with the address of each row in a register.
// A loop over the rows within one over the columns would often mispredict its end.
func AddUp(bytes int, vector func() reg.VecVirtual, move func(from, to Op)) {
	const long = 256 // how many bytes are added up at a time while there are as many
	memory, numbers := GP64(), GP64()
	Load(Param("memory"), memory)
	Load(Param("numbers"), numbers)
	n, to, count := GP64(), GP64(), GP64()
	var rows []reg.GPVirtual
	for range mostRows {
		rows = append(rows, GP64())
	}
	var sums []reg.VecVirtual
	for range long / bytes {
		sums = append(sums, vector())
	}

	Label("sum")
	MOVLQSX(Mem{Base: numbers}, n)
	TESTQ(n, n)
	JEQ(LabelRef("done"))
	MOVLQSX(Mem{Base: numbers, Disp: 4}, to)
	TESTQ(to, to)
	JLT(LabelRef("result"))
	ADDQ(memory, to)
	Label("rows")
	MOVL(Mem{Base: numbers, Disp: 8}, count.As32())
	ADDQ(Imm(12), numbers)
	for i, row := range rows {
		MOVLQSX(Mem{Base: numbers}, row)
		ADDQ(memory, row)
		ADDQ(Imm(4), numbers)
		if i+1 < mostRows {
			CMPL(count.As32(), U8(i+1))
			JEQ(LabelRef(fmt.Sprint("add", i+1)))
		}
	}
	for count := mostRows; count >= 1; count-- { // that of mostRows follows the last row
		addRows(fmt.Sprint("add", count), n, to, rows[:count], func(size int) {
			for i, sum := range sums[:size/bytes] {
				move(Mem{Base: rows[0], Disp: i * bytes}, sum)
			}
			for _, row := range rows[1:count] {
				for i, sum := range sums[:size/bytes] {
					VPADDUSB(Mem{Base: row, Disp: i * bytes}, sum, sum)
				}
			}
			for i, sum := range sums[:size/bytes] {
				move(sum, Mem{Base: to, Disp: i * bytes})
			}
		}, long)
	}

	Label("result")
	// A slice is its address, length and capacity.
	NOTQ(to)
	LEAQ(Mem{Base: to, Index: to, Scale: 2}, to)
	Load(Param("results"), count)
	LEAQ(Mem{Base: count, Index: to, Scale: 8}, count)
	MOVQ(Mem{Base: count}, to)
	MOVQ(Mem{Base: count, Disp: 8}, n)
	JMP(LabelRef("rows"))
	Label("done")
	VZEROUPPER()
	RET()
}

// addRows emits the loops that add up n bytes of the rows, and then jump to the label
// sum. The function emits the addition of so many bytes; long is the most of these.
func addRows(label string, n, to reg.GPVirtual, rows []reg.GPVirtual, add func(size int), long int) {
	advance := func(by Op) {
		for _, row := range rows {
			ADDQ(by, row)
		}
		ADDQ(by, to)
	}
	Label(label)
	SUBQ(U32(long), n)
	JLT(LabelRef(label + "short"))
	Label(label + "long")
	add(long)
	advance(U32(long))
	SUBQ(U32(long), n)
	JGE(LabelRef(label + "long"))
	Label(label + "short")
	ADDQ(U32(long-sumBytes), n)
	JLT(LabelRef(label + "rest"))
	Label(label + "shorter")
	add(sumBytes)
	advance(U32(sumBytes))
	SUBQ(Imm(sumBytes), n)
	JGE(LabelRef(label + "shorter"))
	Label(label + "rest")
	// n is now what is left, less sumBytes. If anything is, move back to end with it.
	CMPQ(n, I8(-sumBytes))
	JEQ(LabelRef("sum"))
	advance(n)
	XORQ(n, n)
	JMP(LabelRef(label + "shorter"))
}
