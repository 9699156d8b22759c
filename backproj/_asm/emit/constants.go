package emit

import (
	"encoding/binary"
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Constants writes bytes to read-only data under the given name. Their number
// must be a multiple of 8.
func Constants(name string, bytes []byte) Mem {
	m := GLOBL(name, attr.RODATA|attr.NOPTR)
	for i := 0; i < len(bytes); i += 8 {
		DATA(i, U64(binary.LittleEndian.Uint64(bytes[i:])))
	}
	return m
}

// AlignableTo64 returns the bytes twice, 32 bytes apart. The linker aligns data
// to 32 bytes only, so one of the two copies is aligned to 64 bytes. The number
// of bytes must be a multiple of 64.
func AlignableTo64(bytes []byte) []byte {
	return append(append(append([]byte{}, bytes...), make([]byte, 32)...), bytes...)
}

// AlignedTo64 emits code that finds the aligned copy in data from
// AlignableTo64, of which size is the number of bytes of one copy. To load a
// vector of 64 bytes that crosses a cache line takes two loads.
func AlignedTo64(data Mem, size int) reg.GPVirtual {
	first, second := GP64(), GP64()
	LEAQ(data, first)
	LEAQ(data.Offset(size+32), second)
	TESTQ(U32(32), first)
	CMOVQNE(second, first)
	return first
}

// Repeat returns n bytes that repeat the pattern.
func Repeat(n int, pattern ...byte) []byte {
	bytes := make([]byte, n)
	for i := range bytes {
		bytes[i] = pattern[i%len(pattern)]
	}
	return bytes
}

// SaturationReciprocal returns OpenCV's 255/v, in fixed point with 12
// fractional bits, rounded half to even, or 0 for v = 0.
func SaturationReciprocal(v int) int { return reciprocal(255<<12, v) }

// HueReciprocal returns OpenCV's 180/(6d) in the same form.
func HueReciprocal(d int) int { return reciprocal(180<<12, 6*d) }

func reciprocal(numerator, denominator int) int {
	if denominator == 0 {
		return 0
	}
	return int(math.RoundToEven(float64(numerator) / float64(denominator)))
}
