package emit

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A Row iterates over the pixels of a row in batches. Unless their number is a
// multiple of the batch, the last batch is moved back to end at the row's end,
// recomputing some pixels.
type Row struct {
	At          reg.GPVirtual // index of the first pixel of this batch
	src, final  reg.GPVirtual // final is the index of the first pixel of the last batch
	batch, size int           // pixels of a batch, bytes of a pixel, or 0 for what the parameter size says
}

// NewRow returns the row of a function with the parameters src and n ≥ batch.
func NewRow(batch, size int) *Row {
	r := &Row{At: GP64(), src: GP64(), final: GP64(), batch: batch, size: size}
	Load(Param("src"), r.src)
	Load(Param("n"), r.final)
	SUBQ(Imm(uint64(batch)), r.final)
	XORQ(r.At, r.At)
	return r
}

// Pixels returns the address of this batch's first pixel. It may use temp for
// that.
func (r *Row) Pixels(temp reg.GPVirtual) Mem {
	switch r.size {
	case 1:
		return Mem{Base: r.src, Index: r.At, Scale: 1}
	case 3:
		LEAQ(Mem{Base: r.At, Index: r.At, Scale: 2}, temp)
		return Mem{Base: r.src, Index: temp, Scale: 1}
	case 4:
		return Mem{Base: r.src, Index: r.At, Scale: 4}
	}
	MOVQ(r.At, temp)
	IMULQ(address(Param("size")), temp)
	return Mem{Base: r.src, Index: temp, Scale: 1}
}

// ahead is how many bytes before they are read pixels are brought into the cache. CPUs
// do that on their own within a page only, and vector code reads a page in less time than
// a line takes to come from memory.
const ahead = 4096

// Prefetch emits code that brings later pixels, as many as a batch has, into the cache.
func (r *Row) Prefetch() {
	size := r.size
	if size == 0 {
		size = 4
	}
	pixels := r.Pixels(GP64())
	for i := 0; i < r.batch*size; i += 64 {
		PREFETCHT0(pixels.Offset(ahead + i))
	}
}

// IfSingle jumps to the label if the first batch is the last.
func (r *Row) IfSingle(label string) {
	TESTQ(r.final, r.final)
	JEQ(LabelRef(label))
}

// Next moves on to the next batch, or jumps to the label after the last.
func (r *Row) Next(last string) {
	CMPQ(r.At, r.final)
	JEQ(LabelRef(last))
	ADDQ(Imm(uint64(r.batch)), r.At)
	CMPQ(r.At, r.final)
	CMOVQGT(r.final, r.At)
}
