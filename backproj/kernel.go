package backproj

import (
	"fmt"
	"strings"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// These are here because go generate does not read files for other architectures.
//
//go:generate go run -C _asm ./avx512 -out ../kernel_avx512_amd64.s -stubs ../stubs_avx512_amd64.go -pkg backproj
//go:generate go run -C _asm ./avx2 -out ../kernel_avx2_amd64.s -stubs ../stubs_avx2_amd64.go -pkg backproj
//go:generate go run -C _asm ./neon -out ../kernel_neon_arm64.s -stubs ../stubs_neon_arm64.go -pkg backproj

// A gate accepts the bytes from lo up to hi. If lo > hi, which only those of hues may
// have, they wrap around after 255.
type gate struct{ lo, hi uint8 }

// open is the gate that accepts all bytes.
var open = gate{0, 255}

// rejectMask returns 255 if the gate rejects a byte, otherwise 0. It has no branch
// because no CPU could predict it.
func (g gate) rejectMask(b uint8) uint8 {
	return uint8((int(g.hi-g.lo) - int(b-g.lo)) >> 8) // b-lo wraps below lo
}

// accepts reports whether the gate accepts a byte.
func (g gate) accepts(b uint8) bool { return g.rejectMask(b) == 0 }

// A kernel converts rows of pixels to a space and stores, counts or looks up what
// comes out. All kernels give the same results. The tests compare each of them
// with OpenCV's formulas for all 2^24 colours.
//
// To a kernel, a pixel has two properties in each space:
//
//   - Its index is first component<<8 | second component.
//   - Its third component.
//
// The rules for all functions of a kernel, where n is their parameter n or
// len(dst):
//
//   - n may be any number from 0 on, and no memory need be aligned.
//   - Pixel i is src[i*size : i*size+3], with the size and the order of its
//     components that the format tells. A fourth byte is ignored. The last pixel
//     need not have one, so that len(src) ≥ (n-1)*size + 3 suffices. In the space
//     greyPlane, pixel i is src[i].
//   - The function writes nothing but the n results, or the counts, and reads
//     nothing of src beyond the last pixel's third byte. No arguments overlap.
//   - It panics if n > 0 and src is too short, or a table or codebook that it
//     needs is nil.
//   - It keeps no state, and several goroutines may call it at once.
//   - Callers split long rows: Go cannot preempt assembly, and garbage collection
//     waits for it.
type kernel struct {
	name string

	// spaces has the functions for each space. A kernel that has none of its own for
	// a space has those of the generic kernel.
	spaces [spaces]conversion

	// stripMoments returns the moments of a strip, with 0 for the pixels of its
	// first skip columns. Row y of it is pix[first+y*stride:][:stripColumns];
	// 0 < rows ≤ stripRows and 0 ≤ skip < stripColumns. stripCentroid returns those
	// up to the first order. A kernel may leave both out: see hasStrips.
	stripCentroid, stripMoments func(pix []uint8, first, stride, rows, skip int) moments

	// grow makes sums over sets of adjacent pixels of the rows of a batch, with
	// saturation: see growth.
	grow func(memory []uint8, g *growth)

	// addUp adds up rows of bytes that lie in memory, one sum after another, with
	// saturation: see sumCode. Each result has from sumBytes to the code's columns.
	// The first row of a sum may be the one that it is written to, if that has a
	// multiple of sumBytes. No other row overlaps that.
	addUp func(memory []uint8, results *[batchRows][]uint8, code *sumCode)

	// addsInLanes says that footprints are added up in lanes where they can be, which is
	// faster than grow and addUp: see laneProgram.
	addsInLanes bool

	// binarize makes numbers that are greater than a level 255, and others 0, as
	// OpenCV's threshold with THRESH_BINARY.
	binarize func(numbers []uint8, level uint8)

	// cut writes to dst the pixels of src, of 3 or 4 bytes each, whose number is
	// greater than a level, and zeros in place of the others. All bytes of all pixels
	// are there.
	cut func(dst, src, numbers []uint8, size int, level uint8)

	// grain is the number of pixels that the kernel projects in about 0.25 ms.
	// Splitting work more finely among goroutines gains nothing.
	grain int
}

// A conversion has the functions of a kernel that convert colours to a space.
type conversion struct {
	// convert writes the index of each pixel to dst and, unless thirds is nil,
	// its third component to thirds, which is as long as dst.
	convert convertFunc

	// count adds 1 to counts[index] for each of n pixels. The caller sees to it
	// that no count exceeds 32 bits.
	count func(counts *indexCounts, n int, src []byte, format raster.Format)

	// project writes table[index] to dst for each pixel whose third component the
	// gate accepts, and 0 for the others. Since table[rejected] is 0, it may look up
	// that index of the space for these. It may be nil in the space blueGreen, whose
	// layouts have three channels.
	project func(dst, src []byte, format raster.Format, table *lookupTable, gate gate)

	// projectWithin does what project does, or projectCoded by pairCoding if there is a
	// codebook, where all pixels project to 0 whose second component the gate seconds
	// rejects. It returns how many pixels it did not have to look up for that. It is
	// faster than these if they are many, otherwise slower. It may be nil.
	projectWithin func(dst, src []byte, format raster.Format, book *codebook, table *lookupTable, gate, seconds gate) (skipped int)

	// supports tells the codings that projectCoded supports, never noCoding. Without
	// any there is no projectCoded: project and convert suffice for all layouts. What
	// is supported in the space grey is supported in greyPlane.
	supports [codings]bool

	// ignoresBounds says that projectCoded ignores the book's bounds, so that layouts
	// are projected by it only if they have none.
	ignoresBounds bool

	// projectCoded writes to dst what the coding says of each pixel. The table
	// is used by tripleCoding alone and may otherwise be nil.
	projectCoded func(coding coding, dst, src []byte, format raster.Format, book *codebook, table *lookupTable)

	// sharesIndices says that several histograms are projected faster by one
	// convert, and a lookup of each index in all their tables, than by a project
	// or projectCoded for each.
	sharesIndices bool
}

// codes reports whether projectCoded projects histograms of the layout.
func (c *conversion) codes(p *plan) bool {
	return c.supports[p.coding] && !(c.ignoresBounds && p.bounded)
}

type convertFunc func(dst []uint16, thirds []uint8, src []byte, format raster.Format)

// Kernels returns the names of the kernels that this machine can run, the
// fastest first. That one is the default.
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
