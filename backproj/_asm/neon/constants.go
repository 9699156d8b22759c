package main

import (
	"encoding/binary"
	"fmt"
	"math"
)

// constants are vectors in read-only data.
var (
	constants       []byte
	constantOffsets = map[string]int{}
)

// constant adds a vector that repeats the bytes.
func constant(name string, pattern ...byte) {
	constantOffsets[name] = len(constants)
	for i := range 16 {
		constants = append(constants, pattern[i%len(pattern)])
	}
}

func float(name string, x float32) {
	constant(name, binary.LittleEndian.AppendUint32(nil, math.Float32bits(x))...)
}

// near is how many constants there are before the address that offsets are relative to.
// Those that turns load are among them: for some CPUs, loads with negative offsets (LDUR)
// are less work than those with positive ones.
const near = 16

func word(name string, w int) { constant(name, byte(w), byte(w>>8)) }

func init() {
	for _, n := range []byte{7, 8, 16, 32, 64} {
		constant(fmt.Sprint(n), n)
	}
	constant("bits", 1, 2, 4, 8, 16, 32, 64, 128)
	const whole = 1 << 23
	value, chroma := float32(1)/255, float32(1)/30 // see hsv.go
	float("-whole·value", -whole*value)
	float("-whole·chroma", -whole*chroma)
	float("1.0", 1)
	float("3072.0", 3072)
	// By the chroma d, where that is less than 16: 4·d where it is less than 4, and the
	// factor of the numerator of the hue.
	constant("chromas", 0, 4, 8, 12, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
	constant("factors", 32, 32, 32, 32, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8)

	float("value", value)
	float("chroma", chroma)
	// By the value v, where that is less than 32: by how many bits it is shifted.
	constant("shifts", 7, 6, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3)
	constant("shifts16", 2)
	// A lookup by places i in bytes, followed by the exponent, gives 2^23 + byte as floats:
	// their lowest byte is the byte, and their highest that of the exponent of 2^23.
	constant("exponent", 0x4b)
	constantOffsets["exponent2"] = constantOffsets["exponent"]
	for i := range 4 {
		var places []byte
		for j := range 4 {
			places = append(places, byte(4*i+j), 255, 255, 16)
		}
		constant(fmt.Sprint("places", i), places...)
	}
	weights(greyConstants, 9798, 19235, 3735)
	weights(lumaConstants, 4899, 9617, 1868)
	word("cr", 2*11682)
	word("cb", 2*9241)
	constant("128", 128)
	// The pixel that each byte of 16 pixels belongs to.
	for _, size := range []int{3, 4} {
		for i := range size {
			var places []byte
			for j := range 16 {
				places = append(places, byte((16*i+j)/size))
			}
			constant(fmt.Sprintf("spread%d %d", size, i), places...)
		}
	}
}

// weights adds two vectors for each weight: what it has of 128, and the rest.
func weights(names []string, weights ...int) {
	for i, weight := range weights {
		constant(names[2*i], byte(weight/128))
		constant(names[2*i+1], byte(weight%128))
	}
}
