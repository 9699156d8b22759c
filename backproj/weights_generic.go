package backproj

import (
	"encoding/binary"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// weights are those of a pixel's first, second and third byte in a mean, as grey and Y
// are. They have 16 fractional bits and add up to 1, so that a mean, rounded half up, is
// the third byte of a sum.
type weights struct{ first, second, third uint64 }

// An ordering has the weights for pixels that begin with blue, and with red.
//
// It is kept in a variable: from constants the compiler would learn which bits of a sum
// are 0, and store the sum in parts.
type ordering struct{ blueFirst, redFirst weights }

// orderedWeights returns weights that have so many fractional bits.
func orderedWeights(blue, green, red uint64, bits int) ordering {
	up := 16 - bits
	return ordering{
		weights{blue << up, green << up, red << up},
		weights{red << up, green << up, blue << up},
	}
}

func (o *ordering) of(format raster.Format) weights {
	if format.RedFirst {
		return o.redFirst
	}
	return o.blueFirst
}

const halfOfMean = 1 << 15

// mean returns the mean of a pixel's bytes.
func (w weights) mean(p *[3]byte) uint8 {
	return uint8((uint64(p[0])*w.first + uint64(p[1])*w.second + uint64(p[2])*w.third + halfOfMean) >> 16)
}

// pair writes the means of two adjacent pixels of three bytes to bytes 2 and 5 of m.
//
// A product of a weight and two components, which are 24 bits apart, is two products. It
// takes less time to read means from memory than to shift them out of words.
func (w weights) pair(m *[8]byte, p *[6]byte) {
	const two = 0xff0000ff // components
	binary.LittleEndian.PutUint64(m[:],
		uint64(binary.LittleEndian.Uint32(p[0:4])&two)*w.first+
			uint64(binary.LittleEndian.Uint32(p[1:5])&two)*w.second+
			uint64(binary.LittleEndian.Uint32(p[2:6])&two)*w.third+
			(halfOfMean|halfOfMean<<24))
}
