// Package emit holds what the generators of the kernels share.
package emit

import (
	"encoding/binary"
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// Constants writes bytes, whose number is a multiple of 8, to read-only data
// of that name.
func Constants(name string, bytes []byte) Mem {
	m := GLOBL(name, attr.RODATA|attr.NOPTR)
	for i := 0; i < len(bytes); i += 8 {
		DATA(i, U64(binary.LittleEndian.Uint64(bytes[i:])))
	}
	return m
}

// Repeat returns n bytes that repeat the pattern.
func Repeat(n int, pattern ...byte) []byte {
	bytes := make([]byte, n)
	for i := range bytes {
		bytes[i] = pattern[i%len(pattern)]
	}
	return bytes
}

// Saturation is OpenCV's 255/v with 12 fractional bits, rounded half to even.
func Saturation(v int) int { return reciprocal(255<<12, v) }

// Hue is OpenCV's 180/(6d), likewise.
func Hue(d int) int { return reciprocal(180<<12, 6*d) }

func reciprocal(numerator, denominator int) int {
	if denominator == 0 {
		return 0
	}
	return int(math.RoundToEven(float64(numerator) / float64(denominator)))
}
