package emit

import (
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/gotypes"
	. "github.com/mmcloughlin/avo/operand"
)

// ReadTypes reads the types of package backproj's codebook.go, so that
// signatures may use them and offsets of fields are Go's own.
func ReadTypes() { Package("../codebook.go") }

// A Codebook is what the parameter book, a *codebook, points to.
type Codebook struct{ gotypes.Component }

// LoadCodebook emits code that loads the parameter book.
func LoadCodebook() Codebook { return Codebook{Dereference(Param("book"))} }

// At returns the address of the i-th element of an array among the fields.
func (b Codebook) At(field string, i int) Mem { return address(b.Field(field).Index(i)) }

// Threshold returns the addresses of the factor of a field of type threshold, of
// its bits for values below 128, and of those for the other values.
func (b Codebook) Threshold(field string) (factor, lower, upper Mem) {
	threshold := b.Field(field)
	bits := threshold.Field("bits")
	return address(threshold.Field("factor").Index(0)), address(bits.Index(0).Index(0)), address(bits.Index(1).Index(0))
}

// Parameter returns the address of a parameter.
func Parameter(name string) Mem { return address(Param(name)) }

// Result returns the address of the only result.
func Result() Mem { return address(ReturnIndex(0)) }

// Shuffles are the addresses of the parts of a field of type shuffles.
type Shuffles struct {
	Tables             [16]Mem
	Mask, Shift, Count Mem
}

// Shuffles returns the addresses of a field's parts.
func (b Codebook) Shuffles(field string) (s Shuffles) {
	f := b.Field(field)
	for i := range s.Tables {
		s.Tables[i] = address(f.Field("tables").Index(i).Index(0))
	}
	s.Mask, s.Shift, s.Count = address(f.Field("mask").Index(0)), address(f.Field("shift")), address(f.Field("count"))
	return s
}

// address returns the address of a parameter, or of something that a parameter
// points to.
func address(c gotypes.Component) Mem {
	b, err := c.Resolve()
	if err != nil {
		panic(err)
	}
	return b.Addr
}
