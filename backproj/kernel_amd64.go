package backproj

import (
	"golang.org/x/sys/cpu"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// kernels are the kernels that this machine can run, the fastest first.
var kernels = machineKernels()

func machineKernels() []*kernel {
	var k []*kernel
	x := &cpu.X86
	if x.HasAVX2 && x.HasFMA {
		if x.HasAVX512F && x.HasAVX512BW && x.HasAVX512VL && x.HasAVX512VBMI {
			k = append(k, &avx512Kernel)
		}
		k = append(k, &avx2Kernel)
	}
	return append(k, &genericKernel)
}

// The assembly processes pixels in batches of this size and needs at least one
// batch: the last one is moved back to end at the row's end. AVX-512 leaves
// shorter rows to AVX2, which copies rows that are too short for it to a buffer.
const (
	avx512Batch = 64
	avx2Batch   = 32
)

var avx512Kernel = kernel{
	name: "avx512",
	spaces: withGeneric([spaces]conversion{
		hueSaturation: {
			convert:       convertAVX512,
			count:         countAVX512,
			project:       projectAVX512,
			projectWithin: projectWithinAVX512,
			supports:      [codings]bool{firstCoding: true, secondCoding: true, pairCoding: true, tripleCoding: true},
			projectCoded:  projectCodedAVX512,
		},
		hueValue:        avx512HSV.conversion(hueValue, [codings]bool{pairCoding: true}),
		saturationValue: avx512HSV.conversion(saturationValue, [codings]bool{secondCoding: true, pairCoding: true}),
		crCb:            avx512Spaces.conversion(crCb, [codings]bool{pairCoding: true, tripleCoding: true}),
		blueGreen:       avx512Spaces.conversion(blueGreen, [codings]bool{tripleCoding: true}),
		grey:            avx512Spaces.conversion(grey, [codings]bool{secondCoding: true}),
		greyPlane:       avx512Spaces.planes(),
		aB:              avx512Lab.conversion(aB, [codings]bool{pairCoding: true, tripleCoding: true}),
	}),
	grow:     checkedGrow(growAVX512),
	addUp:    checkedAddUp(addUpAVX512),
	binarize: binarizeAVX2Rows,
	cut:      cutAVX2,
	grain:    1_000_000, // at 0.25 ns a pixel

	stripCentroid: stripCentroidAVX2,
	stripMoments:  stripMomentsAVX2,
}

func convertAVX512(dst []uint16, values []uint8, src []byte, format raster.Format) {
	n := len(dst)
	if n < avx512Batch {
		convertAVX2(dst, values, src, format)
		return
	}
	checkLength(n, src, format)
	var v *uint8
	if values != nil {
		v = &values[:n][0]
	}
	if format.Size == 3 {
		convert3AVX512(&dst[0], v, &src[0], n, format.RedFirst)
	} else {
		convert4AVX512(&dst[0], v, &src[0], n, format.RedFirst)
	}
}

// countAVX512 counts whole batches and leaves the rest to countAVX2, which
// converts what is left of its own batches and counts the indices.
func countAVX512(counts *indexCounts, n int, src []byte, format raster.Format) {
	whole := n &^ (avx512Batch - 1)
	if whole > 0 {
		checkLength(whole, src, format)
		if format.Size == 3 {
			count3AVX512(&counts[0], &src[0], whole, format.RedFirst)
		} else {
			count4AVX512(&counts[0], &src[0], whole, format.RedFirst)
		}
	}
	if whole < n {
		countAVX2(counts, n-whole, src[whole*format.Size:], format)
	}
}

func projectAVX512(dst, src []byte, format raster.Format, table *lookupTable, gate gate) {
	n := len(dst)
	if n < avx512Batch {
		projectAVX2(dst, src, format, table, gate)
		return
	}
	checkLength(n, src, format)
	if format.Size == 3 {
		project3AVX512(&dst[0], &src[0], n, format.RedFirst, &table[0], gate.lo, gate.hi-gate.lo)
	} else {
		project4AVX512(&dst[0], &src[0], n, format.RedFirst, &table[0], gate.lo, gate.hi-gate.lo)
	}
}

func projectCodedAVX512(coding coding, dst, src []byte, format raster.Format, book *codebook, table *lookupTable) {
	n := len(dst)
	if n == 0 {
		return
	}
	checkLength(n, src, format)
	if n < avx512Batch {
		var pixels [4 * avx512Batch]byte
		var results [avx512Batch]byte
		copy(pixels[:], src[:(n-1)*format.Size+3])
		projectCodedAVX512(coding, results[:], pixels[:], format, book, table)
		copy(dst, results[:])
		return
	}
	_ = *book // panics if it is nil, as the assembly would not
	d, s := &dst[0], &src[0]
	switch coding {
	case firstCoding:
		if format.Size == 3 {
			projectHue3AVX512(d, s, n, format.RedFirst, book)
		} else {
			projectHue4AVX512(d, s, n, format.RedFirst, book)
		}
	case secondCoding:
		avx512Spaces.second(d, s, n, format.Size, format.RedFirst, uint8(hueSaturation), book)
	case pairCoding:
		if format.Size == 3 {
			projectHueSaturation3AVX512(d, s, n, format.RedFirst, book)
		} else {
			projectHueSaturation4AVX512(d, s, n, format.RedFirst, book)
		}
	case tripleCoding:
		t := &table[0] // panics if it is nil
		if book.hasBins {
			avx512Spaces.tripleBins(d, s, n, format.Size, format.RedFirst, uint8(hueSaturation), book)
			return
		}
		if format.Size == 3 {
			projectHSV3AVX512(d, s, n, format.RedFirst, book, t)
		} else {
			projectHSV4AVX512(d, s, n, format.RedFirst, book, t)
		}
	}
}

var avx2Kernel = kernel{
	name: "avx2",
	spaces: withGeneric([spaces]conversion{
		hueSaturation: {
			convert:       convertAVX2,
			count:         countAVX2,
			project:       projectAVX2,
			projectWithin: projectWithinAVX2,
			supports:      [codings]bool{firstCoding: true, tripleCoding: true},
			projectCoded:  projectCodedAVX2,
		},
		hueValue:        avx2Spaces.conversion(hueValue, [codings]bool{}),
		saturationValue: avx2Spaces.conversion(saturationValue, [codings]bool{secondCoding: true}),
		crCb:            avx2CrCb.conversion(crCb, [codings]bool{tripleCoding: true}),
		blueGreen:       avx2Spaces.conversion(blueGreen, [codings]bool{tripleCoding: true}),
		grey:            avx2Grey.conversion(grey, [codings]bool{secondCoding: true}),
		greyPlane:       avx2Spaces.planes(),
		aB:              avx2Spaces.conversion(aB, [codings]bool{tripleCoding: true}),
	}),
	grow:     checkedGrow(growAVX2),
	addUp:    checkedAddUp(addUpAVX2),
	binarize: binarizeAVX2Rows,
	cut:      cutAVX2,
	grain:    450_000, // at 0.55 ns a pixel

	stripCentroid: stripCentroidAVX2,
	stripMoments:  stripMomentsAVX2,
}

func convertAVX2(dst []uint16, values []uint8, src []byte, format raster.Format) {
	n := len(dst)
	if n < avx2Batch {
		var row shortRow
		if row.load(n, src, format) {
			convertAVX2(row.indices[:], row.bytes[:], row.pixels[:], format)
			row.store(dst, values)
		}
		return
	}
	checkLength(n, src, format)
	var v *uint8
	if values != nil {
		v = &values[:n][0]
	}
	if format.Size == 3 {
		convert3AVX2(&dst[0], v, &src[0], n, format.RedFirst)
	} else {
		convert4AVX2(&dst[0], v, &src[0], n, format.RedFirst)
	}
}

func countAVX2(counts *indexCounts, n int, src []byte, format raster.Format) {
	whole := n &^ (avx2Batch - 1)
	if whole > 0 {
		checkLength(whole, src, format)
		if format.Size == 3 {
			count3AVX2(&counts[0], &src[0], whole, format.RedFirst)
		} else {
			count4AVX2(&counts[0], &src[0], whole, format.RedFirst)
		}
	}
	if rest := n - whole; rest > 0 {
		var indices [avx2Batch]uint16
		convertAVX2(indices[:rest], nil, src[whole*format.Size:], format)
		counts.add(indices[:rest])
	}
}

func projectAVX2(dst, src []byte, format raster.Format, table *lookupTable, gate gate) {
	n := len(dst)
	if n < avx2Batch {
		var row shortRow
		if row.load(n, src, format) {
			projectAVX2(row.bytes[:], row.pixels[:], format, table, gate)
			copy(dst, row.bytes[:])
		}
		return
	}
	checkLength(n, src, format)
	if format.Size == 3 {
		project3AVX2(&dst[0], &src[0], n, format.RedFirst, &table[0], gate.lo, gate.hi-gate.lo)
	} else {
		project4AVX2(&dst[0], &src[0], n, format.RedFirst, &table[0], gate.lo, gate.hi-gate.lo)
	}
}

func projectCodedAVX2(coding coding, dst, src []byte, format raster.Format, book *codebook, table *lookupTable) {
	if coding == tripleCoding {
		avx2HSV.projectCoded(hueSaturation, coding, dst, src, format, book, table)
		return
	}
	n := len(dst)
	if n < avx2Batch {
		var row shortRow
		if row.load(n, src, format) {
			projectCodedAVX2(coding, row.bytes[:], row.pixels[:], format, book, nil)
			copy(dst, row.bytes[:])
		}
		return
	}
	checkLength(n, src, format)
	_ = *book
	if format.Size == 3 {
		projectHue3AVX2(&dst[0], &src[0], n, format.RedFirst, book)
	} else {
		projectHue4AVX2(&dst[0], &src[0], n, format.RedFirst, book)
	}
}

// Row j of the n rows of a strip is n-j times in the sum pn, and (n-j)·(n-j+1)/2
// times in pnn.

func stripCentroidAVX2(pix []uint8, first, stride, rows, skip int) moments {
	checkStrip(pix, first, stride, rows)
	var sums [3]int64
	centroidSumsAVX2(&sums, &pix[first], stride, rows, skip)
	n, p, pn, pi := int64(rows), sums[0], sums[1], sums[2]
	return moments{m00: float64(p), m10: float64(pi), m01: float64(n*p - pn)}
}

func stripMomentsAVX2(pix []uint8, first, stride, rows, skip int) moments {
	checkStrip(pix, first, stride, rows)
	var sums [6]int64
	momentSumsAVX2(&sums, &pix[first], stride, rows, skip)
	n, p, pn, pi, pnn, pin, pw := int64(rows), sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]
	return moments{
		m00: float64(p),
		m10: float64(pi),
		m01: float64(n*p - pn),
		m20: float64(2*pw + 31*pi - 120*p), // see squares in _asm/avx2
		m11: float64(n*pi - pin),
		m02: float64(n*n*p - (2*n+1)*pn + 2*pnn),
	}
}

// checkStrip panics if a strip's first or last row is not within pix.
func checkStrip(pix []uint8, first, stride, rows int) {
	last := first + (rows-1)*stride
	_, _ = pix[first:first+stripColumns], pix[last:last+stripColumns]
}

// A shortRow is a buffer of one batch for a row that is shorter.
type shortRow struct {
	pixels  [4 * avx2Batch]byte
	indices [avx2Batch]uint16
	bytes   [avx2Batch]byte // values or results
}

// load copies n pixels to the buffer and reports whether there are any.
func (r *shortRow) load(n int, src []byte, format raster.Format) bool {
	if n == 0 {
		return false
	}
	checkLength(n, src, format)
	copy(r.pixels[:], src[:(n-1)*format.Size+3])
	return true
}

// store copies the indices of len(dst) pixels from the buffer and, unless values
// is nil, their values.
func (r *shortRow) store(dst []uint16, values []uint8) {
	copy(dst, r.indices[:])
	if values != nil {
		copy(values[:len(dst)], r.bytes[:])
	}
}

// binarizeAVX2Rows leaves what is not a whole batch to the generic kernel.
func binarizeAVX2Rows(numbers []uint8, level uint8) {
	whole := len(numbers) &^ (avx2Batch - 1)
	if whole > 0 {
		binarizeAVX2(&numbers[0], whole, level)
	}
	binarizeGeneric(numbers[whole:], level)
}

// cutAVX2 leaves rows that are too short for it to the generic kernel.
func cutAVX2(dst, src, numbers []uint8, size int, level uint8) {
	n := len(numbers)
	if n < avx2Batch {
		cutGeneric(dst, src, numbers, size, level)
		return
	}
	_, _ = dst[:n*size], src[:n*size]
	if size == 3 {
		cut3AVX2(&dst[0], &src[0], &numbers[0], n, level)
	} else {
		cut4AVX2(&dst[0], &src[0], &numbers[0], n, level)
	}
}
