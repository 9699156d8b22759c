package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sumBytes is what numbers of bytes to add up are multiples of.
const sumBytes = 64

// AddUp emits the body of a function that does the sums of a sumCode. A vector has
// so many bytes; load and store move one.
func AddUp(bytes int, vector func() reg.VecVirtual, load, store func(from, to Op)) {
	memory, code := GP64(), GP64()
	Load(Param("memory"), memory)
	Load(Param("code"), code)
	sums := []reg.VecVirtual{vector(), vector(), vector(), vector()}
	n, to, count, rows, at, from, left := GP64(), GP64(), GP64(), GP64(), GP64(), GP64(), GP64()

	Label("sum")
	MOVLQSX(Mem{Base: code}, n)
	TESTQ(n, n)
	JEQ(LabelRef("done"))
	MOVLQSX(Mem{Base: code, Disp: 4}, to)
	ADDQ(memory, to)
	MOVLQSX(Mem{Base: code, Disp: 8}, count)
	ADDQ(Imm(12), code)
	MOVQ(memory, from)

	// part emits a loop that adds up the rows of so many vectors.
	part := func(name string, vectors int) {
		MOVQ(code, rows)
		MOVQ(count, left)
		MOVLQSX(Mem{Base: rows}, at)
		for i, sum := range sums[:vectors] {
			load(Mem{Base: from, Index: at, Scale: 1, Disp: i * bytes}, sum)
		}
		DECQ(left)
		JEQ(LabelRef(name + "Added"))
		Label(name + "Row")
		ADDQ(Imm(4), rows)
		MOVLQSX(Mem{Base: rows}, at)
		for i, sum := range sums[:vectors] {
			VPADDUSB(Mem{Base: from, Index: at, Scale: 1, Disp: i * bytes}, sum, sum)
		}
		DECQ(left)
		JNE(LabelRef(name + "Row"))
		Label(name + "Added")
		for i, sum := range sums[:vectors] {
			store(sum, Mem{Base: to, Disp: i * bytes})
		}
		ADDQ(U32(vectors*bytes), from)
		ADDQ(U32(vectors*bytes), to)
	}
	Label("long")
	CMPQ(n, U32(4*bytes))
	JLT(LabelRef("short"))
	part("long", 4)
	SUBQ(U32(4*bytes), n)
	JMP(LabelRef("long"))
	Label("short")
	TESTQ(n, n)
	JEQ(LabelRef("next"))
	part("short", sumBytes/bytes)
	SUBQ(Imm(sumBytes), n)
	JMP(LabelRef("short"))

	Label("next")
	LEAQ(Mem{Base: code, Index: count, Scale: 4}, code)
	JMP(LabelRef("sum"))
	Label("done")
	VZEROUPPER()
	RET()
}
