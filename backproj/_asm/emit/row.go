package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A Row walks over the pixels of a row, one turn after the other. The last
// turn ends with the row, and so may do some pixels of the one before again.
type Row struct {
	At         reg.GPVirtual // the first pixel of this turn
	src, final reg.GPVirtual // final is that of the last
	turn, size int
}

// NewRow returns the row of a function with the parameters src and n ≥ turn.
func NewRow(turn, size int) *Row {
	r := &Row{At: GP64(), src: GP64(), final: GP64(), turn: turn, size: size}
	Load(Param("src"), r.src)
	Load(Param("n"), r.final)
	SUBQ(Imm(uint64(turn)), r.final)
	XORQ(r.At, r.At)
	return r
}

// Pixels returns the address of this turn's first pixel, for which it may use
// temp.
func (r *Row) Pixels(temp reg.GPVirtual) Mem {
	if r.size == 3 {
		LEAQ(Mem{Base: r.At, Index: r.At, Scale: 2}, temp)
		return Mem{Base: r.src, Index: temp, Scale: 1}
	}
	return Mem{Base: r.src, Index: r.At, Scale: 4}
}

// Single jumps to the label if the first turn is the last.
func (r *Row) Single(label string) {
	TESTQ(r.final, r.final)
	JEQ(LabelRef(label))
}

// Forward goes on to the next turn, or to the label if this was the last.
func (r *Row) Forward(last string) {
	CMPQ(r.At, r.final)
	JEQ(LabelRef(last))
	ADDQ(Imm(uint64(r.turn)), r.At)
	CMPQ(r.At, r.final)
	CMOVQGT(r.final, r.At)
}
