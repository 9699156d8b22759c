// Package emit holds what the generators of the kernels share.
package emit

import (
	"encoding/binary"
	"math"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
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

// AlignableTo64 returns the bytes, whose number is a multiple of 64, twice, so
// that one of the two is at a multiple of 64 wherever the linker, which cares
// for multiples of 32 only, puts them.
func AlignableTo64(bytes []byte) []byte {
	return append(append(append([]byte{}, bytes...), make([]byte, 32)...), bytes...)
}

// AlignedTo64 emits code that gives the address of the one of the two, each of
// that size. A vector of 64 bytes that crosses a cache line takes two loads.
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

// Mix emits lists of steps, each in its own order, but all evenly mixed. A CPU
// cannot look far enough ahead to find work of the next turn, or of the one
// before, while instructions of this one wait for each other.
func Mix(lists ...[]func()) {
	done := make([]int, len(lists))
	for {
		next, least := -1, 2.0
		for i, list := range lists {
			if at := (float64(done[i]) + 0.5) / float64(len(list)); done[i] < len(list) && at < least {
				next, least = i, at
			}
		}
		if next < 0 {
			return
		}
		lists[next][done[next]]()
		done[next]++
	}
}
