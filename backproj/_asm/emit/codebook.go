package emit

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A Field is one of package backproj's type codebook, by its offset: those of
// that type follow one another as these do.
type Field int

const (
	HueCodes         Field = 0
	SaturationCodes  Field = 256
	ValueCodes       Field = 512
	Bins             Field = 768
	SaturationLo     Field = 1792
	SaturationSpan   Field = 1856
	ValueLo          Field = 1920
	ValueSpan        Field = 1984
	BinMask          Field = 2048
	SaturationFrom   Field = 2112
	SaturationBeyond Field = 2208
)

// Of returns where the field is in the codebook at that address.
func (f Field) Of(codebook reg.GPVirtual) Mem { return Mem{Base: codebook, Disp: int(f)} }

// From returns what of the field follows so many bytes.
func (f Field) From(n int) Field { return f + Field(n) }
