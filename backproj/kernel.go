package backproj

import (
	"fmt"
	"strings"
)

// A pixelFormat says how the pixels of a row lie in memory.
type pixelFormat struct {
	size     int  // bytes from one pixel to the next: 3 or 4
	redFirst bool // red is byte 0 and blue byte 2; otherwise the reverse
}

// A gate lets pixels pass whose values are from lo to hi; lo ≤ hi.
type gate struct{ lo, hi uint8 }

// open is the gate that all pixels pass.
var open = gate{0, 255}

// blocks returns 255 if a pixel of that value does not pass, and 0 if it does:
// no CPU could predict a branch.
func (g gate) rejectMask(value uint8) uint8 {
	return uint8((int(g.hi-g.lo) - int(value-g.lo)) >> 8) // value-lo wraps below lo
}

// A kernel turns a row of pixels into indices hue<<8 | saturation, the
// saturation being that of OpenCV's 8-bit HSV for each of the 2^24 colours, and
// the hue the low byte of what it is before OpenCV adds 180 if it is negative:
// see hueOf.
//
// The contract that every kernel fulfils, and that the tests hold it to:
//
//   - index writes dst[i], the index of pixel i, for every i < len(dst), and,
//     unless values is nil, values[i], the greatest of its components; they
//     are then equally long.
//   - count adds 1 to counts[index of pixel i] for each of n pixels.
//   - project writes dst[i] = table[index of pixel i], but 0 if the pixel's
//     value, the greatest of its components, is outside the gate. No index is
//     rejected, and table[rejected] is 0: a kernel may look up that instead.
//   - projectCoded writes what the codebook, or for hsvCoding the table, says of
//     pixel i, in the codings that the kernel takes.
//   - Pixel i lies at src[i*size : i*size+3]. A fourth byte is ignored, and
//     the last pixel need not have one: len(src) ≥ (n-1)*size + 3, where n is
//     len(dst).
//   - Nothing outside dst is written and nothing outside src is read.
//   - A kernel keeps no state and may run in several goroutines at once.
type kernel struct {
	name    string
	convert func(dst []uint16, values []uint8, src []byte, format pixelFormat)
	count   func(counts *indexCounts, n int, src []byte, format pixelFormat)
	project func(dst, src []byte, format pixelFormat, table *Table, gate gate)

	supports     [codings]bool
	projectCoded func(coding coding, dst, src []byte, format pixelFormat, book *codebook, table *Table)

	// sharesIndices says that several histograms are projected faster by
	// looking up each pixel's index in all their tables.
	sharesIndices bool

	// grain is the number of pixels that the kernel projects in about 0.25
	// ms. A second goroutine gains nothing below that.
	grain int
}

// Kernels returns the names of the kernels that this machine can run, the
// fastest, which is the default, first.
func Kernels() []string {
	names := make([]string, len(kernels))
	for i, k := range kernels {
		names[i] = k.name
	}
	return names
}

// kernelNamed returns the kernel of that name, or the fastest for "".
func kernelNamed(name string) (*kernel, error) {
	if name == "" {
		return kernels[0], nil
	}
	for _, k := range kernels {
		if k.name == name {
			return k, nil
		}
	}
	return nil, fmt.Errorf("backproj: no kernel %q on this machine, which has %s",
		name, strings.Join(Kernels(), ", "))
}
